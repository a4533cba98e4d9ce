import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openHandStage, POLICY, recorded, recordedOnTerminal } from './by-hand-stage.ts';
import type { HandStage } from './by-hand-stage.ts';
import type { Said } from './command.ts';

// Each story is one firewall or two, and what people see of it: one session after the other, since they build on each other.

let stage: HandStage;

beforeAll(async () => {
  stage = await openHandStage();
});

afterAll(async () => {
  await stage.close();
});

const session = (name: string, ...args: readonly string[]): Promise<Said> => recorded(stage, name, args);

const JO = ['--by', 'jo'];
const OFFICE = ['tcp 22-22 10.0.0.0/8', 'tcp 443-443 0.0.0.0/0'];

describe('apply', () => {
  test('plans, does it, proves it; and again there is nothing to do', async () => {
    const web = await stage.group(
      'web-apply',
      [443, '0.0.0.0/0', 'site'],
      [22, '0.0.0.0/0', 'ssh'],
      [3389, '198.51.100.7/32'],
    );
    const trial = await stage.group('trial-apply', [25, '0.0.0.0/0']);
    const which = ['--cloud', 'aws', '--firewall', web, '--firewall', trial];
    await session('apply-nobody', 'apply', ...which, ...JO);
    expect(await stage.ingress(trial)).toEqual(['tcp 25-25 0.0.0.0/0']);
    await session('apply-done', 'apply', ...which, ...JO, '--yes', '--ticket', 'CHG0030192');
    expect([await stage.ingress(web), await stage.ingress(trial)]).toEqual([OFFICE, []]);
    await session('apply-nothing', 'apply', ...which, ...JO, '--yes');
  });

  test('asks on a terminal, and takes nothing but `yes`', async () => {
    const web = await stage.group('web-asked', [22, '0.0.0.0/0'], [3389, '198.51.100.7/32']);
    const args = ['apply', '--cloud', 'aws', '--firewall', web, ...JO];
    await recordedOnTerminal(stage, 'apply-no', args, 'no');
    expect(await stage.ingress(web)).toHaveLength(2);
    await recordedOnTerminal(stage, 'apply-yes', args, 'yes');
    expect(await stage.ingress(web)).toEqual(['tcp 22-22 10.0.0.0/8']);
  });

  test('carries out a saved plan where nothing moved, and leaves alone what has', async () => {
    const still = await stage.group('web-still', [22, '0.0.0.0/0']);
    const moved = await stage.group('web-moved', [22, '0.0.0.0/0']);
    await session('plan-out', 'plan', '--cloud', 'aws', '--firewall', still, '--firewall', moved, '--out', 'plan.json');
    await stage.open(moved, [3389, '198.51.100.7/32']);
    await session('apply-saved-moved', 'apply', 'plan.json', ...JO);
    expect(await stage.ingress(still)).toEqual(['tcp 22-22 10.0.0.0/8']);
    expect(await stage.ingress(moved)).toEqual(['tcp 22-22 0.0.0.0/0', 'tcp 3389-3389 198.51.100.7/32']);
  });

  test('is held by a bound of the guard, and by a pause', async () => {
    const web = await stage.group('web-held', [22, '0.0.0.0/0'], [3389, '198.51.100.7/32']);
    await writeFile(join(stage.folder, 'bound.yaml'), `${POLICY}guard: { maxChangesPerFirewall: 1 }\n`);
    const which = ['--cloud', 'aws', '--firewall', web, ...JO, '--yes'];
    await session('apply-held', 'apply', ...which, '--policy', 'bound.yaml');
    await stage.run('pause', '--why', 'migration', '--by', 'kim');
    const paused = await stage.run('apply', ...which, '--json');
    await stage.run('resume');
    expect(paused.code).toBe(1);
    const { results } = z
      .object({ results: z.array(z.object({ outcome: z.string(), reasons: z.array(z.string()) })) })
      .parse(JSON.parse(paused.stdout));
    expect(results).toMatchObject([{ outcome: 'held' }]);
    expect(results[0]?.reasons.join()).toContain('paused by kim');
    expect(await stage.ingress(web)).toHaveLength(2);
  });

  test('says what is wrong with what it is given', async () => {
    await session('apply-input', 'apply', '--input', 'groups.json');
    await session('apply-no-plan', 'apply', 'nowhere.json', ...JO);
  });
});

