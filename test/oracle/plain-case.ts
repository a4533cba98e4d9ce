/**
 * One firewall and the policies over it, as plain data in plain words: CIDR text, port numbers, lists. What the oracle
 * walks over and what the tests turn into the core's values.
 */

export type PlainDirection = 'ingress' | 'egress';
export type PlainMode = 'enforce' | 'approve' | 'report' | 'observe';

/** Every protocol, one protocol, its ports from and to (both included), or an ICMP type with all codes or one. */
export type PlainService =
  | { readonly protocol: 'any' }
  | { readonly protocol: number }
  | { readonly protocol: number; readonly ports: readonly [number, number] }
  | { readonly protocol: number; readonly type: number; readonly code?: number };

export type PlainPeer = { readonly cidr: string } | { readonly named: string };

export interface PlainRule {
  readonly id: string;
  readonly direction: PlainDirection;
  readonly service: PlainService;
  readonly peer: PlainPeer;
  /** Absent: every source port. */
  readonly sourcePorts?: readonly [number, number];
  /** CIDRs inside the firewall's own network. Absent: all of it. */
  readonly own?: readonly string[];
}

/** Hits what any of the services says, and any of the CIDRs or of the peers by name. */
export interface PlainClause {
  readonly services: readonly PlainService[];
  readonly peers: readonly string[];
  /** Peers as a policy writes them: `self`, `network`, `internet`, `sg:web`, `prefix-list:pl-1`. */
  readonly names?: readonly string[];
  /** Of the peers by name, only these CIDRs. */
  readonly within?: readonly string[];
  /** On a `deny`: no exception takes anything out of it. */
  readonly firm?: boolean;
  /** On a `require`: it may be carried out although it reaches the internet. */
  readonly open?: boolean;
  /** False: it has times, and now is none of them. True: now is one of them. Absent: it has no times. */
  readonly live?: boolean;
}

export interface PlainClauses {
  readonly allow?: readonly PlainClause[];
  readonly deny: readonly PlainClause[];
  readonly require: readonly PlainClause[];
}

export interface PlainPolicy {
  readonly name: string;
  readonly mode: PlainMode;
  /** False: its match speaks of another firewall. */
  readonly governs: boolean;
  readonly revert: 'narrow' | 'remove' | 'restore';
  readonly maxFragments: number;
  readonly overflow: 'hold' | 'remove';
  readonly collateral: 'hold' | 'allow';
  readonly graceMs: number;
  /** The most protocol and port pairs that may be open to the internet. */
  readonly openPorts?: number;
  /** Whether its match states the firewall's id. */
  readonly byId: boolean;
  readonly ingress: PlainClauses;
  readonly egress: PlainClauses;
}

export interface PlainException {
  readonly name: string;
  /** False: it speaks of another firewall. */
  readonly governs: boolean;
  /** False: its day has passed. */
  readonly live: boolean;
  readonly ingress: readonly PlainClause[];
  readonly egress: readonly PlainClause[];
}

/** What is known of a named peer: it is at least these addresses and at most those. */
export interface PlainExtent {
  readonly least: readonly string[];
  readonly most: readonly string[];
}

export interface PlainCase {
  readonly rules: readonly PlainRule[];
  readonly policies: readonly PlainPolicy[];
  readonly exceptions: readonly PlainException[];
  /** Named peers, `network` among them. One that is not in here can be anybody or nobody. */
  readonly named: Readonly<Record<string, PlainExtent>>;
  /** Names as policies write them -> as rules write the same peer. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The service that tends the firewall. Absent: people do. */
  readonly managedBy?: string;
}

/** One packet that starts a flow. Which selector it has depends on its protocol. */
export interface PlainPacket {
  readonly direction: PlainDirection;
  readonly protocol: number;
  readonly port?: number;
  readonly type?: number;
  readonly code?: number;
  readonly sourcePort: number;
  readonly peer: string;
  readonly own: string;
}
