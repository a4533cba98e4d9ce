import { describe, expect, it } from 'vitest';
import { plainOf, policy, seen } from './tables.ts';

/** What has to pass, and rules whose peer is known by name only. */

describe('required traffic', () => {
  it('is counted against what stays, not against what was', () => {
    // Going whole, the rule would take the required ports along.
    const policies = [
      policy({ deny: ['tcp/22 from anywhere'] }, { name: 'deny', revert: 'remove', collateral: 'allow' }),
      policy({ require: ['tcp/8000-8100 from 10.0.1.8/31'] }, { name: 'require' }),
    ];
    const { after } = seen(plainOf(['tcp from 10.0.0.0/8'], policies));
    expect(after).toEqual(['tcp/8000-8100 from 10.0.1.8/31']);
  });

  it('is added before anything goes, so that it passes at every step', () => {
    const policies = [
      policy({ deny: ['tcp/22 from anywhere'] }, { name: 'deny', revert: 'remove', collateral: 'allow' }),
      policy({ require: ['tcp/443 from 10.0.0.0/8'] }, { name: 'require' }),
    ];
    const { plan } = seen(plainOf(['tcp from 10.0.0.0/8'], policies));
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['add', 'remove']);
  });

  it('is counted in what enforcing everything would do, too', () => {
    const policies = [
      policy({ deny: ['tcp/22 from anywhere'] }, { name: 'deny', revert: 'remove', mode: 'report' }),
      policy({ require: ['tcp/443 from 10.0.0.0/8'] }, { name: 'require' }),
    ];
    const plain = plainOf(['tcp from 10.0.0.0/8'], policies);
    expect(seen(plain, 'proven').after).toEqual(['tcp/443 from 10.0.0.0/8']);
    expect(seen(plain, 'enforced').after).toEqual(['tcp from 10.0.0.0/8']);
  });

  it('is not lost to the protocol numbers that narrowing gives up', () => {
    const policies = [policy({ deny: ['tcp/22 from anywhere'], require: ['99 from 10.0.0.0/8'] })];
    expect(seen(plainOf(['any from 10.0.0.0/8'], policies)).after).toContain('99 from 10.0.0.0/8');
  });

  it('is opened to the internet only with `open`', () => {
    const required = { require: ['tcp/443 from anywhere'] };
    expect(seen(plainOf([], [policy(required)])).after).toEqual([]);
    expect(seen(plainOf([], [policy(required)])).plan.held).toHaveLength(1);
    const { after } = seen(plainOf([], [policy(required, { open: true })]));
    expect(after).toEqual(['tcp/443 from 0.0.0.0/0', 'tcp/443 from ::/0']);
  });

  it('holds the firewall where another policy forbids it', () => {
    const policies = [
      policy({ require: ['tcp/443 from 10.0.0.0/8'] }, { name: 'one' }),
      policy({ deny: ['tcp/443 from 10.0.0.0/9'] }, { name: 'two', mode: 'report' }),
    ];
    const { judged } = seen(plainOf([], policies));
    expect(judged.drift.contradictions).toHaveLength(1);
  });
});

