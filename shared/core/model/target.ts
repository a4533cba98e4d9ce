/** The identity of one guarded firewall. `cloud` is opaque here: which clouds exist is known in `clouds/index.ts` only. */
export interface Target {
  readonly cloud: string;
  /** AWS account or Azure subscription. */
  readonly account: string;
  readonly region: string;
  readonly id: string;
}

/** One text per target: the key of leases, of ledger entries and of breaches. */
export function targetKey(target: Target): string {
  return `${target.cloud}/${target.account}/${target.region}/${target.id}`;
}

/**
 * Who woke us, when and from where, as the event says. It goes to ledger and ticket and is never an input of a
 * decision: an event can be forged, late or about something else.
 */
export interface Hint {
  readonly eventId: string;
  readonly eventName: string;
  readonly at: Date;
  readonly actor: string;
  readonly sourceAddress: string;
  readonly userAgent: string;
}
