import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterRequest, isAsExpected, requestsFor } from '../../shared/clouds/aws/encode.ts';
import { toInput } from '../../shared/clouds/aws/requests.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Change } from '../../shared/core/model/plan.ts';
import { ALL_PORTS } from '../../shared/core/space/slots.ts';
import * as line from '../../shared/core/space/line.ts';
import * as traffic from '../../shared/core/space/traffic.ts';
import type { Traffic } from '../../shared/core/space/traffic.ts';
import { simulate } from '../../shared/core/simulate.ts';
import { planOf, plansFor, rows } from './plans.ts';
import {
  contentOf,
  firewallIn,
  firewallOfRows,
  GROUP,
  groupsAnswer,
  keysOf,
  OTHER_ACCOUNT,
  PEER_GROUP,
  ruleId,
  rulesAnswer,
} from './sample.ts';
import { DAY_SEED } from '../seed.ts';

const cases = rows
  .map((drawn) => firewallOfRows(...drawn))
  .chain((firewall) => plansFor(firewall).map((plan) => ({ firewall, plan })));

/** All that is let through from addresses, and from each named peer. */
function openings(
  firewall: Firewall,
  direction: Direction,
): { readonly addresses: Traffic; readonly named: ReadonlyMap<string, line.Line<number>> } {
  const rules = rulesOf(firewall, direction);
  const named = new Map<string, line.Line<number>>();
  let addresses = traffic.NOTHING;
  for (const { box } of rules) {
    if (box.peer.kind === 'addresses')
      addresses = traffic.union(addresses, traffic.trafficOf(box.slots, box.peer.addresses));
    else named.set(box.peer.name, line.union(named.get(box.peer.name) ?? [], box.slots));
  }
  return { addresses, named };
}

/** Whether a step is between: it shuts nothing that both ends let through, and opens nothing that neither does. */
function expectBetween(step: Firewall, before: Firewall, after: Firewall): void {
  for (const direction of DIRECTIONS) {
    const [now, first, last] = [step, before, after].map((firewall) => openings(firewall, direction));
    if (now === undefined || first === undefined || last === undefined) throw new Error('three firewalls');
    const stays = traffic.intersection(first.addresses, last.addresses);
    expect(traffic.difference(stays, now.addresses)).toEqual(traffic.NOTHING);
    const ever = traffic.union(first.addresses, last.addresses);
    expect(traffic.difference(now.addresses, ever)).toEqual(traffic.NOTHING);
    for (const name of new Set([...now.named.keys(), ...first.named.keys(), ...last.named.keys()])) {
      const [at, start, end] = [now, first, last].map(({ named }) => named.get(name) ?? []);
      expect(line.difference(line.intersection(start ?? [], end ?? []), at ?? [])).toEqual([]);
      expect(line.difference(at ?? [], line.union(start ?? [], end ?? []))).toEqual([]);
    }
  }
}

describe('the order of writes', () => {
  test('every step is between before and after, and the last is what the plan says', () => {
    let steps = 0;
    fc.assert(
      fc.property(cases, ({ firewall, plan }) => {
        const after = simulate(firewall, plan.changes);
        let step = firewall;
        for (const request of requestsFor(plan, firewall)) {
          step = afterRequest(step, request);
          steps += 1;
          expectBetween(step, firewall, after);
        }
        expect(keysOf(step)).toEqual(keysOf(after));
      }),
      { numRuns: 300, seed: DAY_SEED },
    );
    expect(steps).toBeGreaterThan(600);
  });

  test('no call asks for what the group has then, nor for the same twice', () => {
    fc.assert(
      fc.property(cases, ({ firewall, plan }) => {
        let step = firewall;
        for (const request of requestsFor(plan, firewall)) {
          step = afterRequest(step, request);
          const rules = DIRECTIONS.flatMap((direction) => rulesOf(step, direction));
          expect(keysOf(step)).toHaveLength(rules.length);
        }
      }),
      { numRuns: 300, seed: DAY_SEED },
    );
  });

  test('authorize, then modify, then revoke, with revokes before them too; and as few calls as that takes', () => {
    fc.assert(
      fc.property(cases, ({ firewall, plan }) => {
        const requests = requestsFor(plan, firewall);
        const kinds = requests.map(({ kind }) => kind);
        const writes = kinds.findIndex((kind) => kind !== 'revoke');
        const [first, rest] = [kinds.slice(0, Math.max(writes, 0)), kinds.slice(Math.max(writes, 0))];
        expect(rest).toEqual(rest.toSorted());
        expect(kinds.filter((kind) => kind === 'modify').length).toBeLessThanOrEqual(1);
        for (const part of [first, rest]) {
          expect(part.filter((kind) => kind === 'revoke').length).toBeLessThanOrEqual(DIRECTIONS.length);
        }
      }),
    );
  });
});

