import { describe, expect, it } from 'vitest';
import { dice } from '../oracle/corners.ts';
import { fewestRectangles } from '../oracle/fewest.ts';
import type { Field } from '../oracle/fewest.ts';
import { plainOf, policy, seen } from './tables.ts';

/**
 * Rule, what a policy says of it, and the fewest rules that can let through exactly the rest. Punching one /32 out of
 * 0.0.0.0/0 leaves 32 blocks, one /128 out of ::/0 leaves 128, since each length between occurs once.
 */
const OPTIMA: readonly {
  readonly rule: string;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly fewest: number;
  readonly because: string;
}[] = [
  { rule: 'tcp/443-444 from 0.0.0.0/0', allow: ['tcp/443 from anywhere'], fewest: 1, because: 'one port stays' },
  { rule: 'tcp/22 from 0.0.0.0/0', allow: ['tcp/443 from anywhere'], fewest: 0, because: 'nothing stays' },
  { rule: 'tcp from 0.0.0.0/0', deny: ['tcp/22 from anywhere'], fewest: 2, because: 'below and above' },
  { rule: 'tcp from 0.0.0.0/0', deny: ['tcp/0 from anywhere'], fewest: 1, because: 'the first port has no below' },
  { rule: 'tcp from 0.0.0.0/0', deny: ['tcp/65535 from anywhere'], fewest: 1, because: 'the last port has no above' },
  { rule: 'tcp from 0.0.0.0/0', deny: ['tcp/22,tcp/3389 from anywhere'], fewest: 3, because: 'two holes' },
  { rule: 'tcp/22 from 0.0.0.0/0', deny: ['any from 10.0.0.0/8'], fewest: 8, because: 'one /8 out of /0' },
  { rule: 'tcp/22 from 0.0.0.0/0', deny: ['any from 203.0.113.7/32'], fewest: 32, because: 'one /32 out of /0' },
  { rule: 'tcp/22 from ::/0', deny: ['any from 2001:db8::7/128'], fewest: 128, because: 'one /128 out of /0' },
  { rule: 'tcp/22 from 0.0.0.0/0', deny: ['any from 128.0.0.0/1'], fewest: 1, because: 'the other half' },
  { rule: 'tcp/22 from 10.0.1.8/31', deny: ['any from 10.0.1.9/32'], fewest: 1, because: 'the other of two' },
  {
    rule: 'tcp from 0.0.0.0/0',
    deny: ['tcp/22 from 203.0.113.7/32'],
    fewest: 34,
    because: '32 blocks on port 22, which may be all ports, and the ports below and above',
  },
  {
    rule: 'any from 0.0.0.0/0',
    deny: ['tcp/22 from 203.0.113.7/32'],
    fewest: 40,
    because: '32 blocks for every protocol; for the one address tcp below and above, udp, icmp, sctp, esp, ah, gre',
  },
  { rule: 'any from ::/0', deny: ['tcp/22 from 2001:db8::7/128'], fewest: 136, because: '128 blocks and the same 8' },
  {
    rule: 'any from 0.0.0.0/0',
    allow: ['any from 10.0.0.0/16', 'tcp/80 from anywhere'],
    fewest: 2,
    because: 'the two clauses: rules may overlap, disjoint ones would be 17',
  },
  {
    rule: 'any from 0.0.0.0/0',
    deny: ['icmp/8 from anywhere'],
    fewest: 261,
    because: '255 types and tcp, udp, sctp, esp, ah, gre: a cloud has no ranges of types',
  },
  {
    rule: 'any from 0.0.0.0/0',
    deny: ['icmp/3.4 from anywhere'],
    fewest: 516,
    because: '255 types, 255 codes and the same six',
  },
  { rule: 'icmp/3 from 0.0.0.0/0', allow: ['icmp/3.1,icmp/3.4 from anywhere'], fewest: 2, because: 'two codes' },
  {
    rule: 'icmp from 0.0.0.0/0',
    allow: ['icmp/3,icmp/8 from anywhere', 'icmp from 10.0.0.0/8'],
    fewest: 3,
    because: 'two types from anywhere, every type from inside',
  },
  {
    rule: 'any from 0.0.0.0/0',
    deny: ['tcp/22 from 128.0.0.0/1'],
    fewest: 9,
    because: 'every protocol for one half, eight rules for the other',
  },
  {
    rule: 'any from 0.0.0.0/0',
    deny: [`any from ${Array.from({ length: 16 }, (_, index) => `${String(index * 16 + 8)}.1.2.3/32`).join(',')}`],
    fewest: 448,
    because: 'sixteen addresses in sixteen /4: each leaves 28 blocks of its own /4',
  },
  {
    rule: 'tcp/8000-8001 from 10.0.0.0/24',
    deny: ['tcp/8000 from 10.0.0.0/25'],
    fewest: 2,
    because: 'an L: one whole port, and both ports for one half',
  },
  {
    rule: 'tcp/8000-8001 from 10.0.0.0/24',
    deny: ['tcp/8000 from 10.0.0.0/25', 'tcp/8001 from 10.0.0.128/25'],
    fewest: 2,
    because: 'a checkerboard of two by two',
  },
];

