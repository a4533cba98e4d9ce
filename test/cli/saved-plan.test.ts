import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPlan, writePlan } from '../../cli/saved-plan.ts';
import { judgementOf } from '../../shared/core/judge.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import { planDocument, planRecord } from '../../shared/core/report.ts';
import { movedFrom } from '../../shared/core/same-plan.ts';
import { MemoryCloud } from '../app/memory-cloud.ts';
import { firewallWith, policyOf, tcpRule } from '../app/scene.ts';
import { folderOf } from './command.ts';

const AT = new Date('2026-11-24T12:00:00Z');
const BEFORE = firewallWith(tcpRule('sgr-1', 443, 443, '0.0.0.0/0'), tcpRule('sgr-2', 22, 22, '0.0.0.0/0'));
const BOOK = policyOf(
  'enforce',
  'allow: [{ service: tcp/443, from: anywhere }, { service: tcp/22, from: 10.0.0.0/8 }]',
);
const { traits } = new MemoryCloud(BEFORE);

function judged(firewall = BEFORE): ReturnType<typeof judgementOf> {
  return judgementOf(firewall, BOOK.for(firewall, AT), traits, { limits: LIMITS, changesInRun: 0 });
}

describe('a saved plan', () => {
  test('is for its owner alone, whole, and fits what it was made from', async () => {
    const folder = await folderOf({});
    const file = join(folder, 'plan.json');
    await writePlan(file, planDocument([judged()], AT));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['plan.json']);
    const { plans, at } = await readPlan(file);
    expect(at).toBe(AT.toISOString());
    expect(plans.map((plan) => movedFrom(plan, planRecord(judged()), BEFORE))).toEqual([[]]);
    await writePlan(file, planDocument([], AT));
    expect((await readPlan(file)).plans).toEqual([]);
  });

  test('fits whatever the order of rules and keys, and does not fit once a rule has changed', async () => {
    const file = join(await folderOf({}), 'plan.json');
    await writePlan(file, planDocument([judged()], AT));
    const [plan] = (await readPlan(file)).plans;
    const turned = firewallWith(tcpRule('sgr-2', 22, 22, '0.0.0.0/0'), tcpRule('sgr-1', 443, 443, '0.0.0.0/0'));
    expect(movedFrom(plan!, planRecord(judged(turned)), turned)).toEqual([]);
    const other = firewallWith(tcpRule('sgr-1', 443, 443, '0.0.0.0/0'), tcpRule('sgr-2', 22, 22, '10.0.0.0/8'));
    expect(movedFrom(plan!, planRecord(judged(other)), other).join()).toContain('sgr-2');
    expect(movedFrom({ ...plan!, changes: [] }, planRecord(judged()), BEFORE).join()).toContain('other changes now');
  });

  test.each([
    ['nothing', undefined, 'does not exist'],
    ['no JSON', '{ "version": 1,', 'line 1 column'],
    ['another document', '{ "version": 1, "at": "2026-11-24T12:00:00Z", "findings": [] }', 'see `plans`'],
    ['a newer version', '{ "version": 2, "at": "2026-11-24T12:00:00Z", "plans": [] }', 'see `version`'],
  ])('is refused where the file holds %s', async (_what, text, message) => {
    const file = join(await folderOf({}), 'plan.json');
    if (text !== undefined) await writeFile(file, text);
    await expect(readPlan(file)).rejects.toThrow(message);
  });

  test('does not say where calls go', async () => {
    const file = join(await folderOf({}), 'plan.json');
    const { plans, ...rest } = planDocument([judged()], AT);
    for (const change of [{ region: 'evil.example/' }, { cloud: 'elsewhere' }, { account: '../1' }]) {
      const turned = plans.map((plan) => ({ ...plan, target: { ...plan.target, ...change } }));
      await writeFile(file, JSON.stringify({ ...rest, plans: turned }));
      await expect(readPlan(file)).rejects.toThrow(`see \`plans.0.target.${Object.keys(change).join()}\``);
    }
  });

  test('leaves nothing behind where it cannot be written, and what was there as it was', async () => {
    const folder = await folderOf({ 'plan.json/kept': 'yes' });
    await expect(writePlan(join(folder, 'plan.json'), planDocument([], AT))).rejects.toThrow('--out');
    await expect(writePlan(join(folder, 'none', 'plan.json'), planDocument([], AT))).rejects.toThrow('does not exist');
    expect(await readdir(folder)).toEqual(['plan.json']);
    expect(await readFile(join(folder, 'plan.json/kept'), 'utf8')).toBe('yes');
  });
});
