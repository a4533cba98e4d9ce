import { describe, expect, it } from 'vitest';
import { clause, plainOf, policy, rule, seen } from './tables.ts';

/** What other tools are known to break, each as one small firewall. */

const NAMED = ['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'esp', 'ah', 'gre'];
const FREE = (slots: readonly number[], protocol: number): boolean =>
  slots.filter((toggle) => toggle <= protocol * 65536).length % 2 === 1;

describe('only what is forbidden goes', () => {
  it('keeps 443 of 443-444 where 443 is allowed', () => {
    const { after } = seen(plainOf(['tcp/443-444 from 0.0.0.0/0'], [policy({ allow: ['tcp/443 from anywhere'] })]));
    expect(after).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('keeps 10.0.0.0/8 beside 0.0.0.0/0, and a rule that names a group', () => {
    const rules = ['tcp/22 from 0.0.0.0/0', 'tcp/22 from 10.0.0.0/8', 'tcp/22 from sg:sg-1'];
    const named = { 'sg:sg-1': { least: [], most: ['10.0.0.0/16'] } };
    const { after } = seen(plainOf(rules, [policy({ allow: ['tcp/22 from 10.0.0.0/8'] })], { named }));
    // What stays of the first rule is the second one, which is not written once more.
    expect(after).toEqual(['tcp/22 from 10.0.0.0/8', 'tcp/22 from sg:sg-1']);
  });

  it('judges every rule by itself: a compliant one shields no other', () => {
    const rules = ['tcp/443 from 0.0.0.0/0', 'tcp/23 from 0.0.0.0/0', 'tcp/21 from 0.0.0.0/0'];
    const { after } = seen(plainOf(rules, [policy({ allow: ['tcp/443 from anywhere'] })]));
    expect(after).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('changes nothing under a policy that only reports, and says what it would change', () => {
    const plain = plainOf(['tcp/22 from 0.0.0.0/0'], [policy({ allow: [] }, { mode: 'report' })]);
    expect(seen(plain, 'enforced').after).toEqual(['tcp/22 from 0.0.0.0/0']);
    expect(seen(plain, 'proven').after).toEqual([]);
  });

  it('lets no allow of a policy that reports widen one that is enforced', () => {
    const strict = policy({ allow: ['tcp/443 from anywhere'] }, { name: 'strict' });
    const trial = policy({ allow: ['tcp/22 from anywhere'] }, { name: 'trial', mode: 'report' });
    const rules = ['tcp/22 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];
    expect(seen(plainOf(rules, [strict, trial])).after).toEqual(['tcp/443 from 0.0.0.0/0']);
    expect(seen(plainOf(rules, [strict, { ...trial, mode: 'enforce' }])).after).toEqual(rules);
  });

  it('takes what an exception permits out of what is forbidden, until its day', () => {
    const exception = {
      name: 'vendor',
      governs: true,
      live: true,
      ingress: [clause('tcp/5432 from 198.51.100.40/32')],
      egress: [],
    };
    const rules = ['tcp/5432 from 198.51.100.40/32', 'tcp/5432 from 198.51.100.41/32'];
    const policies = [policy({ deny: ['tcp/5432 from anywhere'] })];
    expect(seen(plainOf(rules, policies, { exceptions: [exception] })).after).toEqual(rules.slice(0, 1));
    expect(seen(plainOf(rules, policies, { exceptions: [{ ...exception, live: false }] })).after).toEqual([]);
    expect(seen(plainOf(rules, policies, { exceptions: [{ ...exception, governs: false }] })).after).toEqual([]);
  });
});

describe('every way to open everything is seen', () => {
  const inside = ['tcp/22 from 10.0.0.0/8'];
  it.each([
    [['tcp/22 from 0.0.0.0/1', 'tcp/22 from 128.0.0.0/1'], ['tcp/22 from 10.0.0.0/8']],
    [['tcp/22 from ::/0'], []],
    [['tcp/22 from ::/1', 'tcp/22 from 8000::/1'], []],
    [['tcp/22 from 203.0.113.0/31', 'tcp/22 from 2001:db8::8/127'], []],
    [['tcp/0-65534 from 128.0.0.0/1'], []],
    [['any from 0.0.0.0/1'], ['tcp/22 from 10.0.0.0/8']],
  ])('%j', (rules, after) => {
    expect(seen(plainOf(rules, [policy({ allow: inside })])).after).toEqual(after);
  });
});

describe('ICMP has types and codes, no ports', () => {
  it('does not take type 22 for port 22', () => {
    const rules = ['icmp/22 from 0.0.0.0/0', 'icmpv6/22 from ::/0', 'tcp/22 from 0.0.0.0/0'];
    const { after } = seen(plainOf(rules, [policy({ deny: ['tcp/22 from anywhere'] })]));
    expect(after).toEqual(['icmp/22 from 0.0.0.0/0', 'icmpv6/22 from ::/0']);
  });

  it('does not take type 3 code 4 for port 3, nor for ports 3-4', () => {
    const rules = ['icmp/3.4 from 0.0.0.0/0', 'tcp/3-4 from 0.0.0.0/0'];
    const { after } = seen(plainOf(rules, [policy({ deny: ['icmp/3.4 from anywhere'] })]));
    expect(after).toEqual(['tcp/3-4 from 0.0.0.0/0']);
  });

  it('does not find ICMPv6 in a rule for every protocol over IPv4', () => {
    const policies = [policy({ deny: ['icmpv6 from anywhere'] })];
    const { judged, after } = seen(plainOf(['any from 0.0.0.0/0'], policies));
    expect(judged.drift.findings).toEqual([]);
    expect(after).toEqual(['any from 0.0.0.0/0']);
    expect(seen(plainOf(['any from ::/0'], policies)).judged.drift.findings).toHaveLength(1);
  });

  it('takes ICMPv6 out of a rule for every protocol that names a group', () => {
    const { after } = seen(plainOf(['any from sg:sg-1'], [policy({ deny: ['icmpv6 from anywhere'] })]));
    const left = NAMED.filter((name) => name !== 'icmpv6').map((name) => `${name} from sg:sg-1`);
    expect(after).toEqual(left.toSorted());
  });
});

describe('a rule for every protocol', () => {
  it('becomes the named protocols, and the other protocol numbers are collateral that needs no leave', () => {
    const { plan, after } = seen(plainOf(['any from 10.0.0.0/8'], [policy({ deny: ['tcp/22 from anywhere'] })]));
    const left = ['tcp/0-21', 'tcp/23-65535', 'udp', 'icmp', 'sctp', 'esp', 'ah', 'gre'];
    expect(after).toEqual(left.map((service) => `${service} from 10.0.0.0/8`).toSorted());
    const [collateral, ...more] = plan.collateral;
    expect(more).toEqual([]);
    expect(collateral?.accepted).toBe(true);
    const traffic = collateral?.flows.kind === 'addresses' ? collateral.flows.traffic : [];
    const closed = traffic.flatMap(({ from, end }) => [from, end]);
    const named = [1, 6, 17, 47, 50, 51, 58, 132];
    expect(Array.from({ length: 256 }, (_, number) => number).filter((number) => !FREE(closed, number))).toEqual(named);
    expect(traffic.every(({ who }) => JSON.stringify(who.v4) === '[167772160,184549376]' && who.v6.length === 0)).toBe(
      true,
    );
  });

  it.each(['any from 0.0.0.0/0', 'any from sg:sg-1'])('%s is held where a part of SCTP has to stay', (text) => {
    const { plan, after } = seen(plainOf([text], [policy({ deny: ['sctp/0 from anywhere'] })]));
    expect(after).toEqual([text]);
    expect(plan.held).toHaveLength(1);
  });
});

describe('what cannot be made exactly is held', () => {
  const sctp = ['sctp from 0.0.0.0/0'];
  it('ports of SCTP cannot be written by a security group', () => {
    const { plan, after } = seen(plainOf(sctp, [policy({ deny: ['sctp/80 from anywhere'] })]));
    expect(after).toEqual(sctp);
    expect(plan.changes).toEqual([]);
    expect(plan.held.map(({ rule: held }) => held?.id)).toEqual(sctp);
  });

  it('a whole protocol goes where all of it is forbidden', () => {
    expect(seen(plainOf(sctp, [policy({ deny: ['sctp from anywhere'] })])).after).toEqual([]);
  });

  it.each([
    [32, 'hold', 'hold', 32, true],
    [31, 'hold', 'hold', 1, true],
    [31, 'remove', 'allow', 0, true],
    [31, 'remove', 'hold', 0, false],
  ] as const)('maxFragments %i, overflow %s, collateral %s', (maxFragments, overflow, collateral, left, accepted) => {
    const handling = { maxFragments, overflow, collateral };
    const { plan, after } = seen(
      plainOf(['tcp/22 from 0.0.0.0/0'], [policy({ deny: ['tcp/22 from 203.0.113.7/32'] }, handling)]),
    );
    expect(after).toHaveLength(left);
    expect(plan.held).toHaveLength(left === 1 ? 1 : 0);
    expect(plan.collateral.every((one) => one.accepted)).toBe(accepted);
  });

  it('other rules of the firewall go on', () => {
    const rules = [...sctp, 'tcp/23 from 0.0.0.0/0'];
    const { after } = seen(plainOf(rules, [policy({ deny: ['sctp/80,tcp/23 from anywhere'] })]));
    expect(after).toEqual(sctp);
  });
});

describe('ICMP of a rule that names a peer', () => {
  it('becomes whole types where they stay whole, and codes where they do not', () => {
    const policies = [policy({ allow: ['icmp/3.254,icmp/3.255,icmp/4,icmp/5.0 from anywhere'] })];
    const { after } = seen(plainOf(['icmp from sg:sg-1'], policies));
    const left = ['icmp/3.254', 'icmp/3.255', 'icmp/4', 'icmp/5.0'];
    expect(after).toEqual(left.map((service) => `${service} from sg:sg-1`));
  });
});

describe('no rule is written twice', () => {
  it('two rules that leave the same leave it once', () => {
    const rules = ['tcp/443-444 from 0.0.0.0/0', 'tcp/442-443 from 0.0.0.0/0'];
    const { after } = seen(plainOf(rules, [policy({ allow: ['tcp/443 from anywhere'] })]));
    expect(after).toEqual(['tcp/443 from 0.0.0.0/0']);
  });

  it('egress and ingress are told apart', () => {
    const rules = [rule('tcp/443-444 from 0.0.0.0/0'), rule('tcp/443-444 to 0.0.0.0/0')];
    const only = { allow: ['tcp/443 from anywhere'] };
    const { after } = seen({ ...plainOf([], [policy(only, { egress: only })]), rules });
    expect(after).toEqual(['tcp/443 from 0.0.0.0/0', 'tcp/443 to 0.0.0.0/0']);
  });
});
