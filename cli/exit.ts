/** What the command's exit code says. Scripts rely on these three. */
export const EXIT = {
  /** Nothing to report: valid, no findings, nothing to change, passes and may. */
  fine: 0,
  /** Findings, changes, or traffic that must not or cannot pass. */
  found: 1,
  /** No answer: wrong usage, a policy or an input that cannot be read, a cloud that does not answer. */
  error: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a verb comes to. `warnings` go to stderr; nothing but `output` goes to stdout. */
export interface Result {
  readonly code: ExitCode;
  readonly output: string;
  readonly warnings: readonly string[];
}
