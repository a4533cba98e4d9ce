import { beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../shared/grants/rows.ts';
import type { Seal } from '../../shared/grants/seal.ts';
import { SignedOrders } from '../../shared/grants/signed.ts';
import { after, GRANT, newSeal, PAUSE } from './samples.ts';
import type { Open, Store } from './samples.ts';

const NOTHING = { grants: [], pause: undefined, rejected: [] };

/** What orders under a MAC do, whatever they are stored in. */
export function describeOrders(open: Open): void {
  describe('orders', () => {
    let store: Store;
    let seal: Seal;
    let orders: SignedOrders;

    beforeEach(async () => {
      store = await open();
      seal = await newSeal();
      orders = new SignedOrders(store.rows, seal);
    });

    async function rowOf(key: string): Promise<Row> {
      const row = (await store.rows.all()).find((one) => one.key === key);
      if (row === undefined) throw new Error(`there is no row \`${key}\``);
      return row;
    }

    it('stand until they are taken back, wherever they were given', async () => {
      const elsewhere = new SignedOrders(store.elsewhere, seal);
      expect(await orders.standing()).toEqual(NOTHING);
      const earlier = { ...GRANT, id: 'g-2', at: after(-1_000) };
      await orders.grant(GRANT);
      await elsewhere.grant(earlier);
      await orders.pause(PAUSE);
      for (const one of [orders, elsewhere]) {
        expect(await one.standing()).toEqual({ grants: [earlier, GRANT], pause: PAUSE, rejected: [] });
      }
      expect([await elsewhere.revoke('g-1'), await orders.revoke('g-1')]).toEqual([true, false]);
      expect([await elsewhere.resume(), await orders.resume()]).toEqual([true, false]);
      expect(await orders.standing()).toEqual({ ...NOTHING, grants: [earlier] });
    });

    it('of one id are one: a second grant is a conflict and the first stands', async () => {
      await orders.grant(GRANT);
      await expect(orders.grant({ ...GRANT, by: 'alex' })).rejects.toMatchObject({ name: 'Fault', kind: 'conflict' });
      expect((await orders.standing()).grants).toEqual([GRANT]);
      await orders.revoke(GRANT.id);
      await orders.grant({ ...GRANT, by: 'alex' });
      expect((await orders.standing()).grants).toEqual([{ ...GRANT, by: 'alex' }]);
    });

    it('may be paused again, for another reason', async () => {
      await orders.pause(PAUSE);
      await orders.pause({ ...PAUSE, why: 'another' });
      expect((await orders.standing()).pause).toEqual({ ...PAUSE, why: 'another' });
    });

    it('are kept long after they ended, and a pause is never forgotten', async () => {
      await orders.grant(GRANT);
      await orders.pause(PAUSE);
      expect((await rowOf('pause')).forgetAt).toBeUndefined();
      const { forgetAt } = await rowOf('grant/g-1');
      expect(forgetAt?.getTime()).toBeGreaterThan(GRANT.until.getTime() + 30 * 86_400_000);
    });

    it('that nobody gave cannot be revoked, however they are called', async () => {
      await orders.grant(GRANT);
      for (const id of ['', 'g-2', 'G-1', 'g-1 ', '\ud800', 'x'.repeat(5_000), '../pause', '%']) {
        expect(await orders.revoke(id), id).toBe(false);
      }
      expect((await orders.standing()).grants).toEqual([GRANT]);
    });

    it('of another key count for nothing', async () => {
      await orders.grant(GRANT);
      await orders.pause(PAUSE);
      const { grants, pause, rejected } = await new SignedOrders(store.rows, await newSeal()).standing();
      expect({ grants, pause }).toEqual({ grants: [], pause: undefined });
      expect(rejected.map(({ key }) => key).sort()).toEqual(['grant/g-1', 'pause']);
    });

    it.each<[string, (row: Row) => Row | Promise<Row>]>([
      ['for longer', (row) => ({ ...row, text: row.text.replace('10:00', '11:00') })],
      ['for more', (row) => ({ ...row, text: row.text.replace('198.51.100.7/32', '0.0.0.0/0') })],
      ['as another grant', (row) => ({ ...row, key: 'grant/g-3' })],
      ['as a pause', (row) => ({ ...row, key: 'pause' })],
      ['without a MAC', (row) => ({ ...row, mac: '' })],
      ['with half a MAC', (row) => ({ ...row, mac: row.mac.slice(0, 32) })],
      ['with more than a MAC', (row) => ({ ...row, mac: `${row.mac}00` })],
      ['cut off', (row) => ({ ...row, text: row.text.slice(0, -1) })],
      ['with nothing in it', (row) => ({ ...row, text: '' })],
      [
        'with the border between key and text moved',
        (row) => ({ ...row, key: `grant/g-1","${row.text.slice(0, 5)}`, text: row.text.slice(5) }),
      ],
    ])('that somebody wrote %s count for nothing, and are told of', async (_what, change) => {
      await orders.grant(GRANT);
      await orders.grant({ ...GRANT, id: 'g-2' });
      const row = await rowOf('grant/g-1');
      await orders.revoke('g-1');
      const forged = await change(row);
      await store.rows.put(forged);
      const standing = await orders.standing();
      expect({ grants: standing.grants, pause: standing.pause }).toEqual({
        grants: [{ ...GRANT, id: 'g-2' }],
        pause: undefined,
      });
      expect(standing.rejected).toEqual([{ key: forged.key, why: expect.stringContaining('MAC') as string }]);
    });

    it('that the key made but this version does not know count for nothing, and are told of', async () => {
      await orders.grant(GRANT);
      const { text } = await rowOf('grant/g-1');
      const texts: readonly (readonly [string, string])[] = [
        ['grant/g-1', text.replace('"version":1', '"version":2')],
        ['grant/g-2', text],
        ['grant/g-3', '{"version":1}'],
        ['pause', text],
        ['another', text],
      ];
      for (const [key, said] of texts) {
        await store.rows.put({
          key,
          text: said,
          mac: await seal.mac(JSON.stringify([key, said])),
          forgetAt: undefined,
        });
      }
      const { grants, pause, rejected } = await orders.standing();
      expect({ grants, pause }).toEqual({ grants: [], pause: undefined });
      expect(rejected.map(({ key }) => key).sort()).toEqual([
        'another',
        'grant/g-1',
        'grant/g-2',
        'grant/g-3',
        'pause',
      ]);
      for (const { why } of rejected) expect(why).toMatch(/newer/);
    });

    it('that were revoked count again where somebody puts the very row back, as the README says', async () => {
      await orders.grant(GRANT);
      const row = await rowOf('grant/g-1');
      await orders.revoke('g-1');
      await store.rows.put(row);
      expect((await orders.standing()).grants).toEqual([GRANT]);
    });
  });
}
