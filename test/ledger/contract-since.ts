import { beforeEach, describe, expect, it } from 'vitest';
import type { Kept } from '../../shared/ledger/contract.ts';
import {
  after,
  allSince,
  failed,
  FINE,
  hint,
  intended,
  NEIGHBOURS,
  rules,
  sceneOf,
  TARGET,
  targets,
} from './samples.ts';
import type { Open, Scene } from './samples.ts';

/** Says of each entry where it is; a look back has no stated order. */
function placesOf(entries: readonly Kept[]): readonly string[] {
  return entries.map(({ entry }) => `${entry.target.id}#${String(entry.sequence)}`).sort();
}

export function describeSince(open: Open): void {
  describe('a look back', () => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await sceneOf(open);
    });

    async function appendAt(ms: number, id: string): Promise<void> {
      scene.time.atMs = after(ms).getTime();
      await scene.ledger.append({ ...TARGET, id }, undefined, FINE);
    }

    it('shows what was appended then and later, over all targets', async () => {
      // Clocks of several writers differ, so a later entry may be of an earlier time.
      for (const [index, ms] of [1_000, 3_000, 2_000, 2_000].entries()) await appendAt(ms, `sg-${String(index % 2)}`);
      expect(placesOf((await allSince(scene.ledger, after(1_000))).entries)).toEqual([
        'sg-0#1',
        'sg-0#2',
        'sg-1#1',
        'sg-1#2',
      ]);
      expect(placesOf((await allSince(scene.ledger, after(1_001))).entries)).toEqual(['sg-0#2', 'sg-1#1', 'sg-1#2']);
      expect(placesOf((await allSince(scene.ledger, after(2_001))).entries)).toEqual(['sg-1#1']);
      expect(await allSince(scene.ledger, after(3_001))).toMatchObject({ entries: [], damaged: [] });
    });

    it('shows entries whole, each with its own mark, and nothing but entries', async () => {
      const first = await scene.ledger.append(TARGET, hint(), intended(rules(1_000)), after(1_000));
      const second = await scene.ledger.append(TARGET, undefined, failed('second'), after(2_000));
      await scene.ledger.mark(TARGET, 2, { due: undefined, attempts: 4 });
      await scene.ledger.lease('a', 90_000);
      const { entries, damaged } = await allSince(scene.ledger, after(0));
      expect(entries).toHaveLength(2);
      expect(entries).toContainEqual({ entry: first, mark: { due: after(1_000), attempts: 0 } });
      expect(entries).toContainEqual({ entry: second, mark: { due: undefined, attempts: 4 } });
      expect(damaged).toEqual([]);
    });

    it('shows each once over pages, whatever is appended meanwhile', async () => {
      // Pages end at a number of entries or at their size: big ones among many small ones make both.
      const big = intended(rules(110));
      const all = targets(5).map(({ id }) => ({ ...TARGET, id }));
      await Promise.all(
        all.map(async (target) => {
          for (let index = 0; index < 30; index += 1)
            await scene.ledger.append(target, undefined, index < 14 ? big : FINE);
        }),
      );
      const first = await scene.ledger.since(after(0));
      expect(first.next).toBeDefined();
      scene.time.atMs += 1_000;
      await scene.ledger.append(all[0]!, undefined, FINE);
      await scene.ledger.append({ ...TARGET, id: 'another' }, undefined, FINE);
      const rest = await allSince(scene.ledger, after(0), first.next);
      const places = placesOf([...first.entries, ...rest.entries]);
      expect(new Set(places).size).toBe(places.length);
      const before = all.flatMap(({ id }) => Array.from({ length: 30 }, (_, index) => `${id}#${String(index + 1)}`));
      expect(places).toEqual(expect.arrayContaining(before));
      expect(places.length).toBeLessThanOrEqual(before.length + 2);
    });

    it('names each target as it was given, however strange', async () => {
      for (const neighbour of NEIGHBOURS) await scene.ledger.append(neighbour, undefined, FINE);
      const { entries } = await allSince(scene.ledger, after(0));
      expect(entries).toHaveLength(NEIGHBOURS.length);
      const found = entries.map(({ entry }) => entry.target);
      for (const neighbour of NEIGHBOURS) expect(found).toContainEqual(neighbour);
    });

    it('is none behind what is no page', async () => {
      for (const page of ['', 'x', 'e30', 'W10', 'WzFd', '"', '\u0000']) {
        await expect(scene.ledger.since(after(0), page)).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
      }
    });
  });
}
