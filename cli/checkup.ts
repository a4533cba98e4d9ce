/** How one thing is. `not checked`: it could not be looked at, or is not needed here, and `found` says why. */
export type State = 'ok' | 'warning' | 'failed' | 'not checked';

/** One thing that was looked at. */
export interface Checkup {
  /** Of the same area are what stands and falls together. */
  readonly area: string;
  readonly name: string;
  readonly state: State;
  /** What was found, or why nothing was. */
  readonly found: string;
  /** What to do about it. */
  readonly mend: string | undefined;
}

/** Makes the checkups of one area. */
export function checkupsOf(area: string): (name: string, state: State, found: string, mend?: string) => Checkup {
  return (name, state, found, mend) => ({ area, name, state, found, mend });
}
