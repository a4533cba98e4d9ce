// A firewall as a test states it -> Firewall, with what a read of the cloud would know of its names.
import { createHash } from 'node:crypto';
import { managedBy } from '../shared/clouds/aws/decode.ts';
import { Directory, namesFor, rulePeer, writtenPeer } from '../shared/clouds/aws/names.ts';
import type { GroupPlace, RulePeer } from '../shared/clouds/aws/names.ts';
import { rulesIn } from '../shared/core/model/firewall.ts';
import type { Direction, Firewall } from '../shared/core/model/firewall.ts';
import { peerName, peerOfBlock } from '../shared/core/model/rule.ts';
import type { Extent, Peer, PeerName, Rule } from '../shared/core/model/rule.ts';
import { ANYWHERE, NOBODY } from '../shared/core/space/addresses.ts';
import { blocksOf } from '../shared/core/space/cidr.ts';
import { ALL_PORTS } from '../shared/core/space/slots.ts';
import { contentKey, ruleText } from '../shared/core/spell.ts';
import type { Flow, StandsFor, StatedFirewall } from '../shared/policy/testing/case.ts';

/** Which names there are, and what the test says of them. */
interface Known {
  readonly peers: ReadonlyMap<PeerName, StandsFor>;
  /** The names that the policy uses, and those that the test uses. */
  readonly written: readonly PeerName[];
}

type NameMap = Pick<Firewall, 'names' | 'aliases' | 'unresolved'>;

/** The groups that the test and the policy speak of by id: near, unless another account is named. */
function placesOf(own: GroupPlace, { peers, written }: Known): readonly GroupPlace[] {
  const names = new Map(
    [...peers].flatMap(([name, standsFor]) => {
      const peer = writtenPeer(name);
      return peer?.kind === 'group name' && standsFor.kind === 'same' ? [[standsFor.name, peer.name] as const] : [];
    }),
  );
  return [...names.keys(), ...written].flatMap((name): readonly GroupPlace[] => {
    const peer = writtenPeer(name);
    const isNear = peer?.kind === 'group' && (peer.account === undefined || peer.account === own.owner);
    if (!isNear || peer.id === own.id) return [];
    return [{ ...own, id: peer.id, name: names.get(peerName('sg', peer.id)) ?? peer.id }];
  });
}

/** Names that only the test knows: groups that are there though nobody says their id, and entries of prefix lists. */
function withStandings(known: NameMap, own: PeerName, { peers, written }: Known): NameMap {
  const names = new Map<PeerName, Extent>(known.names);
  const aliases = new Map<PeerName, PeerName>(known.aliases);
  for (const name of written) {
    const isGroupByName = writtenPeer(name)?.kind === 'group name' && !aliases.has(name);
    if (!isGroupByName) continue;
    aliases.set(name, name);
    names.set(name, { least: NOBODY, most: known.names.get(own)?.most ?? ANYWHERE });
  }
  for (const [name, standsFor] of peers) {
    if (standsFor.kind === 'same') aliases.set(name, standsFor.name);
    else {
      aliases.set(name, name);
      names.set(name, { least: standsFor.addresses, most: standsFor.addresses });
    }
  }
  const unresolved = new Set([...known.unresolved].filter((name) => !aliases.has(name)));
  return { names, aliases, unresolved };
}

function namesOf(stated: StatedFirewall, inRules: readonly PeerName[], known: Known): NameMap {
  const [network, ...further] = stated.networks.keys();
  const own: GroupPlace = { id: stated.id, name: stated.name, owner: stated.account, network };
  const ranges = new Map([...stated.networks].flatMap(([id, range]) => (range === undefined ? [] : [[id, range]])));
  const directory = new Directory([own], ranges, {
    others: placesOf(own, known),
    associations: new Map([[stated.id, further]]),
  });
  const peers = inRules.map((name): RulePeer => {
    const peer = writtenPeer(name);
    const isElsewhere = peer?.kind === 'group' && peer.account !== undefined && peer.account !== stated.account;
    return rulePeer(name, isElsewhere ? 'anywhere' : 'own network');
  });
  return withStandings(namesFor(own, peers, known.written, directory), peerName('sg', stated.id), known);
}

function ruleOf(flow: Flow, peer: Peer): Rule {
  const box = { slots: flow.slots, sourcePorts: ALL_PORTS, peer, own: ANYWHERE };
  const content = { box, description: '', tags: {} };
  return { ...content, id: ruleText(flow.direction, content) };
}

/** A rule of a security group has one block: a line with several is several rules. */
function rulesOf(flow: Flow, aliases: Firewall['aliases']): readonly Rule[] {
  const { peer } = flow;
  if (peer.kind === 'named') return [ruleOf(flow, { kind: 'named', name: aliases.get(peer.name) ?? peer.name })];
  return blocksOf(peer.addresses).map((block) => ruleOf(flow, peerOfBlock(block)));
}

function layersOf(flows: readonly Flow[], direction: Direction, aliases: Firewall['aliases']): Firewall['ingress'] {
  const rules = flows.filter((flow) => flow.direction === direction).flatMap((flow) => rulesOf(flow, aliases));
  // EC2 takes a rule once.
  const once = new Map(rules.map((rule) => [contentKey(direction, rule), rule]));
  return [{ combine: 'union', rules: [...once.values()] }];
}

/** The names in lines of a test, and those that it says something of. */
export function namesIn(flows: readonly Flow[], peers: ReadonlyMap<PeerName, StandsFor>): readonly PeerName[] {
  const inFlows = flows.flatMap(({ peer }) => (peer.kind === 'named' ? [peer.name] : []));
  const stoodFor = [...peers].flatMap(([name, standsFor]) =>
    standsFor.kind === 'same' ? [name, standsFor.name] : [name],
  );
  return [...new Set([...inFlows, ...stoodFor])];
}

export function firewallOf(stated: StatedFirewall, rules: readonly Flow[], known: Known, readAt: Date): Firewall {
  const inRules = rules.flatMap(({ peer }) => (peer.kind === 'named' ? [peer.name] : []));
  const { names, aliases, unresolved } = namesOf(stated, inRules, known);
  const [ingress, egress] = [layersOf(rules, 'ingress', aliases), layersOf(rules, 'egress', aliases)];
  const ids = [...ingress, ...egress].flatMap((layer) => rulesIn(layer).map(({ id }) => id));
  return {
    target: { cloud: stated.cloud, account: stated.account, region: stated.region, id: stated.id },
    name: stated.name,
    tags: stated.tags,
    networks: [...stated.networks.keys()],
    version: createHash('sha256').update(ids.join('\n')).digest('hex'),
    readAt,
    ingress,
    egress,
    names,
    aliases,
    unresolved,
    managedBy: managedBy(stated),
    unread: [],
  };
}

/** A firewall of a saved answer, with what the test says of its names. */
export function withPeers(firewall: Firewall, known: Known): Firewall {
  const standings = { peers: known.peers, written: [...known.peers.keys()] };
  return { ...firewall, ...withStandings(firewall, peerName('sg', firewall.target.id), standings) };
}
