import type { Line } from './page.ts';

/** A policy that is ready to be written, and what people are told of it. */
export interface Draft {
  readonly text: string;
  readonly about: readonly Line[];
  /** What to do next: a command each, and what it shows. */
  readonly next: readonly (readonly [command: string, shows: string])[];
  readonly record: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}
