import { describe, expect, test } from 'vitest';
import { applyEach } from '../../cli/apply-each.ts';
import type { Applied } from '../../cli/apply-each.ts';
import { isWanted } from '../../cli/asking.ts';
import { Fault } from '../../shared/base/fault.ts';
import { judgementOf } from '../../shared/core/judge.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import type { PlanRecord } from '../../shared/core/model/record.ts';
import { planRecord } from '../../shared/core/report.ts';
import { firewallWith, ingressOf, policyOf, sceneOf, tcpRule } from '../app/scene.ts';
import type { Scene } from '../app/scene.ts';

const REGIONS = ['eu-west-1', 'us-east-1', 'us-west-2'];

/** One firewall in each region, with something to close. */
function scenes(): ReadonlyMap<string, Scene> {
  return new Map(
    REGIONS.map((region) => {
      const open = firewallWith(tcpRule('sgr-1', 22, 22, '0.0.0.0/0'));
      const firewall = { ...open, target: { ...open.target, region } };
      return [region, sceneOf(firewall, policyOf('enforce', 'allow: []'))];
    }),
  );
}

function planOf({ cloud, deps }: Scene): PlanRecord {
  const firewall = cloud.firewall!;
  const desired = deps.desired.for(firewall, deps.clock.now());
  return planRecord(judgementOf(firewall, desired, cloud.traits, { limits: LIMITS, changesInRun: 0 }));
}

function applied(all: ReadonlyMap<string, Scene>): Promise<Applied> {
  return applyEach([...all.values()].map(planOf), { by: 'jo' }, (region) => Promise.resolve(all.get(region)!.deps));
}

async function kinds(all: ReadonlyMap<string, Scene>): Promise<readonly string[]> {
  return (await applied(all)).outcomes.map(({ outcome }) => outcome);
}

const left = (all: ReadonlyMap<string, Scene>): readonly number[] =>
  [...all.values()].map((scene) => ingressOf(scene).length);

describe('firewalls one after the other', () => {
  test('all of them, where nothing is in the way', async () => {
    const all = scenes();
    expect(await kinds(all)).toEqual(['done', 'done', 'done']);
    expect(left(all)).toEqual([0, 0, 0]);
  });

  test('what fails at one keeps no other from its turn', async () => {
    const all = scenes();
    all.get('eu-west-1')!.cloud.fault = new Fault('forbidden', 'may not be read');
    all.get('us-east-1')!.cloud.refusal = 'no such right';
    const { outcomes, isBroken } = await applied(all);
    expect(outcomes.map(({ outcome, reasons }) => [outcome, reasons.join()])).toEqual([
      ['failed', 'may not be read'],
      ['failed', 'no such right'],
      ['done', ''],
    ]);
    expect([isBroken, left(all)]).toEqual([true, [1, 1, 0]]);
  });

  test('where the cloud wants to be left in peace, the rest is not tried, and says so', async () => {
    const all = scenes();
    all.get('us-east-1')!.cloud.fault = new Fault('throttled', 'slow down');
    const { outcomes } = await applied(all);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'failed']);
    expect(outcomes[2]?.reasons.join()).toContain('not tried');
    expect(left(all)).toEqual([0, 1, 1]);
  });

  test('one that has moved is left alone, and the others are done', async () => {
    const all = scenes();
    const plans = [...all.values()].map(planOf);
    all.get('eu-west-1')!.cloud.move((firewall) => ({
      ...firewall,
      ingress: [{ combine: 'union', rules: [tcpRule('sgr-1', 22, 22, '10.0.0.0/8')] }],
    }));
    const { outcomes } = await applyEach(plans, { by: 'jo' }, (region) => Promise.resolve(all.get(region)!.deps));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['moved', 'done', 'done']);
    expect(ingressOf(all.get('eu-west-1')!)).toEqual(['tcp/22 from 10.0.0.0/8']);
  });
});

describe('a question', () => {
  const typing = (text: string): Parameters<typeof isWanted>[1] => ({
    canAnswer: true,
    show: () => undefined,
    ask: () => Promise.resolve(text),
  });

  test.each([
    ['yes', true],
    [' yes ', true],
    ['y', false],
    ['YES', false],
    ['', false],
  ])('answered with `%s` is %s', async (text, wanted) => {
    expect(await isWanted('apply?', typing(text))).toBe(wanted);
  });

  test('that nobody can answer is an error that says what to write', async () => {
    await expect(isWanted('apply?', { ...typing('yes'), canAnswer: false })).rejects.toThrow('write `--yes`');
  });
});
