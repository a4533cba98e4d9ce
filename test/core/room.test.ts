import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterRequest, requestsFor } from '../../shared/clouds/aws/encode.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import type { Plan } from '../../shared/core/model/plan.ts';
import type { PlainCase, PlainPolicy } from '../oracle/plain-case.ts';
import '../seed.ts';
import { plainCase } from './arbitraries.ts';
import { plainRulesOf, TRAITS } from './core-case.ts';
import { CORE } from './core-modules.ts';
import { judgedBy } from './judged.ts';
import { plainOf, policy, ruleText } from './tables.ts';

// A plan foresees that a firewall has no room for its rules, so that the cloud does not refuse all of it.

interface Drawn {
  readonly firewall: Firewall;
  readonly plan: Plan;
  /** All rules after the plan, in words, sorted. */
  readonly after: readonly string[];
}

function drawn(plain: PlainCase, rulesPerDirection?: number): Drawn {
  const { firewall, drift } = judgedBy(CORE, plain);
  const plan = CORE.plan.planFor(firewall, drift, { ...TRAITS, rulesPerDirection }, 'enforced');
  const after = plainRulesOf(CORE.simulate.simulate(firewall, plan.changes)).map(ruleText);
  return { firewall, plan, after: after.toSorted() };
}

function changed(plain: PlainCase, limit?: number): readonly string[] {
  return drawn(plain, limit).plan.changes.map((change) =>
    change.kind === 'add' ? 'add' : `${change.kind} ${change.rule.id}`,
  );
}

function held(plain: PlainCase, limit?: number): readonly string[] {
  return drawn(plain, limit).plan.held.map(({ reason }) => reason);
}

/** So many rules that are fine. */
function fine(count: number, network = '10.0'): readonly string[] {
  return Array.from({ length: count }, (_, index) => `tcp/443 from ${network}.${String(index)}.0/24`);
}

const NO_SSH = policy({ deny: ['tcp/22 from anywhere'] });
/** Loses port 22, and needs one rule more for that. */
const AROUND = 'tcp/20-30 from 198.51.100.0/24';

