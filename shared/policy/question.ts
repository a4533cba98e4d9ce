import type { Question } from '../core/model/question.ts';
import type { Peer } from '../core/model/rule.ts';
import { impossibilityOf } from './clause.ts';
import { hostHint, peerForm } from './peer.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Understood } from './problem.ts';
import { serviceOf } from './service.ts';

function peerAsked(text: string): Understood<Peer> {
  const form = peerForm(text);
  if (form?.kind === 'wrong') return form;
  if (form !== undefined) {
    const [name] = form.value.names;
    return meaning(
      name === undefined ? { kind: 'addresses', addresses: form.value.addresses } : { kind: 'named', name },
    );
  }
  const expected = 'write an address, a CIDR, a range, `anywhere` or a named peer such as `sg:NAME`';
  return wrong(`unknown peer ${quoted(text)}; ${hostHint(text) ?? expected}`);
}

/**
 * `tcp/22 from 198.51.100.7` or `tcp/443 to prefix-list:pl-0123456789abcdef0` as sets and names, in the words of the
 * policy language.
 */
export function trafficQuestionOf(text: string): Understood<Question> {
  // A group's own name may have blanks.
  const parts = /^\s*(\S+)\s+(from|to)\s+(\S.*?)\s*$/s.exec(text);
  if (parts === null) {
    const example = 'write it like `tcp/22 from 198.51.100.7` or `tcp/443 to 192.0.2.0/24`';
    return wrong(`traffic ${quoted(text)} is not readable; ${example}`);
  }
  const [serviceText = '', preposition = '', peerText = ''] = parts.slice(1);
  const service = serviceOf(serviceText);
  if (service.kind === 'wrong') return service;
  const peer = peerAsked(peerText);
  if (peer.kind === 'wrong') return peer;
  const impossible =
    peer.value.kind === 'addresses' ? impossibilityOf(service.value, peer.value.addresses, preposition) : undefined;
  if (impossible !== undefined) return wrong(impossible);
  const direction = preposition === 'from' ? 'ingress' : 'egress';
  return meaning({ direction, slots: service.value, peer: peer.value });
}
