import { beforeEach, describe, expect, it } from 'vitest';
import type { Kept } from '../../shared/ledger/contract.ts';
import { after, failed, FINE, NEIGHBOURS, sceneOf, TARGET } from './samples.ts';
import type { Open, Scene } from './samples.ts';

function sequences(kept: readonly Kept[]): readonly number[] {
  return kept.map(({ entry }) => entry.sequence);
}

export function describeNewest(open: Open): void {
  describe('the newest entries', () => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await sceneOf(open);
    });

    async function newest(limit: number, before?: number): Promise<readonly number[]> {
      return sequences(await scene.ledger.newest(TARGET, limit, before));
    }

    async function appendSix(): Promise<void> {
      for (let index = 1; index <= 6; index += 1) await scene.ledger.append(TARGET, undefined, failed(String(index)));
    }

    it('come newest first, as many as are asked for', async () => {
      await appendSix();
      expect(await newest(3)).toEqual([6, 5, 4]);
      expect(await newest(1)).toEqual([6]);
      expect(await newest(6)).toEqual([6, 5, 4, 3, 2, 1]);
      for (const limit of [7, 1_000_000, 1e300, Infinity]) expect(await newest(limit), String(limit)).toHaveLength(6);
      for (const limit of [0, -1, -Infinity, Number.NaN]) expect(await newest(limit), String(limit)).toEqual([]);
    });

    it('go on before a sequence, down to the first', async () => {
      await appendSix();
      expect(await newest(3, 5)).toEqual([4, 3, 2]);
      expect(await newest(3, 3)).toEqual([2, 1]);
      expect(await newest(3, 2)).toEqual([1]);
      expect(await newest(3, 4.5)).toEqual([4, 3, 2]);
      for (const before of [7, 1_000, 1e300, Infinity])
        expect(await newest(3, before), String(before)).toEqual([6, 5, 4]);
      for (const before of [1, 0, -5, 0.5, Number.NaN, -Infinity])
        expect(await newest(3, before), String(before)).toEqual([]);
    });

    it('are whole, each with its own mark', async () => {
      const first = await scene.ledger.append(TARGET, undefined, failed('first'), after(1_000));
      const second = await scene.ledger.append(TARGET, undefined, failed('second'), after(2_000));
      const third = await scene.ledger.append(TARGET, undefined, FINE);
      await scene.ledger.mark(TARGET, 2, { due: after(3_000), attempts: 4 });
      expect(await scene.ledger.newest(TARGET, 3)).toEqual([
        { entry: third, mark: { due: undefined, attempts: 0 } },
        { entry: second, mark: { due: after(3_000), attempts: 4 } },
        { entry: first, mark: { due: after(1_000), attempts: 0 } },
      ]);
    });

    it('are those of one target', async () => {
      for (const neighbour of NEIGHBOURS) await scene.ledger.append(neighbour, undefined, FINE);
      expect(await newest(100)).toEqual([]);
      await scene.ledger.append(TARGET, undefined, FINE);
      expect(await newest(100)).toEqual([1]);
    });
  });
}
