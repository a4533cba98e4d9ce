import { beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../shared/grants/rows.ts';
import { after } from './samples.ts';
import type { Open, Store } from './samples.ts';

function row(key: string, text = 'one', forgetAt?: Date): Row {
  return { key, text, mac: `mac of ${text}`, forgetAt };
}

function byKey(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What every store of rows has to do. */
export function describeRows(open: Open): void {
  describe('rows', () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });

    it('are none at first', async () => {
      expect(await store.rows.all()).toEqual([]);
    });

    it('that are put are there, and replace what was under their key', async () => {
      await store.rows.put(row('pause', 'one', after(1_000)));
      await store.rows.put(row('grant/a'));
      await store.rows.put(row('pause', 'two'));
      expect(byKey(await store.rows.all())).toEqual([row('grant/a'), row('pause', 'two')]);
    });

    it('that are added never replace another', async () => {
      expect(await store.rows.add(row('grant/a', 'one', after(1_000)))).toBe(true);
      expect(await store.rows.add(row('grant/a', 'two'))).toBe(false);
      expect(await store.rows.all()).toEqual([row('grant/a', 'one', after(1_000))]);
      const added = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? store.rows : store.elsewhere).add(row('grant/b', String(index))),
        ),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      const winner = String(added.indexOf(true));
      expect(await store.rows.all()).toContainEqual(row('grant/b', winner));
    });

    it('that are removed are gone, and may be added again', async () => {
      await store.rows.add(row('grant/a'));
      await store.rows.add(row('grant/b'));
      expect(await store.rows.remove('grant/a')).toBe(true);
      expect(await store.rows.remove('grant/a')).toBe(false);
      expect(await store.rows.all()).toEqual([row('grant/b')]);
      expect(await store.rows.add(row('grant/a', 'two'))).toBe(true);
    });

    it('are seen elsewhere as soon as they are written', async () => {
      for (let index = 0; index < 10; index += 1) {
        await store.rows.add(row(`grant/${String(index)}`));
        expect(await store.elsewhere.all()).toHaveLength(index + 1);
        await store.elsewhere.put(row('pause', String(index)));
        expect(await store.rows.all()).toContainEqual(row('pause', String(index)));
        await store.elsewhere.remove('pause');
        expect(await store.rows.all()).toHaveLength(index + 1);
      }
    });

    it('have keys that are told apart as they are written', async () => {
      const keys = [
        'grant/',
        'grant/a',
        'grant/A',
        'grant/a ',
        'grant/a/',
        'a',
        "'",
        '%',
        '_',
        '*',
        'é',
        'e\u0301',
        '\ufffd',
        '__proto__',
        '\u{1f512}',
        'x'.repeat(1_024),
      ];
      for (const key of keys) expect(await store.rows.add(row(key, `of ${key}`)), key).toBe(true);
      expect(byKey(await store.rows.all())).toEqual(byKey(keys.map((key) => row(key, `of ${key}`))));
      for (const key of keys) expect(await store.rows.remove(key), key).toBe(true);
      expect(await store.rows.all()).toEqual([]);
    });

    it('hold long texts, and many of them', async () => {
      // More than the 1 MB that some stores give at a time.
      const texts = Array.from({ length: 6 }, (_, index) => String(index).repeat(300_000));
      for (const [index, text] of texts.entries()) await store.rows.add({ ...row(`grant/${String(index)}`), text });
      expect(byKey(await store.elsewhere.all()).map(({ text }) => text)).toEqual(texts);
    });
  });
}
