import type { Place } from '../core/model/policy.ts';

/** A place in a policy file down to the column. Lines and columns count from 1. */
export interface Spot extends Place {
  readonly column: number;
}

/** One `key: value` of a mapping. */
export interface Entry {
  readonly key: string;
  readonly at: Spot;
  readonly value: Node;
  /** `{ a: 1, b }`: a key with no colon behind it, as the rest of a text with a comma looks to YAML. */
  readonly isBare: boolean;
}

/**
 * What a policy file says, before anybody asks what it means. Numbers and booleans keep the text as it was written:
 * `account: 012345678901` must not become 12345678901 before we can say so.
 */
export type Node =
  | { readonly kind: 'map'; readonly at: Spot; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly at: Spot; readonly items: readonly Node[] }
  | { readonly kind: 'text'; readonly at: Spot; readonly text: string }
  | { readonly kind: 'number'; readonly at: Spot; readonly text: string }
  | { readonly kind: 'boolean'; readonly at: Spot; readonly text: string; readonly value: boolean }
  | { readonly kind: 'empty'; readonly at: Spot };

/** The place that the core keeps of a spot. */
export function placeOf({ file, line }: Spot): Place {
  return { file, line };
}

/** What stands there instead of what was expected, in words for a message. */
export function nounOf(node: Node): string {
  switch (node.kind) {
    case 'map':
      return 'a mapping';
    case 'list':
      return 'a list';
    case 'text':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a boolean';
    case 'empty':
      return 'empty';
  }
}
