// Expressions of a template -> what they come to, as far as that is known before the template is deployed.
import type { Surroundings } from './declared.ts';
import { cleanText, isFields } from './fields.ts';
import type { Fields } from './fields.ts';

/** What an expression comes to. Parts of lists and maps are expressions themselves. */
export type Worth =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'list'; readonly items: readonly unknown[] }
  | { readonly kind: 'map'; readonly fields: Fields }
  /** Something that a resource of the template will have; for its id, `attribute` is blank. */
  | { readonly kind: 'resource'; readonly id: string; readonly attribute: string }
  | { readonly kind: 'absent' }
  /** `parameter`: it is all that a parameter without a default is given. */
  | { readonly kind: 'unknown'; readonly why: string; readonly parameter?: string };

const ABSENT: Worth = { kind: 'absent' };

function unknown(why: string): Worth {
  return { kind: 'unknown', why };
}

/** Own fields only: a template may have a resource called `constructor`. */
export function own(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Text from a template inside a message. */
export function shown(text: string): string {
  return `\`${cleanText(text).replaceAll('`', "'").slice(0, 60).toWellFormed()}\``;
}

export function resourceText({ id, attribute }: { readonly id: string; readonly attribute: string }): string {
  return attribute === '' ? id : `${id}.${attribute}`;
}

/** Attributes that are the same as what `Ref` gives, or that a property of the resource says (resource reference, 2026-11-24). */
const ID_ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ['AWS::EC2::SecurityGroup', ['GroupId', 'Id']],
  ['AWS::EC2::VPC', ['VpcId']],
  ['AWS::EC2::PrefixList', ['PrefixListId']],
]);
const SAID_ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ['AWS::EC2::SecurityGroup', ['VpcId']],
  ['AWS::EC2::VPC', ['CidrBlock']],
]);

/** How deep functions may stand in functions; what goes deeper, or round in a circle, is not known. */
const DEEPEST = 40;
/** How long a text may become that functions put together. */
const LONGEST = 4_096;

export class Values {
  readonly #template: unknown;
  readonly #pseudo: ReadonlyMap<string, Worth>;
  readonly #defaults = new Set<string>();
  readonly #attributes = new Map<string, Worth>();

