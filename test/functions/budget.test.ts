import { beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../functions/aws/listen.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import { batchOf, changed, fault, House, HTTPS, RDP, SSH } from './wiring.ts';

/** What one run may change at most holds whatever else fails in it: three changes here, two for each group. */
describe('the bound on the changes of one run', () => {
  let house: House;
  beforeEach(() => {
    house = new House({ ...LIMITS, changesPerFirewall: 20, changesPerRun: 3 });
    for (const number of [1, 2, 3]) house.add(number, [HTTPS, SSH, RDP]);
  });

  const ALL = batchOf(changed(1), changed(2), changed(3));

  function openRules(): number {
    return [1, 2, 3].reduce((sum, number) => sum + house.ruleCount(number), 0);
  }

  it('holds where all goes well', async () => {
    await listen(ALL, house.wiring);
    expect(9 - openRules()).toBe(2);
  });

  it('holds where outcomes cannot be announced', async () => {
    house.publisher.publish = () => Promise.reject(fault('unavailable', 'the bus does not answer'));
    await listen(ALL, house.wiring);
    expect(9 - openRules()).toBeLessThanOrEqual(3);
  });

  it('holds where the proof of a revert cannot be read', async () => {
    const { cloud } = house;
    const apply = cloud.apply.bind(cloud);
    cloud.apply = async (plan, before) => {
      const outcome = await apply(plan, before);
      cloud.failures.set(plan.target.id, fault('throttled'));
      return outcome;
    };
    await listen(ALL, house.wiring);
    expect(9 - openRules()).toBeLessThanOrEqual(3);
  });
});
