import { beforeEach, describe, expect, it } from 'vitest';
import { newRun } from '../../shared/app/settle.ts';
import { sweepPart } from '../../shared/app/sweep-part.ts';
import type { PartSwept } from '../../shared/app/sweep-part.ts';
import { fault, groupId, House, HTTPS, RDP, SSH, targetOf } from '../functions/wiring.ts';

// What a part of a sweep does to firewalls and ledger.

let house: House;
beforeEach(() => {
  house = new House();
});

function part(...numbers: readonly number[]): Promise<PartSwept> {
  const stops = numbers.map((number) => ({ target: targetOf(number), owed: [] }));
  return sweepPart({ stops }, newRun(house.clock), house.wiring.reconcile);
}

describe('a part of a sweep', () => {
  it('of firewalls that are right costs no run, and leaves no line', async () => {
    for (const number of [1, 2, 3]) house.add(number, [HTTPS]);
    expect(await part(1, 2, 3)).toEqual({ looked: 3, reconciled: 0, unseen: new Map() });
    expect(house.cloud.reads).toEqual([]);
    expect(await house.kinds(1)).toEqual([]);
  });

  it('reverts drift that no event has told of', async () => {
    house.add(1, [HTTPS]);
    house.add(2, [HTTPS, SSH]);
    expect(await part(1, 2)).toMatchObject({ looked: 2, reconciled: 1 });
    expect(house.rules(2)).toEqual(house.rules(1));
    expect(await house.kinds(2)).toEqual(['intended', 'reverted']);
    expect((await house.ledger.entries(targetOf(2))).map(({ hint }) => hint)).toEqual([undefined, undefined]);
    expect(house.publisher.notices).toEqual([{ kind: 'reverted', target: targetOf(2), sequence: 2 }]);
  });

  it('records what is held once, and not again at each sweep', async () => {
    house = new House({ ...house.wiring.reconcile.limits, paused: 'paused' });
    house.add(1, [HTTPS, SSH]);
    expect(await part(1)).toMatchObject({ reconciled: 1 });
    house.nowMs += 900_000;
    expect(await part(1)).toMatchObject({ reconciled: 0 });
    expect(await house.kinds(1)).toEqual(['held']);
    expect(house.publisher.notices).toHaveLength(1);
  });

  it('records one that was fixed by hand as fine, and one that is gone as gone, once', async () => {
    house = new House({ ...house.wiring.reconcile.limits, paused: 'paused' });
    house.add(1, [HTTPS, SSH]);
    house.add(2, [HTTPS, SSH]);
    await part(1, 2);
    house.add(1, [HTTPS]);
    house.cloud.firewalls.delete(groupId(2));
    for (let sweeps = 0; sweeps < 3; sweeps += 1) await part(1, 2);
    expect(await house.kinds(1)).toEqual(['held', 'fine']);
    expect(await house.kinds(2)).toEqual(['held', 'gone']);
  });

  it('does the others where one fails, and says which', async () => {
    for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH]);
    house.cloud.failures.set(groupId(2), fault('unavailable'));
    const { looked, reconciled, unseen } = await part(1, 2, 3);
    expect([looked, reconciled]).toEqual([2, 2]);
    expect([...unseen.keys()].map(({ target }) => target.id)).toEqual([groupId(2)]);
    expect([house.ruleCount(1), house.ruleCount(2), house.ruleCount(3)]).toEqual([1, 2, 1]);
  });

  it('does the others where the ledger fails one', async () => {
    for (const number of [1, 2]) house.add(number, [HTTPS, SSH]);
    const newest = house.ledger.newest.bind(house.ledger);
    house.ledger.newest = (target, ...more) =>
      target.id === groupId(1) ? Promise.reject(fault('malformed', 'not what was appended')) : newest(target, ...more);
    const { unseen } = await part(1, 2);
    expect(unseen.size).toBe(1);
    expect(house.ruleCount(2)).toBe(1);
  });

  it('stops where the cloud throttles a run: the rest is not seen, and nothing is read for it', async () => {
    for (const number of [1, 2, 3, 4]) house.add(number, [HTTPS, SSH]);
    const { cloud } = house;
    const read = cloud.read.bind(cloud);
    cloud.read = (target) => (target.id === groupId(2) ? Promise.reject(fault('throttled')) : read(target));
    const { unseen, looked } = await part(1, 2, 3, 4);
    expect(looked).toBe(1);
    expect([...unseen.values()]).toEqual(
      [2, 3, 4].map(() => expect.objectContaining({ kind: 'throttled' }) as unknown),
    );
    expect(cloud.reads).not.toContain(groupId(3));
  });

  it('fails whole where the reads of many are throttled, and nothing is touched', async () => {
    house.add(1, [HTTPS, SSH]);
    house.cloud.readAll = () => Promise.reject(fault('throttled'));
    await expect(part(1)).rejects.toMatchObject({ kind: 'throttled' });
    expect(house.ruleCount(1)).toBe(2);
  });

  it.each(['forbidden', 'unsupported'] as const)(
    'where it may read none (%s) records that of each, once',
    async (kind) => {
      for (const number of [1, 2]) {
        house.add(number, [HTTPS, SSH]);
        house.cloud.failures.set(groupId(number), fault(kind, 'no right to describe'));
      }
      house.cloud.readAll = () => Promise.reject(fault(kind, 'no right to describe'));
      expect(await part(1, 2)).toMatchObject({ looked: 2, unseen: new Map() });
      await part(1, 2);
      expect(await house.kinds(1)).toEqual(['unreadable']);
      expect(await house.kinds(2)).toEqual(['unreadable']);
      expect(house.publisher.notices).toHaveLength(2);
    },
  );

  it('where it may not read one of many records that of this one', async () => {
    for (const number of [1, 2]) house.add(number, [HTTPS]);
    house.cloud.failures.set(groupId(1), fault('forbidden', 'it belongs to another account'));
    expect(await part(1, 2)).toMatchObject({ looked: 2, reconciled: 1 });
    expect(await house.kinds(1)).toEqual(['unreadable']);
    expect(await house.kinds(2)).toEqual([]);
  });

  it('is done where it is empty', async () => {
    expect(await part()).toEqual({ looked: 0, reconciled: 0, unseen: new Map() });
  });

  it('names one firewall twice without harm', async () => {
    house.add(1, [HTTPS, SSH]);
    await part(1, 1);
    expect(await house.kinds(1)).toEqual(['intended', 'reverted']);
    expect(house.cloud.writes).toHaveLength(1);
  });

  it('counts the changes of all its runs together', async () => {
    house = new House({ ...house.wiring.reconcile.limits, changesPerRun: 3 });
    for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH, RDP]);
    await part(1, 2, 3);
    expect([1, 2, 3].map((number) => house.ruleCount(number))).toEqual([1, 3, 3]);
    await part(1, 2, 3);
    await part(1, 2, 3);
    expect([1, 2, 3].map((number) => house.ruleCount(number))).toEqual([1, 1, 1]);
  });
});
