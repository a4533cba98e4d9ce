import { cornersOf } from './corners.ts';
import { cidrsOfName, edgesOf, extentOf, INTERNET, isPartOf } from './named-peers.ts';
import { asTriple, canExist, rulesLettingThrough } from './packet-walk.ts';
import type { PlainCase, PlainPacket, PlainRule } from './plain-case.ts';

/** Protocol and port pairs that a firewall opens to the internet, counted one stretch of ports after the other. */

const WITH_PORTS: readonly number[] = [6, 17, 132];

/** Ports at which the answer may change: between two of them all ports are alike. */
function portEdges(rules: readonly PlainRule[], protocol: number): readonly number[] {
  const own = rules.flatMap(({ service }) =>
    service.protocol === protocol && 'ports' in service ? [service.ports[0], service.ports[1] + 1] : [],
  );
  return [...new Set([0, ...own, 65536])].toSorted((a, b) => a - b);
}

/** Of a protocol with types, each type and code that some rule speaks of, and one that none does. */
function probesOf(rules: readonly PlainRule[], protocol: number): readonly Pick<PlainPacket, 'type' | 'code'>[] {
  const own = rules.flatMap(({ service }) =>
    service.protocol === protocol && 'type' in service ? [{ type: service.type, code: service.code ?? 0 }] : [],
  );
  return [...own, { type: 254, code: 254 }];
}

export function openPairs(plain: PlainCase): number {
  const triples = plain.rules.filter(({ direction }) => direction === 'ingress').map(asTriple);
  const names = triples.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  const least = Object.fromEntries(names.map((name) => [name, extentOf(plain, name).least]));
  const addresses = [...cornersOf(plain).addresses, ...cidrsOfName(plain, INTERNET).flatMap(edgesOf)];
  const internet = [...new Set(addresses)].filter((address) => isPartOf(plain, INTERNET, address, 'surely'));
  const isOpen = (protocol: number, selector: Pick<PlainPacket, 'port' | 'type' | 'code'>): boolean =>
    internet.some((peer) => {
      const packet: PlainPacket = { direction: 'ingress', protocol, ...selector, sourcePort: 0, peer, own: peer };
      return canExist(packet) && rulesLettingThrough(triples, packet, least).length > 0;
    });
  let count = 0;
  for (let protocol = 0; protocol < 256; protocol += 1) {
    if (!triples.some(({ service }) => service.protocol === 'any' || service.protocol === protocol)) continue;
    if (!WITH_PORTS.includes(protocol)) {
      count += probesOf(triples, protocol).some((probe) => isOpen(protocol, probe)) ? 1 : 0;
      continue;
    }
    const edges = portEdges(triples, protocol);
    for (const [index, port] of edges.slice(0, -1).entries()) {
      if (isOpen(protocol, { port })) count += (edges[index + 1] ?? port) - port;
    }
  }
  return count;
}
