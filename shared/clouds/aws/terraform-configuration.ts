// The `configuration` of a plan: what each resource was written with, and what an unknown value refers to.
import { fieldsOf, listOf, own, textOf } from './terraform-resources.ts';
import type { Resource } from './terraform-resources.ts';
import type { Fields } from './fields.ts';

/** One module as it is written; its instances share it. */
interface Written {
  readonly module: unknown;
  /** `module.a.module.b`, or nothing for the root. */
  readonly path: string;
  readonly parent: Written | undefined;
  /** The arguments with which its parent calls it, and what it is repeated for. */
  readonly call: Fields;
  readonly repeated: unknown;
  readonly resources: ReadonlyMap<string, unknown>;
}

/** Something that an expression takes its value from. */
export interface Origin {
  /** The module that it is in, with keys as far as they are known: `module.a["x"].module.b` is any `module.b` there. */
  readonly scope: string;
  /** As it is written there: `aws_security_group.web`, `aws_security_group.web["x"]`; undefined for anything in it. */
  readonly address: string | undefined;
}

/** All that an expression takes its value from, as far as the plan says it. */
export interface Origins {
  readonly all: readonly Origin[];
  /** The keys of the instances that it is part of, where it speaks of them. */
  readonly keys: ReadonlySet<string>;
  /** Whether it may be something else than these, such as what a data source will answer. */
  readonly isWhole: boolean;
}

const KEY = /\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g;

/** `module.a["x"].module.b[0]` -> `module.a.module.b` */
export function withoutKeys(address: string): string {
  return address.replace(KEY, '');
}