describe('a firewall that is full', () => {
  it('keeps what would fall into pieces, with the reason; one with a rule free does not', () => {
    const plain = plainOf([...fine(4), AROUND], [NO_SSH]);
    expect(changed(plain, 6)).toEqual([`narrow ${AROUND}`]);
    expect(changed(plain, 5)).toEqual([]);
    expect(held(plain, 5)).toEqual([
      'the cloud takes 5 rules a direction and address family, and there is room for 0 more; remove rules that are not needed, raise the quota and say so in `PORTCULLIS_RULES_PER_GROUP`, or set `overflow: remove`',
    ]);
  });

  it('still loses what needs no room: a rule that goes, or becomes another one', () => {
    const plain = plainOf([...fine(3), 'tcp/22 from 0.0.0.0/0', 'tcp/22-30 from 0.0.0.0/0'], [NO_SSH]);
    expect(changed(plain, 5)).toEqual(changed(plain));
    expect(drawn(plain, 5).after).toEqual([...fine(3), 'tcp/23-30 from 0.0.0.0/0'].toSorted());
  });

  it('has the room of what goes first', () => {
    // Nothing that is written may overlap SSH, so it can go before the pieces come.
    const plain = plainOf([...fine(3), 'tcp/22 from 203.0.113.0/24', AROUND], [NO_SSH]);
    expect(changed(plain, 5)).toHaveLength(2);
    expect(held(plain, 5)).toEqual([]);
  });

  it('has not the room of what can go only once the pieces are there', () => {
    const whole = policy({ deny: ['tcp/19 from anywhere'] }, { name: 'whole', revert: 'remove', collateral: 'allow' });
    // What goes of it whole is among the pieces of the other, so those have to come first.
    const late = 'tcp/19-25 from 198.51.100.0/25';
    const plain = plainOf([...fine(3), late, AROUND], [whole, NO_SSH]);
    expect(changed(plain, 5)).toEqual([`remove ${late}`]);
    expect(held(plain, 5)).toHaveLength(1);
    expect(changed(plain, 6)).toHaveLength(2);
  });

  it('counts IPv4 and IPv6 apart', () => {
    const six = ['tcp/20-30 from 2001:db8::/32'];
    const plain = plainOf([...fine(5), ...six], [NO_SSH]);
    expect(changed(plain, 5)).toEqual([`narrow ${String(six[0])}`]);
    const both = plainOf([...fine(4), AROUND, ...six], [NO_SSH]);
    expect(changed(both, 5)).toEqual([`narrow ${String(six[0])}`]);
  });

  it('counts a named peer in both', () => {
    const names = ['tcp/443 from sg:sg-1', 'tcp/444 from sg:sg-1'];
    const allowed = policy({
      allow: ['tcp/443-444 from sg:sg-1', 'tcp/443 from 10.0.0.0/8', 'tcp/20-30 from anywhere'],
      deny: ['tcp/22 from anywhere'],
    });
    const four = plainOf([...fine(2), ...names, AROUND], [allowed]);
    expect(changed(four, 5)).toEqual([]);
    expect(changed(four, 6)).toEqual([`narrow ${AROUND}`]);
    const six = plainOf([...names, 'tcp/20-30 from 2001:db8::/32'], [allowed]);
    expect(changed(six, 3)).toEqual([]);
    expect(changed(six, 4)).toHaveLength(1);
    const named = plainOf([...fine(4), 'tcp/20-30 from sg:sg-1'], [NO_SSH]);
    expect(changed(named, 5)).toEqual([]);
    expect(changed(named, 6)).toHaveLength(1);
  });

  it('counts each direction apart', () => {
    const egress = 'tcp/20-30 to 198.51.100.0/24';
    const both = policy({ deny: ['tcp/22 from anywhere'] }, { egress: { deny: ['tcp/22 from anywhere'] } });
    expect(changed(plainOf([...fine(5), egress], [both]), 5)).toEqual([`narrow ${egress}`]);
  });

  it('makes the largest change wait, so that the others go', () => {
    const many = policy({ deny: ['tcp/22,tcp/24,tcp/26 from anywhere'] });
    const large = 'tcp/20-40 from 203.0.113.0/24';
    const small = 'tcp/21-22 from 198.51.100.0/24';
    const middle = 'tcp/21-23 from 192.0.2.0/24';
    for (const rules of [
      [large, small, middle],
      [middle, small, large],
    ]) {
      const plain = plainOf([...fine(3), ...rules], [many]);
      expect(changed(plain, 7).toSorted()).toEqual([`narrow ${middle}`, `narrow ${small}`].toSorted());
      expect(held(plain, 7)).toHaveLength(1);
    }
  });

  it('makes the same one of two equal changes wait, whatever the order of rules', () => {
    const two = [AROUND, 'tcp/20-30 from 203.0.113.0/24'];
    const one = changed(plainOf([...fine(3), ...two], [NO_SSH]), 6);
    expect(one).toHaveLength(1);
    expect(changed(plainOf([...fine(3), ...two.toReversed()], [NO_SSH]), 6)).toEqual(one);
  });

  it('loses the rule whole where the policy says so, with what legitimate traffic goes with it', () => {
    const whole = policy({ deny: ['tcp/22 from anywhere'] }, { overflow: 'remove' });
    const plain = plainOf([...fine(4), AROUND], [whole]);
    const { plan } = drawn(plain, 5);
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['remove']);
    expect(plan.held).toEqual([]);
    expect(plan.collateral.map(CORE.plan.collateralText)).toEqual([
      expect.stringMatching(/^tcp\/20-21, tcp\/23-30 from 198\.51\.100\.0\/24 by/),
    ]);
    expect(plan.collateral.map(({ accepted }) => accepted)).toEqual([false]);
    expect(drawn(plain, 6).plan.collateral).toEqual([]);
  });

  it('holds what is required and does not fit, and says so', () => {
    const required = policy({ deny: ['tcp/22 from anywhere'], require: ['tcp/8443 from 10.9.0.0/16'] });
    const plain = plainOf(fine(5), [required]);
    expect(changed(plain, 5)).toEqual([]);
    expect(held(plain, 5)).toEqual([
      expect.stringMatching(/^`.*` is not added: the cloud takes 5 rules .* room for 0 more;/),
    ]);
    expect(changed(plain, 6)).toEqual(['add']);
  });

  it('adds what is required into the room of what goes first', () => {
    const required = policy({ deny: ['tcp/22 from anywhere'], require: ['tcp/8443 from 10.9.0.0/16'] });
    const plain = plainOf([...fine(4), 'tcp/22 from 0.0.0.0/0'], [required]);
    expect(drawn(plain, 5).after).toContain('tcp/8443 from 10.9.0.0/16');
    expect(held(plain, 5)).toEqual([]);
  });

  it('shows another limit where it holds more than that already, and nothing is foreseen', () => {
    const plain = plainOf([...fine(6), AROUND], [NO_SSH]);
    expect(changed(plain, 6)).toEqual([`narrow ${AROUND}`]);
    expect(changed(plain, 7)).toEqual([]);
  });

  it('of forty rules that all fall into pieces is planned for all the same', () => {
    const rules = Array.from({ length: 40 }, (_, index) => `tcp/20-30 from 198.51.${String(index)}.0/24`);
    expect(drawn(plainOf(rules, [NO_SSH]), 40).plan.held).toHaveLength(40);
    expect(drawn(plainOf(rules, [NO_SSH]), 50).plan.changes).toHaveLength(10);
  });
});