const wide = {
  IpProtocol: 'tcp',
  FromPort: 0,
  ToPort: 65535,
  CidrIpv4: '0.0.0.0/0',
  Description: 'all',
  Tags: [
    { Key: 'owner', Value: 'alex' },
    { Key: 'aws:x', Value: 'y' },
  ],
};
const https = {
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  CidrIpv4: '0.0.0.0/0',
  Description: 'all',
  Tags: wide.Tags,
};
const office = { ...https, FromPort: 22, ToPort: 22, CidrIpv4: '203.0.113.0/24' };

function narrowed(firewall: Firewall, ...pieces: readonly object[]): Change {
  const [rule] = rulesOf(firewall, 'ingress');
  if (rule === undefined) throw new Error('no rule');
  return { kind: 'narrow', direction: 'ingress', rule, becomes: pieces.map((piece) => contentOf(piece)) };
}

describe('a rule that is narrowed', () => {
  const firewall = firewallOfRows(wide);

  test('keeps its id for one piece; the others are authorized with its description and tags, and marked', () => {
    const requests = requestsFor(planOf(firewall, [narrowed(firewall, https, office)]), firewall, 'r'.repeat(300));
    expect(requests.map(toInput)).toEqual([
      {
        kind: 'authorize',
        direction: 'ingress',
        input: {
          GroupId: GROUP,
          IpPermissions: [
            {
              IpProtocol: 'tcp',
              FromPort: 22,
              ToPort: 22,
              IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'all' }],
            },
          ],
          TagSpecifications: [
            {
              ResourceType: 'security-group-rule',
              Tags: [
                { Key: 'owner', Value: 'alex' },
                { Key: 'portcullis', Value: 'r'.repeat(256) },
              ],
            },
          ],
        },
      },
      {
        kind: 'modify',
        input: {
          GroupId: GROUP,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: ruleId(1),
              SecurityGroupRule: {
                IpProtocol: 'tcp',
                FromPort: 443,
                ToPort: 443,
                CidrIpv4: '0.0.0.0/0',
                Description: 'all',
              },
            },
          ],
        },
      },
    ]);
  });

  test('goes where all its pieces are there already', () => {
    const twin = firewallOfRows(wide, https);
    expect(requestsFor(planOf(twin, [narrowed(twin, https)]), twin).map(toInput)).toEqual([
      { kind: 'revoke', direction: 'ingress', input: { GroupId: GROUP, SecurityGroupRuleIds: [ruleId(1)] } },
    ]);
  });

  test('stays where it is one of its own pieces', () => {
    const requests = requestsFor(
      planOf(firewall, [narrowed(firewall, wide, { ...office, CidrIpv4: undefined, CidrIpv6: '::/0' })]),
      firewall,
    );
    expect(requests.map(({ kind }) => kind)).toEqual(['authorize']);
  });

  test('is replaced where it cannot be edited in place', () => {
    const pair = { GroupId: PEER_GROUP, UserId: OTHER_ACCOUNT };
    const far = firewallIn(
      groupsAnswer({ IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [pair] }] }),
      rulesAnswer({ IpProtocol: '-1', ReferencedGroupInfo: pair }),
    );
    const piece = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ReferencedGroupInfo: pair };
    const inputs = requestsFor(planOf(far, [narrowed(far, piece)]), far).map(toInput);
    expect(inputs.map(({ kind }) => kind)).toEqual(['authorize', 'revoke']);
    expect(inputs[0]).toMatchObject({
      input: { IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [pair] }] },
    });
  });

  test('a plan that takes away and keeps the same is a mistake', () => {
    const two = firewallOfRows(wide, https);
    const [, second] = rulesOf(two, 'ingress');
    const changes: readonly Change[] = [narrowed(two, https), { kind: 'remove', direction: 'ingress', rule: second! }];
    expect(() => requestsFor(planOf(two, changes), two)).toThrow('both takes away and keeps `tcp/443 from 0.0.0.0/0`');
  });
});

