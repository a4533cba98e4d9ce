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

/** Whether a person has to act, and no retry helps. */
export function isLasting(error: unknown): error is Fault & { readonly kind: 'forbidden' | 'unsupported' } {
  return error instanceof Fault && (error.kind === 'forbidden' || error.kind === 'unsupported');
}

export function isThrottled(error: unknown): error is Fault {
  return error instanceof Fault && error.kind === 'throttled';
}
