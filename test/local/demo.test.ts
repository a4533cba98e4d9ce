import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { playDemo } from '../../local/demo.ts';
import { tellStory } from '../../local/story.ts';
import { startWorld } from '../../local/world.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-demo-'));
});
afterEach(() => rm(folder, { recursive: true }));

const SILENT = { info: () => undefined, error: () => undefined };

/** A message that comes back comes back soon; what is far off stays there. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms < 60_000 ? Math.min(ms, 20) : ms, undefined, { signal, ref: false });
}

/** What the demo tells under a policy, line by line. */
async function told(policyPath: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const teller = {
    line: (text: string) => void lines.push(...text.split('\n')),
    paint: (_: string, text: string) => text,
  };
  const world = await startWorld({ policyPath, log: SILENT, sleep });
  try {
    tellStory(world, teller);
    await playDemo(world, teller, { policyPath, signal: new AbortController().signal });
  } finally {
    await world.close();
  }
  return lines;
}

async function toldUnder(mode: string, ingress: string): Promise<readonly string[]> {
  const lines = ['version: 1', 'policies:', '  - name: p', '    match: { tags: { role: web } }', `    mode: ${mode}`];
  const path = join(folder, 'policy.yaml');
  await writeFile(path, [...lines, '    ingress:', `      ${ingress}`, ''].join('\n'));
  return told(path);
}

function nothingReverted(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith('Nothing was reverted'));
}

it('plays to its end under its own policy', async () => {
  const lines = await told(join(import.meta.dirname, '../../examples/policies/web-tier.yaml'));
  expect(lines.filter((line) => line.endsWith('read again, and it is right'))).toHaveLength(4);
  expect(lines.join('\n')).not.toMatch(/left out|Nothing was reverted/);
});

const NO_SSH = 'deny: [{ service: tcp/22, from: anywhere }]';

it.each([
  [
    'forbids none of it',
    'enforce',
    'allow: [{ service: any, from: anywhere }]',
    'forbids none of this',
    'play it without',
  ],
  ['only reports', 'report', NO_SSH, 'only tells (`mode: report`)', 'write `mode: enforce` there'],
  ['only observes', 'observe', NO_SSH, 'only tells (`mode: observe`)', 'write `mode: enforce` there'],
])('says in one line that the policy %s, and what to do', async (_what, mode, ingress, why, advice) => {
  const lines = nothingReverted(await toldUnder(mode, ingress));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(why);
  expect(lines[0]).toContain(`; to see a revert, ${advice}`);
});

it('says why each finding stands that the policy only reports', async () => {
  const lines = await toldUnder('report', NO_SSH);
  expect(lines).toContain("  held       the policy's mode is `report`");
});

it.each([
  ['closes more', 'allow: [{ service: tcp/443, from: anywhere }]', 'InvalidSecurityGroupRuleId.NotFound'],
  ['opens more', 'require: [{ service: tcp/80-81, from: 0.0.0.0/0, open: true }]', 'InvalidPermission.Duplicate'],
])('goes on under a policy that %s than the story expects, and says what is left out', async (_what, ingress, code) => {
  const lines = await toldUnder('enforce', ingress);
  const leftOut = lines.filter((line) => line.startsWith('  left out'));
  expect(leftOut).toHaveLength(1);
  expect(leftOut[0]).toContain(`EC2 answered \`${code}\`, since the policy`);
  expect(leftOut[0]).toMatch(/; play it without `--policy`$/);
  expect(lines).toContain('What the group lets in now, as EC2 tells it');
});
