import { beforeEach, describe, expect, it } from 'vitest';
import type { LedgerBody } from '../../shared/core/model/ledger.ts';
import {
  after,
  countTo,
  failed,
  FINE,
  held,
  hint,
  NEIGHBOURS,
  sceneOf,
  sequencesOf,
  START,
  TARGET,
} from './samples.ts';
import type { Open, Scene } from './samples.ts';

export function describeAppends(open: Open): void {
  let scene: Scene;

  beforeEach(async () => {
    scene = await sceneOf(open);
  });

  describe('entries', () => {
    it('start with none', async () => {
      expect(await scene.ledger.entries(TARGET)).toEqual([]);
      expect(await scene.ledger.newest(TARGET, 10)).toEqual([]);
      expect(await scene.ledger.due(after(1e12))).toEqual({ rows: [], next: undefined });
      expect(await scene.ledger.entry(TARGET, 1)).toBeUndefined();
    });

    it('are kept whole: who, when, the event and the body', async () => {
      const appended = await scene.ledger.append(TARGET, hint(), held('mode'));
      const expected = { target: TARGET, sequence: 1, at: new Date(START), hint: hint(), body: held('mode') };
      expect(appended).toEqual(expected);
      expect(await scene.ledger.entry(TARGET, 1)).toEqual(expected);
      expect(await scene.ledger.entries(TARGET)).toEqual([expected]);
      expect(await scene.ledger.newest(TARGET, 1)).toEqual([
        { entry: expected, mark: { due: undefined, attempts: 0 } },
      ]);
    });

    it('may have no event', async () => {
      await scene.ledger.append(TARGET, undefined, FINE);
      expect((await scene.ledger.entry(TARGET, 1))?.hint).toBeUndefined();
    });

    it('carry the time of their own append', async () => {
      await scene.ledger.append(TARGET, undefined, FINE);
      scene.time.atMs = START + 60_000;
      await scene.ledger.append(TARGET, undefined, FINE);
      const times = (await scene.ledger.entries(TARGET)).map(({ at }) => at.getTime());
      expect(times).toEqual([START, START + 60_000]);
    });

    it('count from 1 without a gap, in order, also where many are appended at once', async () => {
      const bodies = Array.from({ length: 16 }, (_, index) => failed(`number ${String(index)}`));
      const appended = await Promise.all(bodies.map((body) => scene.ledger.append(TARGET, undefined, body)));
      expect([...sequencesOf(appended)].sort((a, b) => a - b)).toEqual(countTo(16));
      const stored = await scene.ledger.entries(TARGET);
      expect(sequencesOf(stored)).toEqual(countTo(16));
      for (const entry of appended) expect(stored[entry.sequence - 1]).toEqual(entry);
    });

    it('count for each target by itself, however alike two are', async () => {
      await scene.ledger.append(TARGET, undefined, FINE);
      await scene.ledger.append(TARGET, undefined, FINE);
      for (const neighbour of NEIGHBOURS) {
        const name = JSON.stringify(neighbour).slice(0, 200);
        const entry = await scene.ledger.append(neighbour, undefined, held(name));
        expect(entry.sequence, name).toBe(1);
      }
      for (const neighbour of NEIGHBOURS) {
        const [entry, ...more] = await scene.ledger.entries(neighbour);
        expect(entry).toMatchObject({ target: neighbour, body: held(JSON.stringify(neighbour).slice(0, 200)) });
        expect(more).toEqual([]);
      }
      expect(sequencesOf(await scene.ledger.entries(TARGET))).toEqual([1, 2]);
    });

    it('belong to whoever has the same identity, not to one object', async () => {
      await scene.ledger.append({ ...TARGET }, undefined, FINE);
      const { id, region, account, cloud } = TARGET;
      expect(await scene.ledger.entries({ id, region, account, cloud })).toHaveLength(1);
    });

    it('keep of a target its identity only', async () => {
      const more = { ...TARGET, name: 'web' };
      expect((await scene.ledger.append(more, undefined, FINE)).target).toEqual(TARGET);
      expect((await scene.ledger.entry(TARGET, 1))?.target).toEqual(TARGET);
    });

    it('have only the numbers that were given', async () => {
      await scene.ledger.append(TARGET, undefined, FINE);
      for (const sequence of [0, -1, 2, 1.5, Number.NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER, 1e300]) {
        expect(await scene.ledger.entry(TARGET, sequence), String(sequence)).toBeUndefined();
      }
    });

    it('keep an earlier answer as it was when more is appended', async () => {
      await scene.ledger.append(TARGET, undefined, FINE);
      const before = await scene.ledger.entries(TARGET);
      await scene.ledger.append(TARGET, undefined, FINE);
      expect(before).toHaveLength(1);
    });
  });

  describe('a record is a copy', () => {
    it('of the body', async () => {
      const reasons = ['mode'];
      const body: LedgerBody = { ...held(), reasons };
      await scene.ledger.append(TARGET, undefined, body);
      reasons.push('added later');
      expect((await scene.ledger.entry(TARGET, 1))?.body).toEqual(held('mode'));
    });

    it('of the event, whose time is a date that can be set', async () => {
      const mine = hint();
      await scene.ledger.append(TARGET, mine, FINE);
      mine.at.setTime(0);
      expect((await scene.ledger.entry(TARGET, 1))?.hint).toEqual(hint());
    });

    it('of the target', async () => {
      const mine = { ...TARGET };
      await scene.ledger.append(mine, undefined, FINE);
      mine.id = 'sg-0fedcba9876543210';
      expect((await scene.ledger.entry(TARGET, 1))?.target).toEqual(TARGET);
    });

    it('of when it is due', async () => {
      const due = after(1_000);
      await scene.ledger.append(TARGET, undefined, FINE, due);
      due.setTime(0);
      expect((await scene.ledger.due(after(1_000))).rows).toMatchObject([{ due: after(1_000) }]);
      const again = after(2_000);
      await scene.ledger.mark(TARGET, 1, { due: again, attempts: 1 });
      again.setTime(0);
      expect((await scene.ledger.due(after(2_000))).rows).toMatchObject([{ due: after(2_000) }]);
    });

    it('which is not changed through what append gave back', async () => {
      const body = held('mode');
      const appended = await scene.ledger.append(TARGET, hint(), body);
      expect(appended.body).not.toBe(body);
      appended.at.setTime(0);
      appended.hint?.at.setTime(0);
      const kept = await scene.ledger.entry(TARGET, 1);
      expect(kept?.at).toEqual(new Date(START));
      expect(kept?.hint).toEqual(hint());
    });

    it('which is not changed through what a read gave', async () => {
      await scene.ledger.append(TARGET, hint(), held('mode'), after(1_000));
      const one = await scene.ledger.entry(TARGET, 1);
      const [listed] = await scene.ledger.entries(TARGET);
      const [newest] = await scene.ledger.newest(TARGET, 1);
      const [row] = (await scene.ledger.due(after(1_000))).rows;
      for (const read of [one, listed, newest?.entry]) {
        expect(read?.hint).toEqual(hint());
        read?.at.setTime(0);
        read?.hint?.at.setTime(0);
      }
      newest?.mark.due?.setTime(0);
      row?.due.setTime(0);
      expect(await scene.ledger.entry(TARGET, 1)).toMatchObject({ at: new Date(START), hint: hint() });
      expect(await scene.ledger.newest(TARGET, 1)).toMatchObject([{ mark: { due: after(1_000) } }]);
      expect((await scene.ledger.due(after(1_000))).rows).toMatchObject([{ due: after(1_000) }]);
    });
  });
}
