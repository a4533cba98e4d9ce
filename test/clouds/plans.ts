import fc from 'fast-check';
import type { Change, Plan } from '../../shared/core/model/plan.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Rule, RuleContent } from '../../shared/core/model/rule.ts';
import { contentKey } from '../../shared/core/spell.ts';
import { contentOf, PEER_GROUP } from './sample.ts';

/**
 * Rules and plans of few values, so that pieces often equal one another and rules that are there already: EC2 refuses
 * a whole call for one duplicate.
 */
const SERVICES: readonly object[] = [
  { IpProtocol: '-1' },
  { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 443 },
  { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
  { IpProtocol: 'udp', FromPort: 53, ToPort: 53 },
  { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
  { IpProtocol: 'icmp', FromPort: 3, ToPort: 4 },
  { IpProtocol: '50' },
];
/** Ranges and names by kind: an edit in place keeps the kind. The group must exist where the rules are written. */
const peersWith = (peerGroup: string): readonly (readonly object[])[] => [
  [{ CidrIpv4: '0.0.0.0/0' }, { CidrIpv4: '10.0.0.0/8' }, { CidrIpv4: '10.1.0.0/16' }, { CidrIpv4: '203.0.113.7/32' }],
  [{ CidrIpv6: '::/0' }, { CidrIpv6: '2001:db8::/32' }],
  [{ PrefixListId: 'pl-6ea54007' }],
  [{ ReferencedGroupInfo: { GroupId: peerGroup } }],
];

const service = fc.constantFrom(...SERVICES);
const anyPeer = (peerGroup: string): fc.Arbitrary<object> => fc.constantFrom(...peersWith(peerGroup).flat());
const description = fc.constantFrom({}, { Description: 'site' }, { Description: 'added by hand' });
const tags = fc.constantFrom({}, { Tags: [{ Key: 'owner', Value: 'alex' }] });

/** Rows of one group: no two say the same in one direction, as EC2 has it. */
export function rowsWith(peerGroup: string): fc.Arbitrary<readonly (object & { readonly IsEgress: boolean })[]> {
  return fc.uniqueArray(
    fc
      .tuple(service, anyPeer(peerGroup), description, tags, fc.boolean())
      .map(([says, peer, described, tagged, IsEgress]) => ({ ...says, ...peer, ...described, ...tagged, IsEgress })),
    { minLength: 1, maxLength: 8, selector: (row) => contentKey(row.IsEgress ? 'egress' : 'ingress', contentOf(row)) },
  );
}

export const rows = rowsWith(PEER_GROUP);

function familyOf(rule: Rule): readonly object[] {
  const { peer } = rule.box;
  const [v4 = [], v6 = [], lists = []] = peersWith(PEER_GROUP);
  if (peer.kind === 'addresses') return peer.addresses.v4.length > 0 ? v4 : v6;
  if (!peer.name.startsWith('sg:')) return lists;
  return [{ ReferencedGroupInfo: { GroupId: peer.name.slice('sg:'.length) } }];
}

function pieceOf(rule: Rule, direction: Direction): fc.Arbitrary<RuleContent> {
  return fc.tuple(service, fc.constantFrom(...familyOf(rule))).map(([says, peer]) => ({
    ...contentOf({ ...says, ...peer }, direction),
    description: rule.description,
    tags: rule.tags,
  }));
}

function changeOf(rule: Rule, direction: Direction): fc.Arbitrary<Change | undefined> {
  const pieces = fc.array(pieceOf(rule, direction), { minLength: 1, maxLength: 4 });
  return fc.oneof(
    fc.constant(undefined),
    fc.constant<Change>({ kind: 'remove', direction, rule }),
    pieces.map((becomes): Change => ({ kind: 'narrow', direction, rule, becomes })),
  );
}

function added(direction: Direction, peerGroup: string): fc.Arbitrary<Change | undefined> {
  const content = fc
    .tuple(service, anyPeer(peerGroup))
    .map(([says, peer]) => contentOf({ ...says, ...peer }, direction));
  const some = fc.array(content, { minLength: 1, maxLength: 2 });
  return fc.oneof(
    fc.constant(undefined),
    some.map((becomes): Change => ({ kind: 'add', direction, becomes })),
  );
}

/**
 * Plans for a firewall. A piece that another rule says now, which the plan takes away, is left out of it: such a plan
 * contradicts itself.
 */
export function plansFor(firewall: Firewall, peerGroup: string = PEER_GROUP): fc.Arbitrary<Plan> {
  const changes = DIRECTIONS.flatMap((direction) => [
    ...rulesOf(firewall, direction).map((rule) => changeOf(rule, direction)),
    added(direction, peerGroup),
  ]);
  return fc.tuple(...changes).map((drawn): Plan => {
    const wanted = drawn.filter((change) => change !== undefined);
    const leaving = new Map(
      wanted.flatMap((change) =>
        change.kind === 'add' ? [] : [[contentKey(change.direction, change.rule), change.rule.id]],
      ),
    );
    const consistent = wanted.flatMap((change): readonly Change[] => {
      if (change.kind === 'remove') return [change];
      const own = change.kind === 'narrow' ? change.rule.id : undefined;
      const becomes = change.becomes.filter((piece) => {
        const leaver = leaving.get(contentKey(change.direction, piece));
        return leaver === undefined || leaver === own;
      });
      if (becomes.length > 0) return [{ ...change, becomes }];
      return change.kind === 'add' ? [] : [{ kind: 'remove', direction: change.direction, rule: change.rule }];
    });
    return planOf(firewall, consistent);
  });
}

export function planOf(firewall: Firewall, changes: readonly Change[]): Plan {
  return { id: 'plan-1', target: firewall.target, version: firewall.version, changes, held: [], collateral: [] };
}
