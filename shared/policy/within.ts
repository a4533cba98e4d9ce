import type { Peers } from '../core/model/policy.ts';
import { INTERNET, NETWORK } from '../core/model/rule.ts';
import { isPrefixList } from '../core/peers.ts';
import type { Entry } from './node.ts';
import { quoted } from './problem.ts';
import type { Reading } from './reading.ts';

/**
 * The addresses that the entries of a clause's prefix lists must stay in. Undefined, with a complaint, where they mean
 * nothing.
 */
export function withinIn(entry: Entry, { complaints, networks }: Reading): Peers | undefined {
  const peers = networks.of(entry.value, entry.key);
  const odd = peers?.names.find((name) => name !== NETWORK && name !== INTERNET);
  if (odd === undefined) return peers;
  const expected = 'write addresses, `network`, `internet`, or defined networks that hold nothing else';
  complaints.add(entry.value.at, `\`within\` names ${quoted(odd)}, whose addresses others decide; ${expected}`);
  return undefined;
}

/** Complains where there is no prefix list whose entries could be outside. */
export function judgeWithin(entry: Entry, peers: Peers, peerKey: string, { complaints }: Reading): void {
  if (peers.names.some(isPrefixList)) return;
  const advice = 'name one, such as `prefix-list:pl-0123456789abcdef0`, or leave `within` out';
  complaints.add(entry.at, `\`within\` bounds a prefix list, and ${quoted(peerKey)} names none; ${advice}`);
}