  constructor(template: unknown, { account, region }: Surroundings) {
    this.#template = template;
    const stated = (value: string | undefined, option: string): Worth =>
      value === undefined ? unknown(`it is only known with \`${option}\``) : { kind: 'value', value };
    this.#pseudo = new Map([
      ['AWS::AccountId', stated(account, '--account')],
      ['AWS::Region', stated(region, '--region')],
      ['AWS::NoValue', ABSENT],
    ]);
  }

  /** The parameters whose defaults were taken so far. */
  get defaults(): readonly string[] {
    return [...this.#defaults];
  }

  typeOf(id: string): string {
    const type = own(own(own(this.#template, 'Resources'), id), 'Type');
    return typeof type === 'string' ? type : '';
  }

  propertyOf(id: string, name: string): unknown {
    return own(this.fieldsOf(id), name);
  }

  /** The properties of a resource, as they are written. */
  fieldsOf(id: string): Fields {
    const properties = own(own(own(this.#template, 'Resources'), id), 'Properties');
    return isFields(properties) ? properties : {};
  }

  worthOf(expression: unknown, depth = 0): Worth {
    if (expression === undefined || expression === null) return ABSENT;
    if (depth > DEEPEST) return unknown('functions stand in functions too deeply, or in a circle');
    if (Array.isArray(expression)) return { kind: 'list', items: expression };
    if (!isFields(expression)) return scalar(expression);
    const [name, ...more] = Object.keys(expression);
    if (name === undefined || more.length > 0 || !(name === 'Ref' || name.startsWith('Fn::'))) {
      return own(expression, 'Fn::Transform') === undefined
        ? { kind: 'map', fields: expression }
        : unknown('`Fn::Transform` is carried out when the template is deployed');
    }
    return this.#functionWorth(name, expression[name], depth + 1);
  }

  #functionWorth(name: string, argument: unknown, depth: number): Worth {
    const parts: readonly unknown[] = Array.isArray(argument) ? argument : [];
    switch (name) {
      case 'Ref':
        return typeof argument === 'string' ? this.#refWorth(argument) : unknown('`Ref` names nothing');
      case 'Fn::GetAtt':
        return this.#attributeNamed(typeof argument === 'string' ? argument.split('.') : parts, depth);
      case 'Fn::Sub':
        return this.#subWorth(argument, depth);
      case 'Fn::Join':
        return this.#joinWorth(parts, depth);
      case 'Fn::Select':
        return this.#selectWorth(parts, depth);
      case 'Fn::Split':
        return this.#splitWorth(parts, depth);
      case 'Fn::FindInMap':
        return this.#mapWorth(parts, depth);
      case 'Fn::If':
        return this.#ifWorth(parts, depth);
      default:
        return unknown(`${shown(name)} is carried out when the template is deployed`);
    }
  }

  #refWorth(name: string): Worth {
    const pseudo = this.#pseudo.get(name);
    if (pseudo !== undefined) return pseudo;
    if (name.startsWith('AWS::')) return unknown(`${shown(name)} is known when the template is deployed`);
    const parameter = own(own(this.#template, 'Parameters'), name);
    if (parameter !== undefined) return this.#parameterWorth(name, parameter);
    if (this.typeOf(name) !== '') return { kind: 'resource', id: name, attribute: '' };
    return unknown(`${shown(name)} is neither a parameter nor a resource of the template`);
  }

  /** Types and defaults of parameters: CloudFormation User Guide, parameters (2026-11-24). */
  #parameterWorth(name: string, parameter: unknown): Worth {
    const [type, value] = [own(parameter, 'Type'), own(parameter, 'Default')];
    const isStored = typeof type === 'string' && type.startsWith('AWS::SSM::Parameter::Value');
    if (value === undefined || value === null || isStored) {
      const why = isStored ? 'is read from Parameter Store' : 'has no default';
      return { kind: 'unknown', why: `parameter ${shown(name)} ${why}`, parameter: name };
    }
    this.#defaults.add(name);
    const isList = typeof type === 'string' && (type === 'CommaDelimitedList' || type.startsWith('List<'));
    if (!isList || typeof value !== 'string') return scalar(value);
    return {
      kind: 'list',
      items: value.split(',').map((item) => item.trim()),
    };
  }

  #attributeNamed(parts: readonly unknown[], depth: number): Worth {
    const [id, ...names] = parts;
    if (typeof id !== 'string' || names.length === 0 || !names.every((name) => typeof name === 'string')) {
      return unknown('`Fn::GetAtt` names no attribute of a resource');
    }
    const attribute = names.join('.');
    const type = this.typeOf(id);
    if (type === '') return unknown(`${shown(id)} is no resource of the template`);
    if (ID_ATTRIBUTES.get(type)?.includes(attribute) === true) return { kind: 'resource', id, attribute: '' };
    if (SAID_ATTRIBUTES.get(type)?.includes(attribute) !== true) return { kind: 'resource', id, attribute };
    return this.#saidWorth(id, attribute, depth);
  }

  /** A property of another resource, worked out once. While it is, a reference back to it is a circle. */
  #saidWorth(id: string, property: string, depth: number): Worth {
    const key = `${id}.${property}`;
    const known = this.#attributes.get(key);
    if (known !== undefined) return known;
    this.#attributes.set(key, unknown(`${shown(key)} refers to itself`));
    const worth = this.worthOf(this.propertyOf(id, property), depth);
    const said = worth.kind === 'absent' ? unknown(`${shown(key)} is known when the template is deployed`) : worth;
    this.#attributes.set(key, said);
    return said;
  }

  /** `${Name}`, `${Resource.Attribute}`, `${!Literal}` (CloudFormation User Guide, Fn::Sub, 2026-11-24). */
  #subWorth(argument: unknown, depth: number): Worth {
    const parts: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
    const [text, given] = parts;
    if (typeof text !== 'string') return unknown('`Fn::Sub` has no text');
    const worthIn = (name: string): Worth => {
      const value = own(given, name);
      if (value !== undefined) return this.worthOf(value, depth);
      return name.includes('.') ? this.#attributeNamed(name.split('.'), depth) : this.#refWorth(name);
    };
    const [, whole] = /^\$\{([^!}][^}]*)\}$/.exec(text) ?? [];
    if (whole !== undefined) return worthIn(whole.trim());
    const pieces: Worth[] = [];
    for (const [, literal = '', name] of text.matchAll(/((?:[^$]|\$(?!\{))+)|\$\{([^}]*)\}/g)) {
      const isEscaped = name?.startsWith('!') === true;
      if (name === undefined || isEscaped) {
        pieces.push({ kind: 'value', value: name === undefined ? literal : `\${${name.slice(1)}}` });
      } else pieces.push(worthIn(name.trim()));
    }
    return joined('', pieces);
  }

  #joinWorth([delimiter, list]: readonly unknown[], depth: number): Worth {
    const worth = this.worthOf(list, depth);
    if (typeof delimiter !== 'string') return unknown('`Fn::Join` has no delimiter');
    if (worth.kind !== 'list') return worth.kind === 'unknown' ? worth : unknown('`Fn::Join` has no list');
    return joined(
      delimiter,
      worth.items.map((item) => this.worthOf(item, depth)),
    );
  }

  #selectWorth([index, list]: readonly unknown[], depth: number): Worth {
    const [at, worth] = [this.worthOf(index, depth), this.worthOf(list, depth)];
    if (at.kind === 'unknown') return at;
    if (worth.kind !== 'list') return worth.kind === 'unknown' ? worth : unknown('`Fn::Select` has no list');
    const item = at.kind === 'value' ? worth.items[Number(at.value)] : undefined;
    return item === undefined ? unknown('`Fn::Select` has no such element') : this.worthOf(item, depth);
  }

  #splitWorth([delimiter, text]: readonly unknown[], depth: number): Worth {
    const worth = this.worthOf(text, depth);
    if (typeof delimiter !== 'string' || delimiter === '') return unknown('`Fn::Split` has no delimiter');
    if (worth.kind !== 'value') return worth.kind === 'unknown' ? worth : unknown('`Fn::Split` has no text');
    return { kind: 'list', items: String(worth.value).split(delimiter) };
  }

  #mapWorth([map, first, second]: readonly unknown[], depth: number): Worth {
    const keys = [map, first, second].map((key) => this.worthOf(key, depth));
    const strange = keys.find(({ kind }) => kind !== 'value');
    if (strange !== undefined)
      return strange.kind === 'unknown' ? strange : unknown('`Fn::FindInMap` needs three texts');
    const value = keys.reduce<unknown>(
      (at, key) => own(at, key.kind === 'value' ? String(key.value) : ''),
      own(this.#template, 'Mappings'),
    );
    if (value === undefined) return unknown('`Fn::FindInMap` finds nothing in `Mappings`');
    // Mappings hold texts and lists of them, never functions.
    const isList = Array.isArray(value) && value.every((item) => scalar(item).kind === 'value');
    return isList ? { kind: 'list', items: value } : scalar(value);
  }

  /** Nobody knows how a condition turns out, so it matters only where both of its branches come to the same. */
  #ifWorth([condition, yes, no]: readonly unknown[], depth: number): Worth {
    const [a, b] = [this.worthOf(yes, depth), this.worthOf(no, depth)];
    if (areAlike(a, b)) return a;
    return unknown(`it depends on the condition ${shown(typeof condition === 'string' ? condition : 'of `Fn::If`')}`);
  }
}

/** Whether two values are the same, part by part, as deep as functions may stand. */
function areAlike(a: unknown, b: unknown, depth = 0): boolean {
  if (depth > DEEPEST || typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [partsOfA, partsOfB] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  if (partsOfA.size !== partsOfB.size || Array.isArray(a) !== Array.isArray(b)) return false;
  return [...partsOfA].every(([key, part]) => partsOfB.has(key) && areAlike(part, partsOfB.get(key), depth + 1));
}

function scalar(value: unknown): Worth {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { kind: 'value', value };
  // YAML has dates, which templates do not mean where we read them.
  return unknown('it is neither text nor number');
}

function joined(delimiter: string, parts: readonly Worth[]): Worth {
  const strange = parts.find(({ kind }) => kind !== 'value');
  if (strange?.kind === 'unknown') return strange;
  if (strange !== undefined) return unknown('a part of it is known when the template is deployed');
  const texts = parts.map((part) => (part.kind === 'value' ? String(part.value) : ''));
  const length = texts.reduce((sum, text) => sum + text.length + delimiter.length, 0);
  return length > LONGEST ? unknown('it is too long') : { kind: 'value', value: texts.join(delimiter) };
}
