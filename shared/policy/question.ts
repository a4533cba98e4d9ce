import type { Direction } from '../core/model/firewall.ts';
import type { Addresses } from '../core/space/addresses.ts';
import type { Slots } from '../core/space/slots.ts';
import { impossibilityOf } from './clause.ts';
import { peerOf } from './peer.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Understood } from './problem.ts';
import { serviceOf } from './service.ts';

/** What somebody asks of a firewall: may this traffic come in, or go out? */
interface TrafficQuestion {
  readonly direction: Direction;
  readonly slots: Slots;
  readonly peers: Addresses;
}

/** `tcp/22 from 198.51.100.7` or `tcp/443 to 192.0.2.0/24` as sets, in the words of the policy language. */
export function trafficQuestionOf(text: string): Understood<TrafficQuestion> {
  const parts = /^\s*(\S+)\s+(from|to)\s+(\S+)\s*$/.exec(text);
  if (parts === null) {
    const example = 'write it like `tcp/22 from 198.51.100.7` or `tcp/443 to 192.0.2.0/24`';
    return wrong(`traffic ${quoted(text)} is not readable; ${example}`);
  }
  const [serviceText = '', preposition = '', peerText = ''] = parts.slice(1);
  const service = serviceOf(serviceText);
  if (service.kind === 'wrong') return service;
  const peer = peerOf(peerText);
  if (peer.kind === 'wrong') return peer;
  const impossible = impossibilityOf(service.value, peer.value, preposition);
  if (impossible !== undefined) return wrong(impossible);
  const direction = preposition === 'from' ? 'ingress' : 'egress';
  return meaning({ direction, slots: service.value, peers: peer.value });
}
