import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../shared/base/clock.ts';
import type { LedgerBody, LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { Hint, Target } from '../../shared/core/model/target.ts';
import type { Ledger } from '../../shared/ledger/contract.ts';

const START = Date.parse('2026-11-24T08:00:00Z');

export const TARGET: Target = {
  cloud: 'aws',
  account: '111122223333',
  region: 'eu-central-1',
  id: 'sg-0123456789abcdef0',
};
const FINE: LedgerBody = { kind: 'fine' };

/** Each differs from the first in one part of its identity. */
const NEIGHBOURS: readonly Target[] = [
  { ...TARGET, cloud: 'azure' },
  { ...TARGET, account: '444455556666' },
  { ...TARGET, region: 'eu-central-2' },
  { ...TARGET, id: 'sg-0123456789abcdef1' },
];

function hint(): Hint {
  return {
    eventId: 'event-1',
    eventName: 'AuthorizeSecurityGroupIngress',
    at: new Date(START - 5_000),
    actor: 'alex',
    sourceAddress: '198.51.100.7',
    userAgent: 'aws-cli',
  };
}

function held(...reasons: string[]): Extract<LedgerBody, { kind: 'held' }> {
  const { cloud, account, region, id } = TARGET;
  const firewall = { cloud, account, region, id, networks: ['vpc-1'], name: 'web', tags: { role: 'web' } };
  return { kind: 'held', firewall, findings: [], reasons };
}

function failed(why: string): LedgerBody {
  return { kind: 'failed', firewall: held().firewall, findings: [], why };
}

function reverted(): LedgerBody {
  const none = { ingress: [], egress: [] };
  const { firewall } = held();
  const nothing = { findings: [], changes: [], collateral: [], remaining: [], reasons: [], requestIds: ['request-1'] };
  return { kind: 'reverted', planId: 'plan-1', firewall, before: none, after: none, closed: true, ...nothing };
}

const RECORDS_ONLY: readonly LedgerBody[] = [
  FINE,
  { kind: 'gone' },
  {
    kind: 'intended',
    planId: 'plan-1',
    firewall: held().firewall,
    findings: [],
    changes: [],
    collateral: [],
    before: { ingress: [], egress: [] },
  },
  { kind: 'ticketed', breach: 'breach', ticket: 'INC0010001', url: 'https://example.com/1', created: true },
];

function sequencesOf(entries: readonly LedgerEntry[]): readonly number[] {
  return entries.map(({ sequence }) => sequence);
}

/** What every ledger has to do, whatever it is stored in. `open` gives an empty one. */
export function describeLedger(name: string, open: (clock: Clock) => Ledger | Promise<Ledger>): void {
  describe(name, () => {
    let time: { atMs: number };
    let ledger: Ledger;

    beforeEach(async () => {
      time = { atMs: START };
      ledger = await open({ now: () => new Date(time.atMs) });
    });

    describe('a lease', () => {
      it('is held by one worker only, however many ask at once', async () => {
        const asked = await Promise.all(Array.from({ length: 20 }, () => ledger.lease('a', 90_000)));
        const given = asked.filter((lease) => lease !== undefined);
        expect(given).toHaveLength(1);
        expect(given[0]).toMatchObject({ key: 'a' });
        expect(await ledger.lease('a', 90_000)).toBeUndefined();
      });

      it('of one key blocks no other', async () => {
        const keys = ['a', 'A', 'a ', 'aa', '', '__proto__', 'constructor', 'toString'];
        for (const key of keys) expect(await ledger.lease(key, 90_000), key).toMatchObject({ key });
        for (const key of keys) expect(await ledger.lease(key, 90_000), key).toBeUndefined();
      });

      it('is free again once it was given back, and goes to a new holder', async () => {
        const first = await ledger.lease('a', 90_000);
        await ledger.release(first!);
        const second = await ledger.lease('a', 90_000);
        expect(second).toBeDefined();
        expect(second?.holder).not.toBe(first?.holder);
      });

      it('runs out after its time and not before, so that a dead worker blocks nobody', async () => {
        await ledger.lease('a', 90_000);
        time.atMs = START + 89_999;
        expect(await ledger.lease('a', 90_000)).toBeUndefined();
        time.atMs = START + 90_001;
        expect(await ledger.lease('a', 90_000)).toBeDefined();
      });

      it('is not made longer by others who ask for it in vain', async () => {
        await ledger.lease('a', 1_000);
        time.atMs = START + 500;
        expect(await ledger.lease('a', 90_000)).toBeUndefined();
        time.atMs = START + 1_001;
        expect(await ledger.lease('a', 1_000)).toBeDefined();
      });

      it('stays with the new holder when the former one gives back what ran out', async () => {
        const former = await ledger.lease('a', 1_000);
        time.atMs = START + 1_001;
        expect(await ledger.lease('a', 90_000)).toBeDefined();
        await ledger.release(former!);
        expect(await ledger.lease('a', 90_000)).toBeUndefined();
      });

      it('given back twice frees no later holder', async () => {
        const first = await ledger.lease('a', 90_000);
        await ledger.release(first!);
        const second = await ledger.lease('a', 90_000);
        await ledger.release(first!);
        expect(await ledger.lease('a', 90_000)).toBeUndefined();
        await ledger.release(second!);
        expect(await ledger.lease('a', 90_000)).toBeDefined();
      });

      it('of a key that nobody holds is given back without harm', async () => {
        await ledger.release({ key: 'never leased', holder: 'nobody' });
        expect(await ledger.lease('never leased', 90_000)).toBeDefined();
      });

      it('is freed by its holder only, not by whoever knows the key', async () => {
        const lease = await ledger.lease('a', 90_000);
        await ledger.release({ key: 'a', holder: '' });
        await ledger.release({ key: 'a', holder: `${lease?.holder ?? ''}x` });
        await ledger.release({ key: 'b', holder: lease?.holder ?? '' });
        expect(await ledger.lease('a', 90_000)).toBeUndefined();
      });
    });

    describe('entries', () => {
      it('start with none', async () => {
        expect(await ledger.entries(TARGET)).toEqual([]);
        expect(await ledger.unpublished(TARGET)).toEqual([]);
        expect(await ledger.entry(TARGET, 1)).toBeUndefined();
      });

      it('are kept whole: who, when, the event and the body', async () => {
        const appended = await ledger.append(TARGET, hint(), held('mode'));
        const expected = { target: TARGET, sequence: 1, at: new Date(START), hint: hint(), body: held('mode') };
        expect(appended).toEqual(expected);
        expect(await ledger.entry(TARGET, 1)).toEqual(expected);
        expect(await ledger.entries(TARGET)).toEqual([expected]);
      });

      it('may have no event', async () => {
        await ledger.append(TARGET, undefined, FINE);
        expect((await ledger.entry(TARGET, 1))?.hint).toBeUndefined();
      });

      it('carry the time of their own append', async () => {
        await ledger.append(TARGET, undefined, FINE);
        time.atMs = START + 60_000;
        await ledger.append(TARGET, undefined, FINE);
        const times = (await ledger.entries(TARGET)).map(({ at }) => at.getTime());
        expect(times).toEqual([START, START + 60_000]);
      });

      it('count from 1 without a gap, in order, also where many are appended at once', async () => {
        const bodies = Array.from({ length: 30 }, (_, index) => failed(`number ${String(index)}`));
        const appended = await Promise.all(bodies.map((body) => ledger.append(TARGET, undefined, body)));
        const upTo30 = Array.from({ length: 30 }, (_, index) => index + 1);
        expect([...sequencesOf(appended)].sort((a, b) => a - b)).toEqual(upTo30);
        const stored = await ledger.entries(TARGET);
        expect(sequencesOf(stored)).toEqual(upTo30);
        for (const entry of appended) expect(stored[entry.sequence - 1]).toEqual(entry);
      });

      it('count for each target by itself', async () => {
        await ledger.append(TARGET, undefined, FINE);
        await ledger.append(TARGET, undefined, FINE);
        for (const neighbour of NEIGHBOURS) {
          expect((await ledger.append(neighbour, undefined, held('mode'))).sequence).toBe(1);
          expect(await ledger.entries(neighbour)).toHaveLength(1);
        }
        expect(sequencesOf(await ledger.entries(TARGET))).toEqual([1, 2]);
        expect(await ledger.unpublished(TARGET)).toEqual([]);
      });

      it('belong to whoever has the same identity, not to one object', async () => {
        await ledger.append({ ...TARGET }, undefined, FINE);
        expect(await ledger.entries({ ...TARGET })).toHaveLength(1);
      });

      it.each([0, -1, 2, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER])('has no entry %d after one append', async (at) => {
        await ledger.append(TARGET, undefined, FINE);
        expect(await ledger.entry(TARGET, at)).toBeUndefined();
      });

      it('keep an earlier answer as it was when more is appended', async () => {
        await ledger.append(TARGET, undefined, FINE);
        const before = await ledger.entries(TARGET);
        await ledger.append(TARGET, undefined, FINE);
        expect(before).toHaveLength(1);
      });
    });

    describe('a record is a copy', () => {
      it('of the body', async () => {
        const reasons = ['mode'];
        const body: LedgerBody = { ...held(), reasons };
        await ledger.append(TARGET, undefined, body);
        reasons.push('added later');
        expect((await ledger.entry(TARGET, 1))?.body).toEqual(held('mode'));
      });

      it('of the event, whose time is a date that can be set', async () => {
        const mine = hint();
        await ledger.append(TARGET, mine, FINE);
        mine.at.setTime(0);
        expect((await ledger.entry(TARGET, 1))?.hint).toEqual(hint());
      });

      it('of the target', async () => {
        const mine = { ...TARGET };
        await ledger.append(mine, undefined, FINE);
        mine.id = 'sg-0fedcba9876543210';
        expect((await ledger.entry(TARGET, 1))?.target).toEqual(TARGET);
      });

      it('which is not changed through what append gave back', async () => {
        const appended = await ledger.append(TARGET, hint(), held('mode'));
        appended.at.setTime(0);
        appended.hint?.at.setTime(0);
        const kept = await ledger.entry(TARGET, 1);
        expect(kept?.at).toEqual(new Date(START));
        expect(kept?.hint).toEqual(hint());
      });

      it('which is not changed through what a read gave', async () => {
        await ledger.append(TARGET, hint(), held('mode'));
        const one = await ledger.entry(TARGET, 1);
        const [listed] = await ledger.entries(TARGET);
        const [due] = await ledger.unpublished(TARGET);
        for (const read of [one, listed, due]) {
          expect(read?.hint).toEqual(hint());
          read?.at.setTime(0);
          read?.hint?.at.setTime(0);
        }
        expect(await ledger.entry(TARGET, 1)).toMatchObject({ at: new Date(START), hint: hint() });
      });
    });

    describe('the outbox', () => {
      it('has outcomes only, in order', async () => {
        for (const body of [...RECORDS_ONLY, held('mode'), reverted(), failed('refused'), ...RECORDS_ONLY]) {
          await ledger.append(TARGET, undefined, body);
        }
        const kinds = (await ledger.unpublished(TARGET)).map(({ body }) => body.kind);
        expect(kinds).toEqual(['held', 'reverted', 'failed']);
      });

      it('loses exactly what was marked as published, and the record keeps it', async () => {
        for (const why of ['one', 'two', 'three']) await ledger.append(TARGET, undefined, failed(why));
        const second = await ledger.entry(TARGET, 2);
        await ledger.markPublished(second!);
        expect(sequencesOf(await ledger.unpublished(TARGET))).toEqual([1, 3]);
        expect(sequencesOf(await ledger.entries(TARGET))).toEqual([1, 2, 3]);
      });

      it('takes the same mark twice', async () => {
        const entry = await ledger.append(TARGET, undefined, failed('one'));
        await ledger.markPublished(entry);
        await ledger.markPublished(entry);
        expect(await ledger.unpublished(TARGET)).toEqual([]);
      });

      it('shows an outcome that came after the mark', async () => {
        await ledger.markPublished(await ledger.append(TARGET, undefined, failed('one')));
        await ledger.append(TARGET, undefined, failed('two'));
        expect(sequencesOf(await ledger.unpublished(TARGET))).toEqual([2]);
      });

      it('is each target its own: a mark for one is none for its neighbours', async () => {
        for (const target of [TARGET, ...NEIGHBOURS]) await ledger.append(target, undefined, failed('one'));
        const entry = await ledger.entry(TARGET, 1);
        await ledger.markPublished(entry!);
        expect(await ledger.unpublished(TARGET)).toEqual([]);
        for (const neighbour of NEIGHBOURS) expect(await ledger.unpublished(neighbour)).toHaveLength(1);
      });

      it('refuses a mark for an entry that it does not have, and marks nothing', async () => {
        const entry = await ledger.append(TARGET, undefined, failed('one'));
        const unknown = { ...entry, sequence: 2 };
        await expect(ledger.markPublished(unknown)).rejects.toMatchObject({
          name: 'Fault',
          kind: 'malformed',
          message: expect.stringContaining(`${TARGET.id}#2`) as string,
        });
        await ledger.append(TARGET, undefined, failed('two'));
        expect(sequencesOf(await ledger.unpublished(TARGET))).toEqual([1, 2]);
      });
    });
  });
}
