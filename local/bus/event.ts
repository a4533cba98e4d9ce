/** An event on the bus: the envelope that EventBridge puts around everything, in its own spelling. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** Whole seconds, UTC: `2026-11-24T08:00:00Z`. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A moment as EventBridge writes it: whole seconds, so that two events of one second cannot be told apart by it. */
export function eventTimeText(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