describe('rules that name a peer', () => {
  const policies = [policy({ allow: ['tcp/22 from 10.0.0.0/8'] })];
  const between = (most: readonly string[]): readonly string[] => {
    const named = { 'sg:sg-1': { least: [], most } };
    return seen(plainOf(['tcp/22 from sg:sg-1'], policies, { named })).judged.drift.findings.map(
      ({ certainty }) => certainty,
    );
  };

  it('are fine, possible or proven by all that the peer can be', () => {
    expect(between(['10.0.0.0/16'])).toEqual([]);
    expect(between(['10.0.0.0/16', '192.168.0.0/16'])).toEqual(['possible']);
    expect(between(['192.168.0.0/16'])).toEqual(['proven']);
    expect(between([])).toEqual([]);
  });

  it('stay where it is only possible', () => {
    const { after, plan } = seen(plainOf(['tcp/22 from sg:sg-2'], policies));
    expect(after).toEqual(['tcp/22 from sg:sg-2']);
    expect(plan.changes).toEqual([]);
  });

  it('are proven where one policy denies a part and another leaves out the rest', () => {
    const both = [policy({ allow: ['tcp/22 from 10.0.0.0/9'], deny: ['tcp/22 from 10.0.0.0/9'] })];
    const named = { 'sg:sg-1': { least: [], most: ['10.0.0.0/8'] } };
    expect(seen(plainOf(['tcp/22 from sg:sg-1'], both, { named })).after).toEqual([]);
  });

  it('are reverted only where enforced policies alone forbid them', () => {
    const both = [
      policy({ deny: ['tcp/22 from 10.0.0.0/9'] }, { name: 'enforced' }),
      policy({ deny: ['tcp/22 from 10.128.0.0/9'] }, { name: 'trial', mode: 'report' }),
    ];
    const named = { 'sg:sg-1': { least: [], most: ['10.0.0.0/8'] } };
    const plain = plainOf(['tcp/22 from sg:sg-1'], both, { named });
    expect(seen(plain, 'enforced').after).toEqual(['tcp/22 from sg:sg-1']);
    expect(seen(plain, 'proven').after).toEqual([]);
  });

  it('are narrowed in ports, never rewritten into addresses', () => {
    const { after } = seen(plainOf(['tcp/20-30 from sg:sg-1'], [policy({ deny: ['tcp/22 from anywhere'] })]));
    expect(after).toEqual(['tcp/20-21 from sg:sg-1', 'tcp/23-30 from sg:sg-1']);
  });
});

describe('what is required of a peer by name', () => {
  const LIST = 'prefix-list:pl-1';
  const known = (least: readonly string[]) => ({
    aliases: { [LIST]: LIST, self: 'sg:sg-1', 'sg:sg-1': 'sg:sg-1' },
    named: { [LIST]: { least, most: least } },
  });

  it('is added as a rule that names it, once for all of its names', () => {
    const policies = [policy({ require: ['tcp/22 from self,sg:sg-1'] })];
    expect(seen(plainOf([], policies, known([]))).after).toEqual(['tcp/22 from sg:sg-1']);
  });

  it('is not added where rules are open to all that it may be', () => {
    const policies = [policy({ require: [`tcp/22 from ${LIST}`] }, { open: true })];
    const rules = ['tcp/22 from 10.0.0.0/8'];
    expect(seen(plainOf(rules, policies, known(['10.0.0.0/16']))).after).toEqual(rules);
    expect(seen(plainOf(rules, policies, known(['10.0.0.0/7']))).after).toEqual([...rules, `tcp/22 from ${LIST}`]);
  });

  it('is not added where nobody knows which peer it is, or the list reaches the internet without `open`', () => {
    const unknown = seen(plainOf([], [policy({ require: ['tcp/22 from sg:web'] })], known([])));
    expect(unknown.plan.held).toHaveLength(1);
    const list = seen(plainOf([], [policy({ require: [`tcp/22 from ${LIST}`] })], known(['203.0.113.0/24'])));
    expect(list.plan.held).toHaveLength(1);
    expect([...unknown.after, ...list.after]).toEqual([]);
  });

  it('contradicts what forbids a part of what it surely is', () => {
    const policies = [policy({ require: [`tcp/22 from ${LIST}`], deny: ['tcp/22 from 10.0.0.0/9'] })];
    const { judged } = seen(plainOf([], policies, known(['10.0.0.0/8'])));
    expect(judged.drift.contradictions).toHaveLength(1);
  });

  it('is a loss that nobody accepts where nothing is added for it', () => {
    const clauses = { deny: ['tcp/81 from anywhere'], require: [`tcp/80 from ${LIST}`] };
    const policies = [policy(clauses, { revert: 'remove', collateral: 'allow' })];
    const { plan } = seen(plainOf([`tcp/80-81 from ${LIST}`], policies, known(['203.0.113.0/24'])));
    expect(plan.collateral.map(({ accepted, requiredBy }) => [accepted, requiredBy])).toEqual([
      [false, 'p1/ingress/require/1'],
    ]);
  });
});

