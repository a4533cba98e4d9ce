import { beforeEach, describe, expect, it } from 'vitest';
import type { Lease } from '../../shared/ledger/contract.ts';
import { after, sceneOf, START } from './samples.ts';
import type { Open, Scene } from './samples.ts';

export function describeLeases(open: Open): void {
  describe('a lease', () => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await sceneOf(open);
    });

    async function taken(key: string, forMs: number): Promise<Lease> {
      const leased = await scene.ledger.lease(key, forMs);
      if (leased.kind === 'leased') return leased.lease;
      throw new Error(`\`${key}\` is held until ${leased.until.toISOString()}`);
    }

    /** Asks in vain. */
    async function heldUntil(key: string, forMs = 90_000): Promise<Date | undefined> {
      const leased = await scene.ledger.lease(key, forMs);
      return leased.kind === 'held' ? leased.until : undefined;
    }

    it('is held by one worker only, however many ask at once', async () => {
      const asked = await Promise.all(Array.from({ length: 20 }, () => scene.ledger.lease('a', 90_000)));
      const given = asked.filter(({ kind }) => kind === 'leased');
      expect(given).toHaveLength(1);
      expect(given[0]).toMatchObject({ lease: { key: 'a' } });
      for (const one of asked) expect(one).toSatisfy(({ kind }) => kind === 'leased' || kind === 'held');
      expect(asked.filter(({ kind }) => kind === 'held')).toEqual(
        Array.from({ length: 19 }, () => ({ kind: 'held', until: after(90_000) })),
      );
    });

    it('of one key blocks no other', async () => {
      const strange = ['\u0000', '\ud800', '\ud801', '\ufffd', '"', '\\', 'x'.repeat(5_000), `${'x'.repeat(4_999)}y`];
      const keys = ['a', 'A', 'a ', 'aa', '', 'a/b', 'a#1', '__proto__', 'constructor', 'toString', '🔒', ...strange];
      for (const key of keys) expect(await taken(key, 90_000), key).toMatchObject({ key });
      for (const key of keys) expect(await heldUntil(key), key).toEqual(after(90_000));
    });

    it('says until when it is held, and goes on saying so', async () => {
      await taken('a', 90_000);
      scene.time.atMs = START + 60_000;
      expect(await heldUntil('a', 1_000)).toEqual(after(90_000));
      expect(await heldUntil('a', 900_000)).toEqual(after(90_000));
    });

    it('is free again once it was given back, and goes to a new holder', async () => {
      const first = await taken('a', 90_000);
      await scene.ledger.release(first);
      const second = await taken('a', 60_000);
      expect(second.holder).not.toBe(first.holder);
      expect(await heldUntil('a')).toEqual(after(60_000));
    });

    it('runs out after its time and not before, so that a dead worker blocks nobody', async () => {
      await taken('a', 90_000);
      scene.time.atMs = START + 89_999;
      expect(await heldUntil('a')).toEqual(after(90_000));
      scene.time.atMs = START + 90_000;
      await taken('a', 90_000);
      expect(await heldUntil('a')).toEqual(after(180_000));
    });

    it('goes to one worker only once it ran out, however many wait for it', async () => {
      await taken('a', 1_000);
      scene.time.atMs = START + 1_001;
      const asked = await Promise.all(Array.from({ length: 20 }, () => scene.ledger.lease('a', 90_000)));
      expect(asked.filter(({ kind }) => kind === 'leased')).toHaveLength(1);
    });

    it('is not made longer by others who ask for it in vain', async () => {
      await taken('a', 1_000);
      scene.time.atMs = START + 500;
      expect(await heldUntil('a', 90_000)).toEqual(after(1_000));
      scene.time.atMs = START + 1_001;
      await taken('a', 1_000);
    });

    it('stays with the new holder when the former one gives back what ran out', async () => {
      const former = await taken('a', 1_000);
      scene.time.atMs = START + 1_001;
      await taken('a', 90_000);
      await scene.ledger.release(former);
      expect(await heldUntil('a')).toEqual(after(91_001));
    });

    it('given back twice frees no later holder', async () => {
      const first = await taken('a', 90_000);
      await scene.ledger.release(first);
      const second = await taken('a', 90_000);
      await scene.ledger.release(first);
      expect(await heldUntil('a')).toBeDefined();
      await scene.ledger.release(second);
      await taken('a', 90_000);
    });

    it('of a key that nobody holds is given back without harm', async () => {
      await scene.ledger.release({ key: 'never leased', holder: 'nobody' });
      await taken('never leased', 90_000);
    });

    it('is freed by its holder only, not by whoever knows the key', async () => {
      const { holder } = await taken('a', 90_000);
      await scene.ledger.release({ key: 'a', holder: '' });
      await scene.ledger.release({ key: 'a', holder: `${holder}x` });
      await scene.ledger.release({ key: 'b', holder });
      expect(await heldUntil('a')).toEqual(after(90_000));
    });

    it('answers with a date of its own', async () => {
      await taken('a', 90_000);
      (await heldUntil('a'))?.setTime(0);
      expect(await heldUntil('a')).toEqual(after(90_000));
    });
  });
}