describe('the fewest rules', () => {
  it.each(OPTIMA)('$rule becomes $fewest ($because)', ({ rule, allow, deny = [], fewest }) => {
    const clauses = { deny, ...(allow === undefined ? {} : { allow }) };
    const { after, plan } = seen(plainOf([rule], [policy(clauses, { maxFragments: 600 })]));
    expect(plan.held).toEqual([]);
    expect(after).toHaveLength(fewest);
  });
});

const WIDTH = 8;

/** One rule over all ports and addresses of the field, and a deny for each point that is not fine. */
function rulesFor(field: Field, maxFragments: number): readonly string[] {
  const deny = field.flatMap((row, port) =>
    row.flatMap((fine, address) => (fine ? [] : [`tcp/${String(8000 + port)} from 10.0.0.${String(address)}/32`])),
  );
  const whole = `tcp/8000-${String(8000 + field.length - 1)} from 10.0.0.0/29`;
  return seen(plainOf([whole], [policy({ deny }, { maxFragments })])).after;
}

/** Points that are fine by chance, or all but some rectangles. */
function fieldOf(roll: (below: number) => number): Field {
  const ports = 2 + roll(6);
  const percent = 50 + roll(45);
  if (roll(2) === 0)
    return Array.from({ length: ports }, () => Array.from({ length: WIDTH }, () => roll(100) < percent));
  const holes = Array.from({ length: 2 + roll(6) }, () => {
    const size = 2 ** roll(3);
    const from = roll(WIDTH / size) * size;
    const first = roll(ports);
    return { first, last: first + roll(ports - first), from, end: from + size };
  });
  return Array.from({ length: ports }, (_, port) =>
    Array.from(
      { length: WIDTH },
      (_unused, at) =>
        !holes.some(({ first, last, from, end }) => first <= port && port <= last && from <= at && at < end),
    ),
  );
}

describe('the bound on rules', () => {
  it.each(OPTIMA.filter(({ fewest }) => fewest > 1))('$rule becomes $fewest where just as many are allowed', (one) => {
    const clauses = { deny: one.deny ?? [], ...(one.allow === undefined ? {} : { allow: one.allow }) };
    const bounded = (maxFragments: number): ReturnType<typeof seen> =>
      seen(plainOf([one.rule], [policy(clauses, { maxFragments })]));
    expect(bounded(one.fewest).plan.held).toEqual([]);
    expect(bounded(one.fewest - 1).plan.held).toHaveLength(1);
    expect(bounded(one.fewest - 1).after).toEqual([one.rule]);
  });
});

describe('the fewest rules of a small universe', () => {
  it('is what a search over all choices finds', () => {
    const roll = dice(20261124);
    let compared = 0;
    for (let one = 0; one < 400; one += 1) {
      const field = fieldOf(roll);
      const points = field.flat();
      if (!points.includes(true) || !points.includes(false)) continue;
      compared += 1;
      const fewest = fewestRectangles(field);
      expect({ field, rules: rulesFor(field, 100).length }).toEqual({ field, rules: fewest });
      // A bound that the fewest just keep holds nothing back.
      expect({ field, rules: rulesFor(field, fewest) }).toEqual({ field, rules: rulesFor(field, 100) });
    }
    expect(compared).toBeGreaterThan(300);
  });
});