describe('rollback', () => {
  test('puts back what was taken, once', async () => {
    const web = await stage.group('web-back', [22, '0.0.0.0/0', 'ssh'], [3389, '198.51.100.7/32']);
    await stage.run('apply', '--cloud', 'aws', '--firewall', web, '--yes', ...JO);
    expect(await stage.ingress(web)).toEqual(['tcp 22-22 10.0.0.0/8']);
    await session('rollback-done', 'rollback', `${web}/2`, ...JO, '--ticket', 'INC0010023');
    expect(await stage.ingress(web)).toEqual(['tcp 22-22 0.0.0.0/0', 'tcp 3389-3389 198.51.100.7/32']);
    await session('rollback-moved', 'rollback', `${web}/2`, ...JO);
    await session('ledger-list', 'ledger', 'list', '--firewall', web);
    await session('ledger-show', 'ledger', 'show', `${web}/2`);
    await session('ledger-show-error', 'ledger', 'show', `${web}/9`);
    await session('rollback-of-rollback', 'rollback', `${web}/4`, ...JO);
    expect(await stage.ingress(web)).toEqual(['tcp 22-22 0.0.0.0/0', 'tcp 3389-3389 198.51.100.7/32']);
  });

  test('overwrites what moved only where it is told to, and says what', async () => {
    const web = await stage.group('web-force', [22, '0.0.0.0/0']);
    await stage.run('apply', '--cloud', 'aws', '--firewall', web, '--yes', ...JO);
    await stage.open(web, [443, '0.0.0.0/0']);
    await session('rollback-force', 'rollback', `${web}/2`, ...JO, '--force', '--for', '1h');
    expect(await stage.ingress(web)).toEqual(['tcp 22-22 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });

  test('yields to a firm deny', async () => {
    const web = await stage.group('web-firm', [23, '10.0.0.0/8']);
    await stage.run('apply', '--cloud', 'aws', '--firewall', web, '--yes', ...JO);
    await session('rollback-firm', 'rollback', `${web}/2`, ...JO);
    expect(await stage.ingress(web)).toEqual([]);
  });
});

describe('open and grants', () => {
  test('opens for a while, is listed, explained and revoked', async () => {
    const web = await stage.group('web-open', [443, '0.0.0.0/0']);
    const which = ['--firewall', web, ...JO, '--ticket', 'CHG0030192'];
    await session('open-done', 'open', 'tcp/22 from 198.51.100.7', ...which, '--for', '2h');
    expect(await stage.ingress(web)).toEqual(['tcp 22-22 198.51.100.7/32', 'tcp 443-443 0.0.0.0/0']);
    const check = await stage.run('check', '--cloud', 'aws', '--firewall', web);
    expect([check.code, check.stderr]).toEqual([0, '']);
    const asked = ['--cloud', 'aws', '--firewall', web, '--traffic', 'tcp/22 from 198.51.100.7'];
    await session('explain-granted', 'explain', ...asked);
    const list = await stage.run('grants', 'list', '--json');
    const { grants } = z
      .object({ grants: z.array(z.object({ id: z.string(), target: z.object({ id: z.string() }) })) })
      .parse(JSON.parse(list.stdout));
    const grant = grants.find(({ target }) => target.id === web)!;
    await session('grants-revoke', 'grants', 'revoke', grant.id);
    await session('grants-revoke-error', 'grants', 'revoke', grant.id);
    expect((await stage.run('check', '--cloud', 'aws', '--firewall', web)).code).toBe(1);
  });

  test('only grants what a rule lets through already, and the record has it', async () => {
    const web = await stage.group('web-granted', [22, '198.51.100.7/32']);
    const which = ['--firewall', web, ...JO, '--ticket', 'CHG0030192', '--for', '1h'];
    await session('open-granted', 'open', 'tcp/22 from 198.51.100.7', ...which);
    const listed = await stage.run('ledger', 'list', '--firewall', web);
    expect(listed.stdout).toContain('opened');
    expect((await stage.run('check', '--cloud', 'aws', '--firewall', web)).code).toBe(0);
  });

  test('opens nothing that is firm, lasts too long, or that nothing would close', async () => {
    const web = await stage.group('web-refused');
    const trial = await stage.group('trial-refused');
    const more = [...JO, '--ticket', 'CHG0030192'];
    await session('open-long', 'open', 'tcp/22 from 198.51.100.7', '--firewall', web, ...more, '--for', '10h');
    await session('open-firm', 'open', 'tcp/23 from 198.51.100.7', '--firewall', web, ...more, '--for', '1h');
    await session('open-unclosed', 'open', 'tcp/22 from 198.51.100.7', '--firewall', trial, ...more, '--for', '1h');
    expect([await stage.ingress(web), await stage.ingress(trial)]).toEqual([[], []]);
  });
});

describe('pause and status', () => {
  test('everything is held until it goes on', async () => {
    const own = await openHandStage();
    try {
      const web = await own.group('web', [22, '0.0.0.0/0'], [3389, '198.51.100.7/32']);
      const say = (name: string, ...args: readonly string[]): Promise<Said> => recorded(own, name, args);
      await own.run(
        'open',
        'tcp/22 from 203.0.113.7',
        '--firewall',
        web,
        ...JO,
        '--ticket',
        'CHG0030192',
        '--for',
        '2h',
      );
      await say('grants-list', 'grants', 'list');
      await say('pause', 'pause', '--why', 'migration of the office network', '--by', 'kim');
      await say('status-paused', 'status');
      await say('plan-paused', 'plan', '--cloud', 'aws', '--firewall', web);
      await say('resume', 'resume');
      await say('resume-nothing', 'resume');
      await say('status', 'status');
      await say('pause-error', 'pause', '--why', 'one line\nand another', '--by', 'kim');
      await say('ledger-verify', 'ledger', 'verify');
    } finally {
      await own.close();
    }
  });
});
