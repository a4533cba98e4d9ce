import { beforeEach, describe, expect, it } from 'vitest';
import { sweep } from '../../shared/app/sweep.ts';
import type { Part, Stop, SweepDeps, Swept } from '../../shared/app/sweep.ts';
import { Fault } from '../../shared/base/fault.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { MemoryQueues } from '../../shared/queues/memory.ts';

const SCOPE = { account: '111122223333', region: 'us-east-1' };
const NOW = new Date('2026-11-24T08:00:00Z');
const CLOCK = { now: () => NOW };

function targetOf(number: number, place: Partial<Target> = {}): Target {
  return { cloud: 'aws', ...SCOPE, id: `sg-${number.toString(16).padStart(17, '0')}`, ...place };
}

/** Targets of these numbers. */
function some(from: number, count: number): readonly Target[] {
  return Array.from({ length: count }, (_, index) => targetOf(from + index));
}

let ledger: MemoryLedger;
let queues: MemoryQueues;
let swept: Swept;
let scopes: (typeof SCOPE)[];

beforeEach(() => {
  ledger = new MemoryLedger(CLOCK);
  queues = new MemoryQueues();
  swept = { firewalls: 0, owed: 0 };
  scopes = [];
});

function runOver(targets: SweepDeps['cloud']['targets']): Promise<void> {
  const no = (): Promise<never> => Promise.reject(new Error('a sweep asks for nothing but targets'));
  const traits = { portRanges: [], types: [], named: [] };
  const cloud = { traits, find: no, read: no, readAll: no, list: no, apply: no, targets };
  return sweep(SCOPE, swept, { cloud, ledger, queues, clock: CLOCK, partQueue: 'part' });
}

/** A sweep over these pages; an error in place of one is what that page meets. */
function run(...pages: readonly (readonly Target[] | Error)[]): Promise<void> {
  return runOver(async function* (scope) {
    scopes.push(scope);
    for (const page of pages) {
      if (page instanceof Error) throw page;
      yield await Promise.resolve(page);
    }
  });
}

function parts(): readonly Part[] {
  return queues.sent.map(({ body }) => body as Part);
}

function stops(): readonly Stop[] {
  return parts().flatMap((part) => part.stops);
}

async function owe(target: Target, times = 1, due: Date = NOW): Promise<void> {
  for (let entries = 0; entries < times; entries += 1) await ledger.append(target, undefined, { kind: 'fine' }, due);
}

describe('a sweep hands out', () => {
  it('each firewall of the account and region once, in parts of 50 at most, at once', async () => {
    const pages = [some(0, 120), [], some(120, 50), some(170, 1)];
    await run(...pages);
    expect(scopes).toEqual([SCOPE]);
    expect(stops()).toEqual(pages.flat().map((target) => ({ target, owed: [] })));
    expect(parts().map((part) => part.stops.length)).toEqual([50, 50, 20, 50, 1]);
    expect(new Set(queues.sent.map(({ queue, delayMs }) => `${queue} ${String(delayMs)}`))).toEqual(
      new Set(['part 0']),
    );
    expect(swept).toEqual({ firewalls: 171, owed: 0 });
  });

  it('nothing where there is nothing', async () => {
    await run();
    expect(queues.sent).toEqual([]);
    expect(swept).toEqual({ firewalls: 0, owed: 0 });
  });

  it('parts that carry ids only, and fit into a message', async () => {
    await run(some(0, 1000).map((target) => ({ ...target, id: target.id.padEnd(256, '0') })));
    for (const part of parts()) expect(JSON.stringify(part).length).toBeLessThan(100_000);
  });

  it('what is due in the ledger, with its sequences, also of firewalls that the cloud has no more', async () => {
    await owe(targetOf(1), 3);
    await owe(targetOf(99));
    await run(some(1, 2));
    expect(stops().filter(({ owed }) => owed.length > 0)).toEqual([
      { target: targetOf(1), owed: [1, 2, 3] },
      { target: targetOf(99), owed: [1] },
    ]);
    expect(stops().filter(({ owed }) => owed.length === 0)).toHaveLength(2);
    expect(swept).toEqual({ firewalls: 2, owed: 4 });
  });

  it('before the firewalls: nobody has heard of it yet, or a run has died', async () => {
    await owe(targetOf(99));
    await run(some(1, 2));
    expect(stops()[0]).toEqual({ target: targetOf(99), owed: [1] });
  });

  it('every row of what is due once, however many pages and firewalls that is', async () => {
    for (let number = 0; number < 130; number += 1) await owe(targetOf(number), 2);
    await run();
    const handedOut = stops().flatMap(({ target, owed }) => owed.map((sequence) => `${target.id}#${String(sequence)}`));
    expect(handedOut).toHaveLength(260);
    expect(new Set(handedOut).size).toBe(260);
    expect(swept.owed).toBe(260);
    for (const part of parts()) expect(part.stops.length).toBeLessThanOrEqual(50);
  });

  it('nothing that is due later, nor what is due elsewhere', async () => {
    await owe(targetOf(1), 1, new Date(NOW.getTime() + 1));
    await owe(targetOf(2, { account: '444455556666' }));
    await owe(targetOf(3, { region: 'eu-central-1' }));
    await run();
    expect(queues.sent).toEqual([]);
    expect(swept.owed).toBe(0);
  });
});

describe('a sweep that does not come to its end', () => {
  const broken = new Fault('unavailable', 'the page does not come');

  it('where a page fails has handed out those before it, counts them, and says what failed', async () => {
    await expect(run(some(0, 60), broken, some(60, 60))).rejects.toBe(broken);
    expect(stops()).toHaveLength(60);
    expect(swept).toEqual({ firewalls: 60, owed: 0 });
  });

  it('where the queue takes no more counts only what it took', async () => {
    const send = queues.send.bind(queues);
    queues.send = (...args) => (queues.sent.length > 0 ? Promise.reject(broken) : send(...args));
    await expect(run(some(0, 50), some(50, 50))).rejects.toBe(broken);
    expect(swept.firewalls).toBe(50);
  });

  it('where the ledger cannot say what is due has handed out all firewalls, and still fails', async () => {
    ledger.due = () => Promise.reject(broken);
    await expect(run(some(0, 60))).rejects.toBe(broken);
    expect(stops()).toHaveLength(60);
    expect(swept).toEqual({ firewalls: 60, owed: 0 });
  });
});

it('a sweep asks for a page once the one before it is handed out, so that memory does not grow', async () => {
  const page = some(0, 1000);
  await runOver(async function* () {
    for (let pages = 0; pages < 20; pages += 1) {
      expect(stops()).toHaveLength(pages * 1000);
      yield await Promise.resolve(page);
    }
  });
  expect(swept.firewalls).toBe(20_000);
});
