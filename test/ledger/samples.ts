import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/base/clock.ts';
import type { LedgerBody, LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { RuleRecord, RulesRecord, TargetRecord } from '../../shared/core/model/record.ts';
import type { Hint, Target } from '../../shared/core/model/target.ts';
import type { Damaged, Due, Kept, Ledger } from '../../shared/ledger/contract.ts';

export const START = Date.parse('2026-11-24T08:00:00Z');

/** A ledger that has nothing in it, and the time that it goes by. */
export interface Scene {
  readonly ledger: Ledger;
  readonly time: { atMs: number };
}

/** Gives an empty ledger. */
export type Open = (clock: Clock) => Ledger | Promise<Ledger>;

export async function sceneOf(open: Open): Promise<Scene> {
  const time = { atMs: START };
  return { ledger: await open({ now: () => new Date(time.atMs) }), time };
}

export function after(ms: number): Date {
  return new Date(START + ms);
}

export const TARGET: Target = {
  cloud: 'aws',
  account: '111122223333',
  region: 'eu-central-1',
  id: 'sg-0123456789abcdef0',
};

export function targets(count: number): readonly Target[] {
  return Array.from({ length: count }, (_, index) => ({ ...TARGET, id: `sg-${String(index)}` }));
}

/** None is another, nor the first: parts differ, begin alike, or hold what stores part keys with. */
export const NEIGHBOURS: readonly Target[] = [
  { ...TARGET, cloud: 'azure' },
  { ...TARGET, cloud: 'aws/111122223333', account: '' },
  { ...TARGET, account: '444455556666' },
  { ...TARGET, account: '111122223333/eu-central-1', region: '' },
  { ...TARGET, region: 'eu-central-2' },
  // Pairs that are one text where parts are only joined.
  { ...TARGET, cloud: 'a/b', account: 'c' },
  { ...TARGET, cloud: 'a', account: 'b/c' },
  { ...TARGET, account: 'b/c', region: 'd' },
  { ...TARGET, account: 'b', region: 'c/d' },
  { ...TARGET, region: 'c/d', id: 'e' },
  { ...TARGET, region: 'c', id: 'd/e' },
  { ...TARGET, region: 'c","d', id: 'e' },
  { ...TARGET, region: 'c', id: 'd","e' },
  { ...TARGET, region: 'eu-central-1/', id: TARGET.id.slice(1) },
  { ...TARGET, id: 'sg-0123456789abcdef1' },
  { ...TARGET, id: TARGET.id.slice(0, -1) },
  { ...TARGET, id: `${TARGET.id}0` },
  { ...TARGET, id: `${TARGET.id}#1` },
  { ...TARGET, id: `${TARGET.id}#` },
  { ...TARGET, id: `${TARGET.id}","` },
  { ...TARGET, id: `${TARGET.id}\u0000` },
  { ...TARGET, id: TARGET.id.toUpperCase() },
  { ...TARGET, id: `${TARGET.id} ` },
  { ...TARGET, id: '%' },
  { ...TARGET, id: '_' },
  { ...TARGET, id: '*' },
  { ...TARGET, id: '' },
  { ...TARGET, id: '\ud800' },
  { ...TARGET, id: '\ud801' },
  { ...TARGET, id: '\ufffd' },
  { ...TARGET, id: '\\ud800' },
  { ...TARGET, id: 'é' },
  { ...TARGET, id: 'e\u0301' },
  { ...TARGET, id: '__proto__' },
  { ...TARGET, id: 'x'.repeat(3_000) },
  { ...TARGET, id: `${'x'.repeat(2_999)}y` },
  { cloud: '', account: '', region: '', id: '' },
];

export function hint(): Hint {
  return {
    eventId: 'event-1',
    eventName: 'AuthorizeSecurityGroupIngress',
    at: after(-5_000),
    actor: 'alex',
    sourceAddress: '198.51.100.7',
    userAgent: 'aws-cli',
  };
}

export const FINE: LedgerBody = { kind: 'fine' };

export function firewall(): TargetRecord {
  return { ...TARGET, networks: ['vpc-1'], name: 'web', tags: { role: 'web' } };
}

export function held(...reasons: string[]): Extract<LedgerBody, { kind: 'held' }> {
  return { kind: 'held', firewall: firewall(), findings: [], reasons };
}

export function failed(why: string): LedgerBody {
  return { kind: 'failed', firewall: firewall(), findings: [], why };
}

export function intended(before: RulesRecord): LedgerBody {
  return {
    kind: 'intended',
    planId: 'plan-1',
    firewall: firewall(),
    findings: [],
    changes: [],
    collateral: [],
    before,
  };
}

/** Descriptions of EC2's longest, of which no packer makes much less: each is another chain of digests. */
function description(index: number): string {
  const digests = Array.from({ length: 6 }, (_, part) =>
    createHash('sha256')
      .update(`${String(index)}/${String(part)}`)
      .digest('base64'),
  );
  return digests.join('').slice(0, 255);
}

function rule(index: number): RuleRecord {
  return {
    protocol: 'tcp',
    ports: [index, index],
    peer: `10.${String(index >> 8)}.${String(index & 255)}.0/24`,
    id: `sgr-${String(index).padStart(17, '0')}`,
    action: 'allow',
    description: description(index),
  };
}

const made = new Map<number, RulesRecord>();

/** A before-image of so many rules, each with a long description. */
export function rules(count: number): RulesRecord {
  const known = made.get(count);
  if (known !== undefined) return known;
  const all = Array.from({ length: count }, (_, index) => rule(index));
  const record = { ingress: all.slice(0, count / 2), egress: all.slice(count / 2) };
  made.set(count, record);
  return record;
}

export function sequencesOf(entries: readonly Pick<LedgerEntry, 'sequence'>[]): readonly number[] {
  return entries.map(({ sequence }) => sequence);
}

export function countTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** All that is due by then, page by page, and how many pages that took. */
export async function allDue(
  ledger: Ledger,
  by: Date,
): Promise<{ readonly rows: readonly Due[]; readonly pages: number }> {
  const rows: Due[] = [];
  let page: string | undefined;
  let pages = 0;
  do {
    const answer = await ledger.due(by, page);
    rows.push(...answer.rows);
    page = answer.next;
    pages += 1;
    if (pages > 1_000) throw new Error('there is always another page');
  } while (page !== undefined);
  return { rows, pages };
}

/** All that was appended since then, from a page on. */
export async function allSince(
  ledger: Ledger,
  time: Date,
  from?: string,
): Promise<{ readonly entries: readonly Kept[]; readonly damaged: readonly Damaged[] }> {
  const entries: Kept[] = [];
  const damaged: Damaged[] = [];
  let page = from;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const answer = await ledger.since(time, page);
    entries.push(...answer.entries);
    damaged.push(...answer.damaged);
    page = answer.next;
    if (page === undefined) return { entries, damaged };
  }
  throw new Error('there is always another page');
}
