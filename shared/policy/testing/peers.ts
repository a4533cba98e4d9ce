// `peers` of a test -> what names stand for.
import type { PeerName } from '../../core/model/rule.ts';
import { namedPeerForm } from '../named-peer.ts';
import { nounOf } from '../node.ts';
import type { Entry, Node } from '../node.ts';
import { meaning, quoted, wrong } from '../problem.ts';
import type { Complaints, Understood } from '../problem.ts';
import { isPrefixList } from '../../core/peers.ts';
import type { StandsFor } from './case.ts';
import { rangesIn } from './subject.ts';

const GROUP_ID = /^sg:sg-[0-9a-f]+$/;
const LIST_ID = /^prefix-list:pl-[0-9a-f]+$/;

/** What a name may stand for, by what it is. */
function expectedFor(name: PeerName): string {
  return isPrefixList(name)
    ? 'write its entries, `[203.0.113.0/24]`, or its id, `prefix-list:pl-0123456789abcdef0`'
    : 'write its id, `sg:sg-0123456789abcdef0`';
}

/** The name of a peer that something can stand for. */
function nameOf(text: string): Understood<PeerName> {
  const name = namedPeerForm(text) ?? wrong(`${quoted(text)} is no named peer`);
  if (name.kind === 'wrong') return wrong(`${name.problem}; write \`"sg:NAME"\` or \`"prefix-list:OWNER/NAME"\``);
  if (GROUP_ID.test(name.value)) return wrong(`${quoted(text)} is an id, and stands for itself; leave it out`);
  if (isPrefixList(name.value) || name.value.startsWith('sg:')) return name;
  return wrong(`${quoted(text)} stands for itself; leave it out`);
}

/** What a name stands for, or what is wrong with that. */
function standsForOf(name: PeerName, entry: Entry, complaints: Complaints): Understood<StandsFor> {
  const { value } = entry;
  const isId = isPrefixList(name) ? LIST_ID : GROUP_ID;
  const same = value.kind === 'text' ? namedPeerForm(value.text) : undefined;
  if (same?.kind === 'wrong') return same;
  if (same !== undefined) {
    if (isId.test(same.value) && !isId.test(name)) return meaning({ kind: 'same', name: same.value });
    return wrong(`${quoted(name)} cannot stand for ${quoted(same.value)}; ${expectedFor(name)}`);
  }
  // Who is in a group is never known: nobody at least, its network's ranges at most.
  const mayHold = isPrefixList(name) && (value.kind === 'text' || (value.kind === 'list' && value.items.length > 0));
  if (mayHold) return meaning({ kind: 'addresses', addresses: rangesIn(entry, complaints) });
  const was = value.kind === 'text' ? quoted(value.text) : nounOf(value);
  return wrong(`${quoted(name)} cannot stand for ${was}; ${expectedFor(name)}`);
}

/** Names of peers and what they stand for in one test. */
export function standingsIn(node: Node | undefined, complaints: Complaints): ReadonlyMap<PeerName, StandsFor> {
  if (node === undefined) return new Map();
  if (node.kind !== 'map') {
    const example = '`peers: { "sg:bastion": sg:sg-0123456789abcdef0 }`';
    complaints.add(node.at, `\`peers\` is ${nounOf(node)}; write a mapping: ${example}`);
    return new Map();
  }
  return new Map(
    node.entries.flatMap((entry) => {
      const name = nameOf(entry.key);
      const standsFor = name.kind === 'wrong' ? undefined : standsForOf(name.value, entry, complaints);
      if (name.kind === 'wrong') complaints.add(entry.at, name.problem);
      if (standsFor?.kind === 'wrong') complaints.add(entry.value.at, standsFor.problem);
      return name.kind === 'meaning' && standsFor?.kind === 'meaning' ? [[name.value, standsFor.value] as const] : [];
    }),
  );
}
