import { beforeEach, describe, expect, it } from 'vitest';
import type { Due } from '../../shared/ledger/contract.ts';
import { after, allDue, failed, FINE, held, hint, NEIGHBOURS, sceneOf, targets, TARGET } from './samples.ts';
import type { Open, Scene } from './samples.ts';

/** Says of each row where it is. */
function places(rows: readonly Due[]): readonly string[] {
  return rows.map(({ target, sequence }) => `${target.id}#${String(sequence)}`);
}

export function describeDue(open: Open): void {
  let scene: Scene;

  beforeEach(async () => {
    scene = await sceneOf(open);
  });

  describe('what is due', () => {
    it('is where something was to be done by then, earliest first, over all targets', async () => {
      const [a, b, c] = targets(3);
      await scene.ledger.append(a!, undefined, failed('one'), after(3_000));
      await scene.ledger.append(a!, undefined, failed('two'), after(1_000));
      await scene.ledger.append(b!, undefined, failed('three'), after(2_000));
      await scene.ledger.append(c!, undefined, failed('four'), after(9_000));
      expect(await scene.ledger.due(after(3_000))).toEqual({
        rows: [
          { target: a, sequence: 2, due: after(1_000), attempts: 0 },
          { target: b, sequence: 1, due: after(2_000), attempts: 0 },
          { target: a, sequence: 1, due: after(3_000), attempts: 0 },
        ],
        next: undefined,
      });
      expect(places((await scene.ledger.due(after(2_999))).rows)).toEqual(['sg-0#2', 'sg-1#1']);
      expect(places((await scene.ledger.due(after(999))).rows)).toEqual([]);
    });

    it('never is an entry that was appended without', async () => {
      await scene.ledger.append(TARGET, hint(), held('mode'));
      await scene.ledger.append(TARGET, undefined, FINE, after(0));
      await scene.ledger.append(TARGET, undefined, failed('refused'));
      expect(places((await scene.ledger.due(after(1e12))).rows)).toEqual([`${TARGET.id}#2`]);
    });

    it('names each target as it was given, however strange', async () => {
      for (const neighbour of NEIGHBOURS) await scene.ledger.append(neighbour, undefined, FINE, after(0));
      const { rows } = await allDue(scene.ledger, after(0));
      expect(rows).toHaveLength(NEIGHBOURS.length);
      for (const neighbour of NEIGHBOURS) {
        expect(rows).toContainEqual({ target: neighbour, sequence: 1, due: after(0), attempts: 0 });
      }
    });

    it('may be due at any time, long ago and far ahead', async () => {
      const times = [-8.64e15, Date.parse('0001-01-01T00:00:00Z'), -1, 0, 1, Date.parse('9999-12-31'), 8.64e15];
      const [first] = targets(1);
      for (const time of times) await scene.ledger.append(first!, undefined, FINE, new Date(time));
      expect((await scene.ledger.due(new Date(8.64e15))).rows.map(({ due }) => due.getTime())).toEqual(times);
    });
  });

  describe('pages of what is due', () => {
    const COUNT = 120;

    /** Many targets with one row each, of which seven at a time are due at once, also where a page ends. */
    async function appendMany(): Promise<void> {
      const all = targets(COUNT).map((target, index) => ({ target, due: after(Math.floor(index / 7) * 1_000) }));
      await Promise.all(all.map(({ target, due }) => scene.ledger.append(target, undefined, FINE, due)));
      await Promise.all(all.slice(0, 20).map(({ target }) => scene.ledger.append(target, undefined, FINE)));
    }

    it('show every row once, in order, also among equals, and end', async () => {
      await appendMany();
      const { rows, pages } = await allDue(scene.ledger, after(1e9));
      expect(new Set(places(rows)).size).toBe(COUNT);
      expect(rows).toHaveLength(COUNT);
      expect(pages).toBeGreaterThan(1);
      const times = rows.map(({ due }) => due.getTime());
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const some = await allDue(scene.ledger, after(5_000));
      expect(places(some.rows)).toEqual(places(rows.slice(0, 42)));
    });

    it('miss nothing where rows are done with between one page and the next', async () => {
      await appendMany();
      const first = await scene.ledger.due(after(1e9));
      for (const { target, sequence } of first.rows) {
        await scene.ledger.mark(target, sequence, { due: undefined, attempts: 1 });
      }
      const second = await scene.ledger.due(after(1e9), first.next);
      expect(new Set(places([...first.rows, ...second.rows])).size).toBe(COUNT);
      expect(second.next).toBeUndefined();
      // Asked again with an earlier end than the page begins behind.
      expect(await scene.ledger.due(after(-1), first.next)).toEqual({ rows: [], next: undefined });
    });

    it('are none behind what is no page', async () => {
      for (const page of ['', 'x', 'e30', 'W10', 'WzEsMl0', '"', '\u0000']) {
        await expect(scene.ledger.due(after(0), page)).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
      }
    });
  });

  describe('a mark', () => {
    it('moves when something is due, and counts how often it was tried', async () => {
      const other = await scene.ledger.append(TARGET, hint(), held('mode'), after(1_000));
      await scene.ledger.append(TARGET, undefined, failed('two'), after(2_000));
      await scene.ledger.mark(TARGET, 1, { due: after(5_000), attempts: 3 });
      expect(places((await scene.ledger.due(after(4_999))).rows)).toEqual([`${TARGET.id}#2`]);
      expect((await scene.ledger.due(after(5_000))).rows).toEqual([
        { target: TARGET, sequence: 2, due: after(2_000), attempts: 0 },
        { target: TARGET, sequence: 1, due: after(5_000), attempts: 3 },
      ]);
      expect(await scene.ledger.entry(TARGET, 1)).toEqual(other);
    });

    it('may bring it forward', async () => {
      await scene.ledger.append(TARGET, undefined, FINE, after(5_000));
      await scene.ledger.mark(TARGET, 1, { due: after(0), attempts: 1 });
      expect((await scene.ledger.due(after(0))).rows).toEqual([
        { target: TARGET, sequence: 1, due: after(0), attempts: 1 },
      ]);
    });

    it('without a time says that nothing is left to do, and the record keeps the entry and the attempts', async () => {
      const one = await scene.ledger.append(TARGET, undefined, failed('one'), after(0));
      await scene.ledger.append(TARGET, undefined, failed('two'), after(0));
      await scene.ledger.mark(TARGET, 1, { due: undefined, attempts: 2 });
      expect(places((await scene.ledger.due(after(1e12))).rows)).toEqual([`${TARGET.id}#2`]);
      expect(await scene.ledger.newest(TARGET, 1, 2)).toEqual([{ entry: one, mark: { due: undefined, attempts: 2 } }]);
      expect(await scene.ledger.entries(TARGET)).toHaveLength(2);
    });

    it('may say that again, and may say that something is left after all', async () => {
      await scene.ledger.append(TARGET, undefined, FINE);
      await scene.ledger.mark(TARGET, 1, { due: undefined, attempts: 1 });
      await scene.ledger.mark(TARGET, 1, { due: undefined, attempts: 1 });
      expect((await scene.ledger.due(after(1e12))).rows).toEqual([]);
      await scene.ledger.mark(TARGET, 1, { due: after(0), attempts: 2 });
      expect(places((await scene.ledger.due(after(0))).rows)).toEqual([`${TARGET.id}#1`]);
    });

    it('is each target its own: a mark for one is none for its neighbours', async () => {
      for (const target of [TARGET, ...NEIGHBOURS]) await scene.ledger.append(target, undefined, FINE, after(0));
      await scene.ledger.mark(TARGET, 1, { due: undefined, attempts: 1 });
      const { rows } = await allDue(scene.ledger, after(0));
      expect(rows).toHaveLength(NEIGHBOURS.length);
      expect(rows.every(({ attempts }) => attempts === 0)).toBe(true);
    });

    it('for an entry that is not there is refused, by its name', async () => {
      await scene.ledger.append(TARGET, undefined, failed('one'), after(0));
      for (const sequence of [2, 0, -1, 1.5, Number.NaN, Infinity]) {
        await expect(scene.ledger.mark(TARGET, sequence, { due: undefined, attempts: 1 })).rejects.toMatchObject({
          name: 'Fault',
          kind: 'malformed',
          message: expect.stringContaining(`${TARGET.id}#${String(sequence)}`) as string,
        });
      }
      await scene.ledger.append(TARGET, undefined, failed('two'), after(0));
      const { rows } = await scene.ledger.due(after(0));
      expect(rows.map(({ attempts }) => attempts)).toEqual([0, 0]);
    });

    it('for a target without entries is refused in one line, and makes none', async () => {
      const strange = { ...TARGET, id: `sg\n${'x'.repeat(5_000)}` };
      await expect(scene.ledger.mark(strange, 1, { due: after(0), attempts: 1 })).rejects.toMatchObject({
        kind: 'malformed',
        message: expect.stringMatching(/^[^\n]{1,400}$/) as string,
      });
      expect(await scene.ledger.entry(strange, 1)).toBeUndefined();
      expect((await scene.ledger.due(after(1e12))).rows).toEqual([]);
      expect((await scene.ledger.append(strange, undefined, FINE)).sequence).toBe(1);
    });
  });
}
