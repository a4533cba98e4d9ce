import { describe, expect, test } from 'vitest';
import { entryLines } from '../../cli/entry-page.ts';
import { entryStory } from '../../cli/entry-story.ts';
import { ledgerLines } from '../../cli/ledger-page.ts';
import { pageText } from '../../cli/page.ts';
import type { LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { Scene } from '../app/scene.ts';
import { event, filed, swept } from '../app/make-up.ts';
import { firewallWith, policyOf, sceneOf, TARGET, tcpRule } from '../app/scene.ts';

const HOSTILE = 'x\u001b[2J\nsecond\u202eline ';

async function recorded(description = ''): Promise<readonly LedgerEntry[]> {
  const telnet = { ...tcpRule('sgr-2', 23, 23, '0.0.0.0/0'), description };
  const scene: Scene = sceneOf(
    firewallWith(tcpRule('sgr-1', 443, 443, '0.0.0.0/0'), telnet),
    policyOf('enforce', 'allow: [{ service: tcp/443, from: anywhere }]'),
  );
  await event(scene);
  await filed(scene);
  scene.pass(15 * 60_000);
  await swept(scene);
  return scene.ledger.entries(TARGET);
}

function shown(entries: readonly LedgerEntry[], kind: LedgerEntry['body']['kind'], width: number): string {
  const entry = entries.find(({ body }) => body.kind === kind);
  if (entry === undefined) throw new Error(`nothing is ${kind}`);
  return pageText(entryLines(entryStory(entry, entries)), { width, colour: false });
}

describe('one entry', () => {
  test('of a revert says what was found and done, what came of it, and how it is undone', async () => {
    const text = shown(await recorded('old'), 'reverted', 100);
    expect(text).toContain('by alex, from 198.51.100.7, with aws-cli/2');
    expect(text).toContain('web/ingress/allow (web.yaml:5, mode enforce)');
    expect(text).toContain('removed tcp/23 from 0.0.0.0/0 (sgr-2)');
    expect(text).toContain('- ingress tcp/23 from 0.0.0.0/0 (sgr-2) "old"');
    expect(text).toMatch(/verified +by a read at 2026-11-24T08:15:03Z/);
    expect(text).toMatch(/ticket +MEM0000001 memory:/);
    expect(text).toContain('undo        portcullis rollback sg-0123456789abcdef0/2');
  });

  test.each(['intended', 'reverted', 'verified', 'ticketed'] as const)('that is %s fits 80 columns', async (kind) => {
    const text = shown(await recorded(), kind, 80);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('text from outside', () => {
  const nasty = async (): Promise<readonly LedgerEntry[]> => {
    const entries = await recorded(HOSTILE.repeat(700));
    return entries.map((entry) =>
      entry.hint === undefined ? entry : { ...entry, hint: { ...entry.hint, actor: HOSTILE, userAgent: HOSTILE } },
    );
  };

  test('is made visible wherever the record shows it', async () => {
    const entries = await nasty();
    const look = { width: 80, colour: false };
    const text = `${shown(entries, 'reverted', 80)}${pageText(ledgerLines(entries, '7d', look), look)}`;
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).toContain('x\\u{1b}[2J\\nsecond\\u{202e}line');
  });
});
