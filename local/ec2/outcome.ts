import type { PassedState } from './notices.ts';

import type { QueryNode } from './query.ts';
import type { Setting, World } from './world.ts';
import type { XmlFields } from './xml.ts';

/** What a write leads to: the world after it, what the caller is told, and what the bus hears beside that. */
export interface Outcome {
  readonly world: World;
  readonly body: XmlFields;
  /** The states that instances go through, in this order. */
  readonly passed?: readonly PassedState[];
}

/** A write computes the world after it and throws if it cannot be done whole. */
export type Write = (world: World, query: QueryNode, setting: Setting) => Outcome;

/** A read computes an answer from the world. */
export type Read = (world: World, query: QueryNode, setting: Setting) => XmlFields;

/** The parameters that every action knows. */
export const commonNames = ['Action', 'Version', 'DryRun'] as const;

/** The parameters of every action that lists. */
export const listNames = [...commonNames, 'Filter', 'MaxResults', 'NextToken'] as const;
