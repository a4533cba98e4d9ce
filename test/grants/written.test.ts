import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryRows } from '../../shared/grants/memory.ts';
import { SignedOrders } from '../../shared/grants/signed.ts';
import { grantIn, grantText, pauseIn, pauseText } from '../../shared/grants/written.ts';
import { anyGrant, anyPause, GRANT, newSeal, PAUSE } from './samples.ts';
import '../seed.ts';

describe('an order as text', () => {
  it('is the same order when it is read', () => {
    fc.assert(
      fc.property(anyGrant, (grant) => {
        expect(grantIn(grantText(grant))).toEqual(grant);
      }),
    );
    fc.assert(
      fc.property(anyPause, (pause) => {
        expect(pauseIn(pauseText(pause))).toEqual(pause);
      }),
    );
  });

  it('is stored whole, whatever stands in it', async () => {
    const seal = await newSeal();
    await fc.assert(
      fc.asyncProperty(anyGrant, anyPause, async (grant, pause) => {
        const orders = new SignedOrders(new MemoryRows(), seal);
        await orders.grant(grant);
        await orders.pause(pause);
        expect(await orders.standing()).toEqual({ grants: [grant], pause, rejected: [] });
      }),
    );
  });

  it.each<[string, (order: Record<string, unknown>) => unknown]>([
    ['of a newer version', (order) => ({ ...order, version: 2 })],
    ['of no version', (order) => ({ ...order, version: undefined })],
    ['with something that this version does not know', (order) => ({ ...order, firm: true })],
    ['that never ends', (order) => ({ ...order, until: undefined })],
    [
      'with traffic that this version does not know',
      (order) => ({ ...order, egress: [{ protocol: 'tcp', peer: 'a', vlan: 7 }] }),
    ],
    [
      'with ports that are none',
      (order) => ({ ...order, egress: [{ protocol: 'tcp', peer: 'a', ports: [0, 65_536] }] }),
    ],
    ['with a time that is none', (order) => ({ ...order, at: 'yesterday' })],
    ['that is a list', (order) => [order]],
  ])('%s is none', (_what, change) => {
    const order = JSON.parse(grantText(GRANT)) as Record<string, unknown>;
    expect(grantIn(JSON.stringify(order))).toEqual(GRANT);
    expect(grantIn(JSON.stringify(change(order)))).toBeUndefined();
  });

  it('that is no JSON, or another order, is none', () => {
    expect(grantIn(grantText(GRANT).slice(0, -1))).toBeUndefined();
    expect(grantIn(pauseText(PAUSE))).toBeUndefined();
    expect(pauseIn(grantText(GRANT))).toBeUndefined();
    expect(pauseIn('')).toBeUndefined();
  });
});

describe('one character of a row that is another one', () => {
  const CHANGED = ['key', 'text', 'mac'] as const;

  /** Anything but what is there: other characters, and the same one in the other case. */
  const edit = fc.record({
    of: fc.constantFrom(...CHANGED),
    at: fc.nat(),
    how: fc.constantFrom('case', 'replace', 'insert', 'delete'),
    character: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
  });

  function edited(text: string, { at, how, character }: typeof edit extends fc.Arbitrary<infer T> ? T : never): string {
    const index = at % text.length;
    const [head, own, tail] = [text.slice(0, index), text.charAt(index), text.slice(index + 1)];
    if (how === 'insert') return `${head}${character}${own}${tail}`;
    if (how === 'delete') return `${head}${tail}`;
    const other = own === own.toUpperCase() ? own.toLowerCase() : own.toUpperCase();
    return `${head}${how === 'case' ? other : character}${tail}`;
  }

  it('makes it worth nothing', async () => {
    const seal = await newSeal();
    await fc.assert(
      fc.asyncProperty(anyGrant, anyPause, fc.boolean(), edit, async (grant, pause, ofPause, one) => {
        const rows = new MemoryRows();
        const orders = new SignedOrders(rows, seal);
        await (ofPause ? orders.pause(pause) : orders.grant(grant));
        const [row] = await rows.all();
        const changed = { ...row!, [one.of]: edited(row![one.of], one) };
        fc.pre(changed[one.of] !== row![one.of]);
        await rows.remove(row!.key);
        await rows.put(changed);
        expect(await orders.standing()).toEqual({
          grants: [],
          pause: undefined,
          rejected: [{ key: changed.key, why: expect.stringContaining('MAC') as string }],
        });
      }),
      { numRuns: 150 },
    );
  });
});
