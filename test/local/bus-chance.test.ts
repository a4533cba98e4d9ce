import { describe, expect, it } from 'vitest';
import { seededChance, trueChance } from '../../local/chance.ts';

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const draws = (count: number, draw: () => unknown) => Array.from({ length: count }, draw);

describe('chance', () => {
  it('gives the same draws for the same seed, others for another, and others under another name', () => {
    const ids = (seed: number, name: string) => {
      const chance = seededChance(seed).fork(name);
      return draws(20, () => chance.uuid());
    };
    expect(ids(1, 'ids')).toEqual(ids(1, 'ids'));
    const all = [...ids(1, 'ids'), ...ids(2, 'ids'), ...ids(1, 'faults')];
    expect(new Set(all).size).toBe(60);
    for (const id of all) expect(id).toMatch(uuid4);
  });

  it('does not change a stream by draws from another', () => {
    const one = seededChance('seed');
    const expected = draws(5, () => one.next());
    const other = seededChance('seed');
    const fork = other.fork('faults');
    expect(
      draws(5, () => {
        fork.next();
        return other.next();
      }),
    ).toEqual(expected);
  });

  it('is spread evenly', () => {
    for (const seed of [0, 1, 2, 'a', 'b']) {
      const chance = seededChance(seed);
      const happened = draws(10_000, () => chance.happens(0.2)).filter(Boolean).length;
      expect(Math.abs(happened - 2_000)).toBeLessThan(200);
      const dice = draws(6_000, () => chance.between(1, 6));
      for (const side of [1, 2, 3, 4, 5, 6]) {
        expect(Math.abs(dice.filter((one) => one === side).length - 1_000)).toBeLessThan(150);
      }
      expect(new Set(dice).size).toBe(6);
      expect(draws(100, () => chance.happens(0))).not.toContain(true);
      expect(draws(100, () => chance.happens(1))).not.toContain(false);
    }
  });

  it('is true chance where no seed is given', () => {
    const chance = trueChance();
    expect(chance.uuid()).toMatch(uuid4);
    expect(chance.hex(17)).toMatch(/^[0-9a-f]{17}$/);
    expect(chance.hex(16)).not.toBe(trueChance().fork('x').hex(16));
  });
});
