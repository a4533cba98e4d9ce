// An id that is known after apply only -> the resources of the plan that it may be the id of.
import { keyIn, stepsOf } from './terraform-configuration.ts';
import type { Configuration, Origin } from './terraform-configuration.ts';
import { fieldsOf, listOf, own, textOf } from './terraform-resources.ts';
import type { Resource } from './terraform-resources.ts';

/** What an unknown id may be the id of. */
export interface Meant {
  readonly candidates: readonly Resource[];
  /** Whether it can be nothing else. */
  readonly isSure: boolean;
  /** Whether the one candidate was picked by its key, which the plan shows to matter, but not how. */
  readonly isByKey: boolean;
}

/** Whether a module is the one of a scope, in which a step without a key stands for all of its instances. */
function isIn(module: string, scope: string): boolean {
  const [steps, wanted] = [stepsOf(module), stepsOf(scope)];
  return (
    steps.length === wanted.length &&
    wanted.every((step, index) => step === steps[index] || step === steps[index]?.replace(/\[.*\]$/s, ''))
  );
}

function isBelow(module: string, scope: string): boolean {
  return isIn(stepsOf(module).slice(0, stepsOf(scope).length).join('.'), scope);
}

interface Parts {
  /** `aws_security_group.web` */
  readonly resource: string;
  readonly key: string | undefined;
  /** `.id` */
  readonly rest: string;
}

/** The parts of `aws_security_group.web["x"].id`. */
function partsOf(address: string): Parts {
  const [instance = '', resource = ''] = /^([^.[]+\.[^.[]+)(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?/.exec(address) ?? [];
  return { resource, key: keyIn(instance), rest: address.slice(instance.length) };
}

function isMeant(resource: Resource, { scope, address }: Origin): boolean {
  if (address === undefined) return isBelow(resource.module, scope);
  const { resource: written, key } = partsOf(address);
  const isOfKey = key === undefined || String(resource.index ?? '') === key;
  return written === `${resource.type}.${resource.name}` && isOfKey && isIn(resource.module, scope);
}

/**
 * A reference comes with one to each of its parts (Terraform documentation, JSON output format, 2026-11-24):
 * `web["x"].id` with `web["x"]` and `web`. The last alone would be all instances; with a key that the plan does not
 * show, as in `web[each.key]`, it is all that there is.
 */
function whole(origins: readonly Origin[], isByKey: boolean): readonly Origin[] {
  const isPartOf = ({ scope, address = '' }: Origin, other: Origin): boolean =>
    scope === other.scope &&
    other.address !== undefined &&
    (other.address.startsWith(`${address}.`) || (!isByKey && other.address.startsWith(`${address}[`)));
  return origins.filter((one) => one.address === undefined || !origins.some((other) => isPartOf(one, other)));
}

function hasKey({ index, module }: Resource, keys: ReadonlySet<string>): boolean {
  const ofModule = keyIn(stepsOf(module).at(-1) ?? '');
  return keys.has(String(index ?? '')) || (ofModule !== undefined && keys.has(ofModule));
}

/** Whether a value is known whole. */
export function isKnown(unknown: unknown): boolean {
  const all: unknown[] = [unknown];
  for (const one of all) {
    if (one === true) return false;
    all.push(...(Array.isArray(one) ? listOf(one) : Object.values(fieldsOf(one))));
  }
  return true;
}

/** The id of EC2, or the address of what has none yet. */
export function idOf({ address, values, unknown }: Resource): string {
  return (isKnown(own(unknown, 'id')) ? textOf(own(values, 'id')) : undefined) ?? address;
}

/** The resources of a plan, and what refers to what. */
export class References {
  readonly #byName: ReadonlyMap<string, readonly Resource[]>;
  /** By type, those whose ids are not known: of all others, a plan says the id itself. */
  readonly #unnamed: ReadonlyMap<string, readonly Resource[]>;
  readonly #configuration: Configuration;

  constructor(resources: readonly Resource[], configuration: Configuration) {
    this.#byName = Map.groupBy(resources, ({ type, name }) => `${type}.${name}`);
    const unnamed = resources.filter((resource) => idOf(resource) === resource.address);
    this.#unnamed = Map.groupBy(unnamed, ({ type }) => type);
    this.#configuration = configuration;
  }

  /** What an unknown argument may be the id of, among the resources of some types. */
  meantBy(resource: Resource, argument: string, types: readonly string[]): Meant {
    const origins = this.#configuration.originsOf(resource, argument);
    const all = types.flatMap((type) => this.#unnamed.get(type) ?? []);
    if (origins === undefined) return { candidates: all, isSure: false, isByKey: false };
    const { keys } = origins;
    const unknown = whole(origins.all, keys.size > 0).filter((origin) => !this.#isKnownAt(origin));
    const found = unknown.map((origin) => this.#instancesAt(origin, all).filter(({ type }) => types.includes(type)));
    const meant = [...new Set(found.flat())].filter((one) => idOf(one) === one.address);
    // Whatever else it refers to may be what is not known: an attribute of another resource may be the id of a group.
    const isOfOthers = unknown.some((origin, index) => origin.address === undefined || found[index]?.length === 0);
    const isSure = origins.isWhole && !isOfOthers;
    const keyed = meant.filter((one) => hasKey(one, keys));
    const isByKey = isSure && meant.length > 1 && keyed.length === 1;
    return { candidates: isByKey ? keyed : meant, isSure, isByKey };
  }

  #instancesAt(origin: Origin, all: readonly Resource[]): readonly Resource[] {
    const named = origin.address === undefined ? all : this.#byName.get(partsOf(origin.address).resource);
    return (named ?? []).filter((one) => isMeant(one, origin));
  }

  /** Whether the plan knows what is referred to, so that nothing else is unknown because of it. */
  #isKnownAt(origin: Origin): boolean {
    const attribute = /^\.([^.[]+)/.exec(partsOf(origin.address ?? '').rest)?.[1];
    const instances = this.#instancesAt(origin, []);
    if (attribute === undefined || instances.length === 0) return false;
    return instances.every(
      ({ values, unknown }) => own(values, attribute) !== undefined && isKnown(own(unknown, attribute)),
    );
  }
}
