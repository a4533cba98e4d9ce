import { invalidValue, missingParameter } from './errors.ts';
import type { Tag } from './world.ts';
import { expectOnly, itemsAt, textAt, textsAt, type QueryNode } from './query.ts';

/** What a thing has under the name of each filter that its action knows; a list is met by any of its values. */
export type Fields<T> = Readonly<Record<string, (thing: T) => string | readonly string[] | undefined>>;

/** Whether a thing passes every filter of the request. */
type Filter<T> = (thing: T) => boolean;

interface Criterion {
  readonly name: string;
  readonly patterns: readonly RegExp[];
}

/** A filter's value: `*` is any text, `?` any character, a backslash takes the next one literally. */
function patternOf(value: string): RegExp {
  const source = value.replace(/\\(.)|[\s\S]/gu, (character, literal: string | undefined) => {
    if (literal === undefined && character === '*') return '[\\s\\S]*';
    if (literal === undefined && character === '?') return '[\\s\\S]';
    return (literal ?? character).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 'u');
}

function nameAt(node: QueryNode): string {
  const name = textAt(node, 'Name');
  if (name === undefined) throw missingParameter(`${node.path}.Name`);
  return name;
}

function isOfTags(name: string): boolean {
  return name === 'tag-key' || (name.startsWith('tag:') && name.length > 4);
}

function criterionOf(node: QueryNode, known: Readonly<Record<string, unknown>>): Criterion {
  expectOnly(node, ['Name', 'Value']);
  const name = nameAt(node);
  if (!isOfTags(name) && !Object.hasOwn(known, name)) throw invalidValue(`The filter '${name}' is invalid`);
  const values = textsAt(node, 'Value');
  if (values.length === 0) throw missingParameter(`${node.path}.Value`);
  return { name, patterns: values.map(patternOf) };
}

function taggedAs(name: string, tags: readonly Tag[]): readonly string[] {
  if (name === 'tag-key') return tags.map((tag) => tag.key);
  return tags.filter((tag) => tag.key === name.slice(4)).map((tag) => tag.value);
}

function valuesOf<T>(name: string, fields: Fields<T>, thing: T): readonly string[] {
  const value = fields[name]?.(thing) ?? [];
  return typeof value === 'string' ? [value] : value;
}

/** The filters of a request; a name that is not among `fields`, `tag:KEY` or `tag-key` is refused. */
export function filterOf<T>(query: QueryNode, fields: Fields<T>, tagsOf: (thing: T) => readonly Tag[]): Filter<T> {
  const criteria = itemsAt(query, 'Filter').map((node) => criterionOf(node, fields));
  return (thing) =>
    criteria.every(({ name, patterns }) => {
      const values = isOfTags(name) ? taggedAs(name, tagsOf(thing)) : valuesOf(name, fields, thing);
      return values.some((text) => patterns.some((pattern) => pattern.test(text)));
    });
}

/**
 * The values that a filter asks for, if the request has it and none is a pattern: then the things can be looked up, and
 * need not be gone through.
 */
export function exactValues(query: QueryNode, name: string): readonly string[] | undefined {
  const node = itemsAt(query, 'Filter').find((filter) => nameAt(filter) === name);
  const values = node === undefined ? [] : textsAt(node, 'Value');
  return values.length === 0 || values.some((value) => /[*?\\]/.test(value)) ? undefined : values;
}