describe('what one rule says', () => {
  test.each<[object, object]>([
    [
      { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ],
    [
      { IpProtocol: '50', CidrIpv6: '::/0' },
      { IpProtocol: '50', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
    ],
    [
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, CidrIpv4: '10.0.0.0/8' },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    ],
    [
      { IpProtocol: 'icmp', FromPort: 3, ToPort: 4, CidrIpv4: '10.0.0.0/8' },
      { IpProtocol: 'icmp', FromPort: 3, ToPort: 4, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    ],
    [
      { IpProtocol: '58', CidrIpv6: '::/0' },
      { IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
    ],
    [
      { IpProtocol: 'udp', FromPort: 0, ToPort: 65535, PrefixListId: 'pl-01' },
      { IpProtocol: 'udp', FromPort: 0, ToPort: 65535, PrefixListIds: [{ PrefixListId: 'pl-01' }] },
    ],
    [
      { IpProtocol: '-1', ReferencedGroupInfo: { GroupId: PEER_GROUP } },
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: PEER_GROUP }] },
    ],
  ])('%j', (row, permission) => {
    const firewall = firewallOfRows();
    const plan = planOf(firewall, [{ kind: 'add', direction: 'egress', becomes: [contentOf(row, 'egress')] }]);
    const [input] = requestsFor(plan, firewall).map(toInput);
    expect(input).toMatchObject({ kind: 'authorize', direction: 'egress', input: { IpPermissions: [permission] } });
  });

  const box = contentOf(https).box;
  test.each<[string, object]>([
    ['two ranges of ports', { slots: [22, 23, 80, 81].map((port) => 6 * 65536 + port) }],
    ['ports of sctp', { slots: [132 * 65536 + 22, 132 * 65536 + 23] }],
    ['two icmp types', { slots: [65536, 65536 + 512] }],
    ['two blocks', { peer: { kind: 'addresses', addresses: { v4: [1, 3], v6: [] } } }],
    ['nobody', { peer: { kind: 'addresses', addresses: { v4: [], v6: [] } } }],
    ['source ports', { sourcePorts: [0, 1024] }],
    ['one member', { own: { v4: [1, 2], v6: [] } }],
  ])('cannot be %s', (_, part) => {
    const firewall = firewallOfRows();
    const content = { box: { ...box, sourcePorts: ALL_PORTS, ...part }, description: '', tags: {} };
    const requests = requestsFor(
      planOf(firewall, [{ kind: 'add', direction: 'ingress', becomes: [content] }]),
      firewall,
    );
    expect(() => requests.map(toInput)).toThrow('no single rule');
  });
});

describe('what is expected after a write', () => {
  const firewall = firewallOfRows(wide, office);
  const [request] = requestsFor(
    planOf(firewall, [{ kind: 'add', direction: 'ingress', becomes: [contentOf({ ...https, Description: 'new' })] }]),
    firewall,
  );
  const expected = afterRequest(firewall, request!);
  const named = {
    ...https,
    Description: 'new',
    Tags: [{ Key: 'portcullis', Value: 'plan-1' }],
    SecurityGroupRuleId: ruleId(9),
  };

  test('new rules by content, old ones by id', () => {
    expect(isAsExpected(firewallOfRows(wide, office, named), expected)).toBe(true);
    expect(isAsExpected(firewall, firewall)).toBe(true);
  });

  test.each<[string, Firewall]>([
    ['the new rule is not there', firewall],
    ['somebody edited an old one', firewallOfRows({ ...wide, ToPort: 1 }, office, named)],
    ['somebody made an old one anew', firewallOfRows({ ...wide, SecurityGroupRuleId: ruleId(7) }, office, named)],
    ['somebody described the new one', firewallOfRows(wide, office, { ...named, Description: 'x' })],
    ['somebody added another', firewallOfRows(wide, office, named, { ...office, ToPort: 23 })],
    ['the tags moved', firewallIn(groupsAnswer({ Tags: [] }), rulesAnswer(wide, office, named))],
  ])('not where %s', (_, now) => {
    expect(isAsExpected(now, expected)).toBe(false);
  });
});
