import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Table } from '../../local/ec2/table.ts';

interface Row {
  readonly id: string;
  readonly sequence: number;
  readonly value: number;
}

const steps = fc.array(
  fc.record({ kind: fc.constantFrom('add', 'add', 'set', 'remove'), at: fc.nat(400), value: fc.nat() }),
  { maxLength: 400 },
);

test('a table is what a map would be, in order, and no change is seen in an older one', () => {
  fc.assert(
    fc.property(fc.nat(300), steps, (size, changes) => {
      const row = (sequence: number, value: number): Row => ({ id: `sg-${sequence.toString(16)}`, sequence, value });
      let sequence = size;
      const rows = Array.from({ length: size }, (_, index) => row(index + 1, 0));
      const map = new Map(rows.map((one) => [one.id, one]));
      const first = Table.of(rows.toReversed());
      let table = first;
      for (const { kind, at, value } of changes) {
        const known = [...map.values()][at % Math.max(1, map.size)];
        const next = kind === 'add' || known === undefined ? row(++sequence, value) : { ...known, value };
        if (kind === 'remove' && known !== undefined) {
          map.delete(known.id);
          table = table.without(known.id);
        } else {
          map.set(next.id, next);
          table = table.with(next);
        }
      }
      expect([...table]).toEqual([...map.values()]);
      expect(table.size).toBe(map.size);
      for (const one of map.values()) expect(table.get(one.id)).toBe(one);
      expect(table.get('sg-none')).toBeUndefined();
      const half = Math.trunc(sequence / 2);
      expect([...table.values(half)]).toEqual([...map.values()].filter((one) => one.sequence > half));
      expect([...first]).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});
