import type { Setting, World } from './groups.ts';
import type { QueryNode } from './query.ts';
import type { XmlFields } from './xml.ts';

/** What a write leads to: the world after it, and what the caller is told. */
export interface Outcome {
  readonly world: World;
  readonly body: XmlFields;
}

/** A write computes the world after it and throws if it cannot be done whole. */
export type Write = (world: World, query: QueryNode, setting: Setting) => Outcome;

/** A read computes an answer from the world. */
export type Read = (world: World, query: QueryNode, setting: Setting) => XmlFields;

/** The parameters that every action knows. */
export const commonNames = ['Action', 'Version', 'DryRun'] as const;
