// A rule of a security group -> one text, to compare it by and to call it by.
import type { Direction } from '../../core/model/firewall.ts';
import type { Box } from '../../core/model/rule.ts';
import { peerText, serviceText } from '../../core/spell.ts';
import { peerWritten } from './peer.ts';

/**
 * One text per direction and meaning. Only what a security group's rule can say is in it: this runs for every rule of
 * every read.
 */
export function keyOf(direction: Direction, { slots, peer }: Box): string {
  const who = peer.kind === 'named' ? peer.name : `${peer.addresses.v4.join('-')} ${peer.addresses.v6.join('-')}`;
  return `${direction} ${slots.join('-')} ${who}`;
}

/** `tcp/22 from 203.0.113.0/24`: a rule of EC2 has one block, so it is spelled without looking for a shorter text. */
export function spelled(direction: Direction, { slots, peer }: Box): string {
  const written = peerWritten(peer);
  const who = written?.kind === 'ipv4' || written?.kind === 'ipv6' ? written.cidr : peerText(peer);
  return `${serviceText(slots)} ${direction === 'ingress' ? 'from' : 'to'} ${who}`;
}