/** `module.a["x.y"].module.b` -> `module.a["x.y"]`, `module.b` */
export function stepsOf(module: string): readonly string[] {
  return module.match(/module\.[^.[]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?/g) ?? [];
}

function parentOf(module: string): string {
  return stepsOf(module).slice(0, -1).join('.');
}

/** `web["x"]` -> `x`, `web[0]` -> `0` */
export function keyIn(step: string): string | undefined {
  const key = /\[(.*)\]$/s.exec(step)?.[1];
  return key?.startsWith('"') === true ? key.slice(1, -1) : key;
}

function within(module: string, step: string): string {
  return module === '' ? step : `${module}.${step}`;
}

function writtenIn(module: unknown, path: string, parent?: Written, call?: unknown): Written {
  const resources = listOf(own(module, 'resources')).map((resource) => {
    const type = textOf(own(resource, 'type')) ?? '';
    const mode = own(resource, 'mode') === 'data' ? 'data.' : '';
    return [`${mode}${type}.${textOf(own(resource, 'name')) ?? ''}`, resource] as const;
  });
  const repeated = own(call, 'for_each_expression');
  return { module, path, parent, call: fieldsOf(own(call, 'expressions')), repeated, resources: new Map(resources) };
}

/** An expression, and the instance of a module that it is in. */
interface Step {
  readonly at: Written;
  readonly scope: string;
  readonly expression: unknown;
  /** The key of the instance that it is an argument of, and what that is repeated for. */
  readonly key: string | undefined;
  readonly repeated: unknown;
}

type Meant =
  | { readonly kind: 'nothing unknown' | 'key' | 'elsewhere' }
  | { readonly kind: 'origin'; readonly address: string }
  | { readonly kind: 'anything here' }
  | { readonly kind: 'expression'; readonly step: Step };

/** How many steps from one expression to the next are followed; no configuration of people needs as many. */
const MOST_STEPS = 1_000;

export class Configuration {
  readonly #modules = new Map<string, Written>();
  readonly #document: unknown;

  constructor(document: unknown) {
    this.#document = document;
    const all = [writtenIn(own(own(document, 'configuration'), 'root_module'), '')];
    for (const written of all) {
      this.#modules.set(written.path, written);
      for (const [name, call] of Object.entries(fieldsOf(own(written.module, 'module_calls')))) {
        all.push(writtenIn(own(call, 'module'), within(written.path, `module.${name}`), written, call));
      }
    }
  }

  #resourceOf({ module, type, name }: Resource): unknown {
    return this.#modules.get(withoutKeys(module))?.resources.get(`${type}.${name}`);
  }

  /** Whether the plan shows what a resource is written with. */
  isShown(resource: Resource): boolean {
    return this.#resourceOf(resource) !== undefined;
  }

  /** The expression of an argument of a resource; undefined where none is written, or not shown. */
  expressionOf(resource: Resource, argument: string): unknown {
    return own(own(this.#resourceOf(resource), 'expressions'), argument);
  }

  /** Undefined where the plan does not show what an argument was written with. */
  originsOf(resource: Resource, argument: string): Origins | undefined {
    const at = this.#modules.get(withoutKeys(resource.module));
    const expression = this.expressionOf(resource, argument);
    if (at === undefined || expression === undefined) return undefined;
    const repeated = own(this.#resourceOf(resource), 'for_each_expression');
    const key = resource.index === undefined ? undefined : String(resource.index);
    return this.#follow({ at, scope: resource.module, expression, key, repeated });
  }

  #follow(first: Step): Origins {
    const all: Origin[] = [];
    const keys = new Set<string>();
    const seen = new Set<string>();
    let isWhole = true;
    const steps = [first];
    for (const step of steps) {
      for (const reference of referencesIn(step.expression)) {
        const what = `${step.scope} ${reference}`;
        if (seen.has(what)) continue;
        seen.add(what);
        const meant = this.#meantBy(step, reference);
        if (meant.kind === 'origin') all.push({ scope: step.scope, address: meant.address });
        if (meant.kind === 'key' && step.key !== undefined) keys.add(step.key);
        if (meant.kind === 'elsewhere' || steps.length > MOST_STEPS) isWhole = false;
        else if (meant.kind === 'expression') steps.push(meant.step);
        if (meant.kind === 'anything here') {
          all.push({ scope: step.scope, address: undefined });
          steps.push(...argumentsOf(step));
        }
      }
    }
    return { all, keys, isWhole };
  }

  #meantBy(step: Step, reference: string): Meant {
    const [first = '', second = ''] = reference.split('.', 2);
    switch (first) {
      case 'path':
      case 'terraform':
        return { kind: 'nothing unknown' };
      case 'count':
        return { kind: 'key' };
      case 'each':
        if (second === 'key') return { kind: 'key' };
        return { kind: 'expression', step: { ...step, expression: step.repeated } };
      case 'var':
        return argumentMeant(step, /^[^[]*/.exec(second)?.[0] ?? '');
      case 'module':
        return this.#outputMeant(step, reference);
      case 'data':
        return this.#isReadLater(step.at, reference) ? { kind: 'elsewhere' } : { kind: 'nothing unknown' };
      case 'local':
        // A plan does not say what local values are: they may be anything that the module knows.
        return { kind: 'anything here' };
      case 'self':
      case 'ephemeral':
        return { kind: 'elsewhere' };
      default:
        return { kind: 'origin', address: reference };
    }
  }

  /** A reference to an output comes with one to its module alone, which says nothing more. */
  #outputMeant({ at, scope }: Step, reference: string): Meant {
    const [step = ''] = stepsOf(reference);
    const child = this.#modules.get(within(at.path, withoutKeys(step)));
    if (child === undefined) return { kind: 'elsewhere' };
    const output = /^\.([^.[]+)/.exec(reference.slice(step.length))?.[1];
    if (output === undefined) return { kind: 'nothing unknown' };
    const expression = own(own(own(child.module, 'outputs'), output), 'expression');
    const inside = { at: child, scope: within(scope, step), expression, key: undefined, repeated: undefined };
    return expression === undefined ? { kind: 'elsewhere' } : { kind: 'expression', step: inside };
  }

  /** Whether a data source is read while the plan is applied, so that nobody knows yet what it answers. */
  #isReadLater(at: Written, reference: string): boolean {
    const [, type = '', name = ''] = withoutKeys(reference).split('.');
    return listOf(own(this.#document, 'resource_changes')).some(
      (change) =>
        own(change, 'mode') === 'data' &&
        own(change, 'type') === type &&
        own(change, 'name') === name &&
        withoutKeys(textOf(own(change, 'module_address')) ?? '') === at.path,
    );
  }

  /** The arguments of the provider that a resource is made by, where the plan shows them. */
  providerOf(resource: Resource): unknown {
    const key = textOf(own(this.#resourceOf(resource), 'provider_config_key')) ?? 'aws';
    const providers = own(own(this.#document, 'configuration'), 'provider_config');
    // A module's key has its path before a colon, also where the provider is handed down to it.
    return own(own(providers, key) ?? own(providers, key.slice(key.lastIndexOf(':') + 1)), 'expressions');
  }

  /** How many configurations of the AWS provider there are: with more than one, they may be of several accounts. */
  get providers(): number {
    const providers = fieldsOf(own(own(this.#document, 'configuration'), 'provider_config'));
    return Object.values(providers).filter((provider) => own(provider, 'name') === 'aws').length;
  }

  /** A text that is a constant, or a variable of the root. */
  constantIn(expression: unknown): string | undefined {
    const constant = own(expression, 'constant_value');
    if (constant !== undefined) return textOf(constant);
    const [reference, ...more] = referencesIn(expression);
    const name = reference !== undefined && more.length === 0 ? /^var\.([^.[]+)$/.exec(reference)?.[1] : undefined;
    return name === undefined ? undefined : textOf(own(own(own(this.#document, 'variables'), name), 'value'));
  }
}

/** What a module is called with: expressions of the module around it. */
function argumentsOf({ at, scope }: Step, only?: string): readonly Step[] {
  if (at.parent === undefined) return [];
  const expression = only === undefined ? at.call : own(at.call, only);
  const key = keyIn(stepsOf(scope).at(-1) ?? '');
  return [{ at: at.parent, scope: parentOf(scope), expression, key, repeated: at.repeated }];
}

/** The values of the root's variables are known before there is a plan, and so is every default. */
function argumentMeant(step: Step, name: string): Meant {
  const [argument] = argumentsOf(step, name);
  return argument?.expression === undefined ? { kind: 'nothing unknown' } : { kind: 'expression', step: argument };
}

/**
 * The references of an expression, and of all that is nested in it: blocks that are written as attributes are one
 * expression, other blocks are lists of expressions (jsonconfig of Terraform, read 2026-11-24).
 */
function referencesIn(expression: unknown): readonly string[] {
  const found: string[] = [];
  const all: unknown[] = [expression];
  for (const one of all) {
    if (Array.isArray(one)) all.push(...listOf(one));
    else if (own(one, 'references') !== undefined) {
      found.push(...listOf(own(one, 'references')).filter((reference) => typeof reference === 'string'));
    } else if (own(one, 'constant_value') === undefined) all.push(...Object.values(fieldsOf(one)));
  }
  return found;
}
