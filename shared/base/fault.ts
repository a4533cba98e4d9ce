/**
 * The closed list of expected failures, and what each asks for. `throttled`, `unavailable`, `busy`: try the message
 * again later. `conflict`: read and plan again. `forbidden`, `unsupported`: a person has to act. `malformed`: input that
 * is not what its door expects; it goes to the dead letters, never into a guess.
 */
export type FaultKind = 'throttled' | 'unavailable' | 'busy' | 'conflict' | 'forbidden' | 'unsupported' | 'malformed';

export class Fault extends Error {
  readonly kind: FaultKind;
  /** How long to wait before the next try, where whoever refused knows it. */
  readonly retryInMs: number | undefined;

  constructor(kind: FaultKind, message: string, options?: ErrorOptions & { readonly retryInMs?: number }) {
    super(message, options);
    this.name = 'Fault';
    this.kind = kind;
    this.retryInMs = options?.retryInMs;
  }
}