describe('a peer that is known exactly', () => {
  const LIST = 'prefix-list:pl-1';
  const named = { [LIST]: { least: ['10.0.0.0/8', '203.0.113.0/24'], most: ['10.0.0.0/8', '203.0.113.0/24'] } };
  const parts = (plain: readonly ReturnType<typeof policy>[]) =>
    seen(plainOf([`tcp/22-23 from ${LIST}`], plain, { named }));

  it('has each forbidden part under the clause that forbids it, and keeps the rule', () => {
    const { judged, after, plan } = parts([
      policy({ deny: ['tcp/22 from 10.0.0.0/8', 'tcp/22 from 203.0.113.0/25', 'tcp/23 from 10.0.0.0/9'] }),
    ]);
    expect(judged.drift.findings.map(({ clause, certainty }) => [clause, certainty])).toEqual([
      ['p1/ingress/deny/1', 'proven'],
      ['p1/ingress/deny/2', 'proven'],
      ['p1/ingress/deny/3', 'proven'],
    ]);
    expect(after).toEqual([`tcp/22-23 from ${LIST}`]);
    expect(plan.held.map(({ reason }) => reason.split(';')[0])).toEqual([
      `\`${LIST}\` holds addresses that are forbidden: tcp/22 from 10.0.0.0/8`,
      `\`${LIST}\` holds addresses that are forbidden: tcp/22 from 203.0.113.0/25`,
      `\`${LIST}\` holds addresses that are forbidden: tcp/23 from 10.0.0.0/9`,
    ]);
  });

  it('loses the ports on which all of it is forbidden, and no others', () => {
    const { after, plan } = parts([policy({ deny: ['tcp/22 from anywhere', 'tcp/23 from 10.0.0.0/8'] })]);
    expect(after).toEqual([`tcp/23 from ${LIST}`]);
    expect(plan.held).toHaveLength(1);
  });

  it('goes whole for a part where `overflow: remove` says so, at once and not in a second run', () => {
    const { after } = parts([
      policy({ deny: ['tcp/22 from anywhere'] }, { name: 'one' }),
      policy({ deny: ['tcp/23 from 10.0.0.0/8'] }, { name: 'two', overflow: 'remove' }),
    ]);
    expect(after).toEqual([]);
  });
});

describe('grace', () => {
  it('holds back what its own policy forbids, and nothing else', () => {
    const policies = [
      policy({ deny: ['tcp/22-23 from anywhere'] }, { name: 'now' }),
      policy({ deny: ['tcp/22 from anywhere'] }, { name: 'later', graceMs: 300_000 }),
    ];
    expect(seen(plainOf(['tcp/22-24 from 0.0.0.0/0'], policies)).after).toEqual([
      'tcp/22 from 0.0.0.0/0',
      'tcp/24 from 0.0.0.0/0',
    ]);
  });
});

describe('a peer whose addresses are all known', () => {
  const entries = ['10.0.0.0/8', '203.0.113.0/24'];
  const named = { 'prefix-list:pl-1': { least: entries, most: entries } };
  const rules = ['tcp/22 from prefix-list:pl-1'];
  const strict = policy(
    { deny: ['tcp/22 from 10.0.0.0/8'] },
    { name: 'strict', overflow: 'remove', collateral: 'allow' },
  );
  const mild = policy({ deny: ['tcp/22 from anywhere'] }, { name: 'mild', mode: 'report' });

  it('is no less forbidden in a part because a milder policy forbids all of it', () => {
    expect(seen(plainOf(rules, [strict], { named })).after).toEqual([]);
    const { after, judged } = seen(plainOf(rules, [strict, mild], { named }));
    expect(after).toEqual([]);
    expect(judged.drift.findings.map(({ mode, clause }) => `${mode} ${clause}`)).toEqual([
      'enforce strict/ingress/deny/1',
      'report mild/ingress/deny/1',
    ]);
  });
});
