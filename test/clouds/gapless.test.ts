import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestsFor } from '../../shared/clouds/aws/encode.ts';
import type { Change } from '../../shared/core/model/plan.ts';
import { rulesOf } from '../../shared/core/model/firewall.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import { ANYWHERE, NOBODY } from '../../shared/core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../shared/core/space/cidr.ts';
import { planOf } from './plans.ts';
import { contentOf, firewallOfRows, PEER_GROUP, ruleId } from './sample.ts';

const tcp = (from: number, to: number, peer: object): object => ({
  IpProtocol: 'tcp',
  FromPort: from,
  ToPort: to,
  ...peer,
});
const anybody = { CidrIpv4: '0.0.0.0/0' };
const group = { ReferencedGroupInfo: { GroupId: PEER_GROUP } };
const list = { PrefixListId: 'pl-01' };

function ruleAt(firewall: Firewall, index: number): Rule {
  const rule = rulesOf(firewall, 'ingress')[index];
  if (rule === undefined) throw new Error(`no rule ${String(index)}`);
  return rule;
}

/** The first rule is narrowed to these rows, all the others go. */
function kindsFor(firewall: Firewall, ...pieces: readonly object[]): readonly string[] {
  const [first, ...others] = rulesOf(firewall, 'ingress');
  if (first === undefined) throw new Error('no rule');
  const changes: readonly Change[] = [
    { kind: 'narrow', direction: 'ingress', rule: first, becomes: pieces.map((piece) => contentOf(piece)) },
    ...others.map((rule): Change => ({ kind: 'remove', direction: 'ingress', rule })),
  ];
  return requestsFor(planOf(firewall, changes), firewall).map(({ kind }) => kind);
}

/** What is left of tcp/3000-4000 when two ports are gone. */
const PIECES = [tcp(3000, 3388, anybody), tcp(3390, 3500, anybody), tcp(3502, 4000, anybody)];
const range = tcp(3000, 4000, anybody);

describe('a removal that leaves no gap', () => {
  test('goes first, so that no refused piece of another rule can hold it up', () => {
    expect(kindsFor(firewallOfRows(range, tcp(22, 22, anybody)), ...PIECES)).toEqual(['revoke', 'authorize', 'modify']);
  });

  test('goes first too where it overlaps what another rule was, but not what becomes of it', () => {
    const firewall = firewallOfRows(range, tcp(3389, 3389, anybody));
    expect(kindsFor(firewall, ...PIECES)).toEqual(['revoke', 'authorize', 'modify']);
  });

  test('needs no call of its own where all that goes leaves none', () => {
    const firewall = firewallOfRows(tcp(22, 22, anybody), tcp(23, 23, anybody));
    const changes = [0, 1].map((index): Change => ({
      kind: 'remove',
      direction: 'ingress',
      rule: ruleAt(firewall, index),
    }));
    expect(requestsFor(planOf(firewall, changes), firewall)).toMatchObject([
      { kind: 'revoke', rules: [{ id: ruleId(1) }, { id: ruleId(2) }] },
    ]);
  });

  test('goes first whatever is written in the other direction', () => {
    const firewall = firewallOfRows(tcp(443, 443, anybody));
    const changes: readonly Change[] = [
      { kind: 'add', direction: 'egress', becomes: [contentOf(tcp(443, 443, anybody), 'egress')] },
      { kind: 'remove', direction: 'ingress', rule: ruleAt(firewall, 0) },
    ];
    expect(requestsFor(planOf(firewall, changes), firewall).map(({ kind }) => kind)).toEqual(['revoke', 'authorize']);
  });
});

