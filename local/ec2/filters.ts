import { invalidValue, missingParameter } from './errors.ts';
import type { Tag } from './groups.ts';
import { expectOnly, itemsAt, textAt, textsAt, type QueryNode } from './query.ts';

/** The values of one thing by the name of the filter that compares them. */
type Filterable = Readonly<Record<string, string>>;

/** Whether a thing with these values and tags passes every filter of the request. */
type Filter = (values: Filterable, tags: readonly Tag[]) => boolean;

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

function criterionOf(node: QueryNode, known: readonly string[]): Criterion {
  expectOnly(node, ['Name', 'Value']);
  const name = textAt(node, 'Name');
  if (name === undefined) throw missingParameter(`${node.path}.Name`);
  const isTag = name === 'tag-key' || (name.startsWith('tag:') && name.length > 4);
  if (!isTag && !known.includes(name)) throw invalidValue(`The filter '${name}' is invalid`);
  const values = textsAt(node, 'Value');
  if (values.length === 0) throw missingParameter(`${node.path}.Value`);
  return { name, patterns: values.map(patternOf) };
}

function candidates(name: string, values: Filterable, tags: readonly Tag[]): readonly string[] {
  if (name === 'tag-key') return tags.map((tag) => tag.key);
  if (name.startsWith('tag:')) return tags.filter((tag) => tag.key === name.slice(4)).map((tag) => tag.value);
  const value = values[name];
  return value === undefined ? [] : [value];
}

/** The filters of a request; a name that is not `known`, `tag:KEY` or `tag-key` is refused. */
export function filterOf(query: QueryNode, known: readonly string[]): Filter {
  const criteria = itemsAt(query, 'Filter').map((node) => criterionOf(node, known));
  return (values, tags) =>
    criteria.every(({ name, patterns }) =>
      candidates(name, values, tags).some((text) => patterns.some((pattern) => pattern.test(text))),
    );
}
