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
