import type { LocalRule } from '../ec2/start.ts';

/** `tcp/22 from 10.0.0.0/8 (ssh)`: service, direction, peer, and a description where there is one. */
const FORM = /^(?<service>\S+) (?<way>from|to) (?<peer>\S+)(?: \((?<description>.+)\))?$/;
const SERVICE = /^(?<protocol>any|tcp|udp|icmp|icmpv6|esp)(?:\/(?<first>\d+)(?<rest>[-.]\d+)?)?$/;

type Service = Pick<LocalRule, 'protocol' | 'fromPort' | 'toPort'>;

function serviceOf(text: string): Service {
  const { protocol, first, rest } = SERVICE.exec(text)?.groups ?? {};
  if (protocol === undefined) throw new Error(`fleet: \`${text}\` is no service; write one like \`tcp/8000-8100\``);
  if (protocol === 'any') return { protocol: '-1' };
  if (protocol === 'esp') return { protocol: '50' };
  const isIcmp = protocol.startsWith('icmp');
  // A type alone is all its codes; a protocol alone all its ports, or types.
  if (first === undefined)
    return isIcmp ? { protocol, fromPort: -1, toPort: -1 } : { protocol, fromPort: 0, toPort: 65_535 };
  const last = rest === undefined ? (isIcmp ? -1 : Number(first)) : Number(rest.slice(1));
  return { protocol, fromPort: Number(first), toPort: last };
}

/** A rule as the fleet spells it; `idOf` knows the groups of its network by name, and `self` is the group itself. */
export function ruleOf(text: string, self: string, idOf: (name: string) => string): LocalRule {
  const { service, way, peer, description } = FORM.exec(text)?.groups ?? {};
  if (service === undefined || peer === undefined) {
    throw new Error(`fleet: \`${text}\` is no rule; write one like \`tcp/22 from 10.0.0.0/8 (ssh)\``);
  }
  const peerOf = (): LocalRule['peer'] => {
    if (peer === 'self') return { kind: 'group', id: self };
    if (peer.startsWith('sg:')) return { kind: 'group', id: idOf(peer.slice(3)) };
    return { kind: peer.includes(':') ? 'ipv6' : 'ipv4', cidr: peer };
  };
  return {
    direction: way === 'from' ? 'ingress' : 'egress',
    ...serviceOf(service),
    peer: peerOf(),
    ...(description === undefined ? {} : { description }),
  };
}