describe('a removal that may leave one', () => {
  const LATE = ['authorize', 'modify', 'revoke'];

  test.each<[string, object]>([
    ['overlaps a piece that is added', tcp(3600, 3700, { CidrIpv4: '10.0.0.0/8' })],
    ['overlaps what another rule becomes', tcp(3000, 3000, anybody)],
    ['reaches over every protocol', { IpProtocol: '-1', CidrIpv4: '10.0.0.0/8' }],
    ['is of a group of which nothing is known', tcp(3000, 4000, group)],
    ['is of a prefix list', tcp(3000, 4000, list)],
  ])('goes last: it %s', (_, row) => {
    expect(kindsFor(firewallOfRows(range, row), ...PIECES)).toEqual(LATE);
  });

  test('goes last where both name the same peer, even one that is nobody', () => {
    const firewall = firewallOfRows(tcp(3000, 4000, group), tcp(3600, 3700, group));
    const names = new Map([[peerName('sg', PEER_GROUP), { least: NOBODY, most: NOBODY }]]);
    const pieces = [tcp(3000, 3388, group), tcp(3390, 3500, group), tcp(3502, 4000, group)];
    expect(kindsFor({ ...firewall, names }, ...pieces)).toEqual(LATE);
  });

  test('is told from one that leaves none: each goes at its time', () => {
    const firewall = firewallOfRows(range, tcp(22, 22, anybody), tcp(3000, 3000, { CidrIpv4: '10.0.0.0/8' }));
    expect(kindsFor(firewall, ...PIECES)).toEqual(['revoke', ...LATE]);
  });
});

test('a group of known addresses goes first where those are apart from what is written', () => {
  const firewall = firewallOfRows(tcp(3000, 4000, { CidrIpv4: '203.0.113.0/24' }), tcp(3000, 4000, group));
  const pieces = [tcp(3000, 3388, { CidrIpv4: '203.0.113.0/24' }), tcp(3390, 4000, { CidrIpv4: '203.0.113.0/24' })];
  const most = addressesOfBlock(blockOf('10.0.0.0/16')!.block);
  const named = (extent: typeof most): Firewall => ({
    ...firewall,
    names: new Map([[peerName('sg', PEER_GROUP), { least: NOBODY, most: extent }]]),
  });
  expect(kindsFor(named(most), ...pieces)).toEqual(['revoke', 'authorize', 'modify']);
  expect(kindsFor(named(ANYWHERE), ...pieces)).toEqual(['authorize', 'modify', 'revoke']);
});

describe('the mark of who added a rule', () => {
  /** So many tags of its owner, and two of the cloud's own, which do not count. */
  const tagged = (count: number): object => ({
    ...range,
    Tags: [
      ...Array.from({ length: count }, (_, at) => ({ Key: `key-${String(at)}`, Value: 'x' })),
      { Key: 'aws:one', Value: '1' },
      { Key: 'aws:two', Value: '2' },
    ],
  });
  const tagsOf = (row: object): Readonly<Record<string, string>> => {
    const firewall = firewallOfRows(row);
    const [rule] = rulesOf(firewall, 'ingress');
    const becomes = PIECES.map((piece) => ({ ...contentOf(piece), tags: rule?.tags ?? {} }));
    const plan = planOf(firewall, [{ kind: 'narrow', direction: 'ingress', rule: rule!, becomes }]);
    const [request] = requestsFor(plan, firewall);
    return request?.kind === 'authorize' ? request.tags : {};
  };

  test('is left off where a rule has as many tags as EC2 takes', () => {
    expect(tagsOf(tagged(49))['portcullis']).toBe('plan-1');
    expect(Object.keys(tagsOf(tagged(49)))).toHaveLength(50);
    expect(tagsOf(tagged(50))['portcullis']).toBeUndefined();
    expect(Object.keys(tagsOf(tagged(50)))).toHaveLength(50);
  });

  test('takes the place of an older mark among as many', () => {
    const old = { ...range, Tags: [...Array.from({ length: 49 }, (_, at) => ({ Key: `k${String(at)}`, Value: '' }))] };
    const marked = { ...old, Tags: [...old.Tags, { Key: 'portcullis', Value: 'plan-0' }] };
    expect(tagsOf(marked)['portcullis']).toBe('plan-1');
  });

  test('never makes a rule carry more than EC2 takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), (count) => {
        expect(Object.keys(tagsOf(tagged(count))).length).toBe(Math.min(count + 1, 50));
      }),
    );
  });
});