const FAMILIES = [4, 6] as const;

/** How many rules a direction holds in a family, by their spelling alone. */
function countOf(firewall: Firewall, direction: Direction, family: 4 | 6): number {
  return plainRulesOf(firewall).filter((rule) => {
    if (rule.direction !== direction) return false;
    return 'named' in rule.peer || rule.peer.cidr.includes(':') === (family === 6);
  }).length;
}

/** The most rules there are at any moment in which the calls that AWS gets are made, by direction and family. */
function peaksOf({ firewall, plan }: Pick<Drawn, 'firewall' | 'plan'>): ReadonlyMap<string, number> {
  const peaks = new Map<string, number>();
  let now = firewall;
  const note = (): void => {
    for (const direction of ['ingress', 'egress'] as const) {
      for (const family of FAMILIES) {
        const key = `${direction} ${String(family)}`;
        peaks.set(key, Math.max(peaks.get(key) ?? 0, countOf(now, direction, family)));
      }
    }
  };
  note();
  for (const request of requestsFor(plan, firewall)) {
    now = afterRequest(now, request);
    note();
  }
  return peaks;
}

/** What security groups can say, since the order of their calls is the judge. */
const groupCase = plainCase.map((plain): PlainCase => ({
  ...plain,
  rules: plain.rules.filter(({ sourcePorts, own }) => sourcePorts === undefined && own === undefined),
}));

/** The most rules of one direction and family that there are before anything is done. */
function fullness({ firewall, plan }: Drawn): number {
  return Math.max(...peaksOf({ firewall, plan: { ...plan, changes: [] } }).values());
}

describe('whatever the rules and policies', () => {
  const cases = fc.tuple(groupCase, fc.nat(3), fc.constantFrom<PlainPolicy['overflow']>('hold', 'remove'));

  it('a plan never needs more rules than the limit, at any of its calls, and nothing waits where all fits', () => {
    let cramped = 0;
    fc.assert(
      fc.property(cases, ([plain, spare, overflow]) => {
        const one = { ...plain, policies: plain.policies.map((each) => ({ ...each, overflow })) };
        const free = drawn(one);
        const limit = fullness(free) + spare;
        const within = drawn(one, limit);
        if (Math.max(...peaksOf(free).values()) <= limit) expect(within.plan).toEqual(free.plan);
        else cramped += 1;
        for (const [where, peak] of peaksOf(within)) expect(peak, where).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 80 },
    );
    // The property is about firewalls that are nearly full.
    expect(cramped).toBeGreaterThan(2);
  });

  it('what waits does not depend on the order of rules', () => {
    fc.assert(
      fc.property(cases, ([plain, spare]) => {
        const one = drawn(plain, fullness(drawn(plain)) + spare);
        const other = drawn({ ...plain, rules: plain.rules.toReversed() }, fullness(one) + spare);
        const reasons = ({ plan }: Drawn): readonly string[] => plan.held.map(({ reason }) => reason).sort();
        expect(other.after).toEqual(one.after);
        expect(reasons(other)).toEqual(reasons(one));
      }),
      { numRuns: 40 },
    );
  });
});
