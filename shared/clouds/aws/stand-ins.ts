// Firewalls with stand-ins for ids that do not exist yet -> the same, named as their document names them.
import type { Firewall, Layer, Unread } from '../../core/model/firewall.ts';
import type { Peer, PeerName } from '../../core/model/rule.ts';
import { peerName } from '../../core/model/rule.ts';
import { groupStandIn } from './declared.ts';

type StandIns = ReadonlyMap<string, string>;

/**
 * A group as a peer. INVARIANT: no policy can mean it by another group's name. An address of Terraform has a dot, and is
 * no name that people give to groups; a logical id of a template may well be one, so the attribute that is its id follows.
 */
const ATTRIBUTE = '.GroupId';

function peerShown(place: string): string {
  return place.includes('.') ? place : `${place}${ATTRIBUTE}`;
}

function nameOf(name: PeerName, standIns: StandIns): PeerName {
  const [, kind = '', id = ''] = /^([^:]*):(.*)$/s.exec(name) ?? [];
  const place = standIns.get(id);
  if (place === undefined) return name;
  return peerName(kind, kind === 'sg' ? peerShown(place) : place);
}

/** The same map under the names that are shown. */
function keysOf<V>(map: ReadonlyMap<PeerName, V>, standIns: StandIns): ReadonlyMap<PeerName, V> {
  return new Map([...map].map(([name, value]) => [nameOf(name, standIns), value]));
}

function peerOf(peer: Peer, standIns: StandIns): Peer {
  return peer.kind === 'addresses' ? peer : { kind: 'named', name: nameOf(peer.name, standIns) };
}

function layersOf(layers: readonly Layer[], standIns: StandIns): readonly Layer[] {
  return layers.map((layer) => ({
    ...layer,
    rules: layer.rules.map((rule) => ({
      ...rule,
      id: standIns.get(rule.id) ?? rule.id,
      box: { ...rule.box, peer: peerOf(rule.box.peer, standIns) },
    })),
  }));
}

/** `unread` is what the document itself could not say, beside what the decoder could not read. */
export function shownAsDeclared(firewall: Firewall, standIns: StandIns, unread: readonly Unread[]): Firewall {
  const { target, ingress, egress, names, aliases, unresolved } = firewall;
  const said = new Set(unread.map(({ direction, rule }) => `${direction} ${rule}`));
  const inDecoder = firewall.unread
    .map((one) => ({ ...one, rule: standIns.get(one.rule) ?? one.rule }))
    .filter(({ direction, rule }) => !said.has(`${direction} ${rule}`));
  return {
    ...firewall,
    target: { ...target, id: standIns.get(target.id) ?? target.id },
    ingress: layersOf(ingress, standIns),
    egress: layersOf(egress, standIns),
    names: keysOf(names, standIns),
    aliases: new Map([...keysOf(aliases, standIns)].map(([name, meant]) => [name, nameOf(meant, standIns)])),
    unresolved: new Set([...unresolved].map((name) => nameOf(name, standIns))),
    unread: [...inDecoder, ...unread],
  };
}

/** Names as people write them, with stand-ins for the groups that they name as peers are shown. */
export function withStandIns(written: readonly PeerName[], standIns: StandIns): readonly PeerName[] {
  return written.map((name) => {
    const shown = name.startsWith('sg:') ? name.slice('sg:'.length) : '';
    const place = shown.endsWith(ATTRIBUTE) ? shown.slice(0, -ATTRIBUTE.length) : shown;
    const id = groupStandIn(place);
    return peerShown(place) === shown && standIns.has(id) ? peerName('sg', id) : name;
  });
}
