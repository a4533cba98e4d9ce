/** What a cloud's rules can say, as data. The values stand in the cloud's `traits.ts`, dated and with their source. */
export interface Traits {
  /** Protocols whose rules can name a range of destination ports. */
  readonly portRanges: readonly number[];
  /** Protocols whose rules can name one ICMP type, or one type and code. */
  readonly types: readonly number[];
  /**
   * The protocols over which a rule for every protocol is narrowed, since no cloud can say "all protocols but". The
   * other protocol numbers of what is rewritten are collateral.
   */
  readonly named: readonly number[];
  /**
   * How many rules one direction may hold, IPv4 and IPv6 counted apart; a rule that names a peer counts in both.
   * Undefined where there is no such limit, or nobody knows it.
   */
  readonly rulesPerDirection?: number | undefined;
}
