import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { savedGroupsOf } from '../../shared/clouds/aws/retrace-saved.ts';
import { openingOf } from '../../shared/clouds/aws/retrace-opening.ts';
import { Retrace } from '../../shared/clouds/aws/retrace.ts';
import type { Saved } from '../../shared/clouds/aws/retrace.ts';
import {
  after,
  call,
  close,
  closeById,
  GROUP,
  modify,
  open,
  RULE,
  rulesAfter,
  rulesIn,
  show,
  steps,
  target,
} from './retrace-story.ts';
import type { Json } from './retrace-story.ts';

/** The rules of a group in reality: port by id. All are of tcp from anywhere. */
type World = ReadonlyMap<string, number>;

interface Deed {
  readonly kind: 'open' | 'close' | 'close by id' | 'modify' | 'tag' | 'untag';
  readonly port: number;
  readonly pick: number;
}

const ANYONE = '0.0.0.0/0';
const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('open', 'close', 'close by id', 'modify', 'tag', 'untag'),
  port: fc.integer({ min: 1, max: 5 }),
  pick: fc.nat(9),
});

function idOf(number: number): string {
  return `sgr-${number.toString(16).padStart(17, '0')}`;
}

function saved(world: World, tags: ReadonlyMap<string, string>): Saved {
  const rules = [...world].map(([id, port]) => ({
    SecurityGroupRuleId: id,
    GroupId: GROUP,
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIpv4: ANYONE,
  }));
  const Tags = [...tags].map(([Key, Value]) => ({ Key, Value }));
  const groups = [{ GroupId: GROUP, GroupName: 'web', VpcId: 'vpc-0123456789abcdef0', Tags }];
  return { groups: savedGroupsOf({ groups, rules }, [target()]), ranges: new Map() };
}

interface Moment {
  readonly world: World;
  readonly tags: ReadonlyMap<string, string>;
}

/** What really happens, one second after another: the calls, and the group before and after each of them. */
function history(first: World, deeds: readonly Deed[]): { calls: readonly Json[]; moments: readonly Moment[] } {
  const calls: Json[] = [];
  const moments: Moment[] = [{ world: first, tags: new Map([['a', 'old']]) }];
  let count = 100;
  for (const { kind, port, pick } of deeds) {
    const { world, tags } = moments.at(-1)!;
    const second = calls.length + 1;
    const ids = [...world.keys()];
    const id = ids[pick % Math.max(ids.length, 1)];
    const isFree = ![...world.values()].includes(port);
    const next = new Map(world);
    const nextTags = new Map(tags);
    const tagged = { resourcesSet: { items: [{ resourceId: GROUP }] } };
    if (kind === 'tag' || kind === 'untag') {
      const key = pick % 2 === 0 ? 'a' : 'b';
      const value = `value ${String(second)}`;
      if (kind === 'tag') nextTags.set(key, value);
      else nextTags.delete(key);
      const item = kind === 'tag' ? { key, value } : { key };
      calls.push(call(second, kind === 'tag' ? 'CreateTags' : 'DeleteTags', { ...tagged, tagSet: { items: [item] } }));
    } else if (kind === 'open' && isFree) {
      count += 1;
      next.set(idOf(count), port);
      calls.push(open(second, port, ANYONE, idOf(count)));
    } else if (id === undefined) continue;
    else if (kind === 'modify' && isFree) {
      next.set(id, port);
      calls.push(modify(second, id, port, ANYONE));
    } else if (kind === 'close by id') {
      next.delete(id);
      calls.push(closeById(second, id));
    } else {
      const closed = world.get(id)!;
      next.delete(id);
      calls.push(close(second, closed, ANYONE));
    }
    moments.push({ world: next, tags: nextTags });
  }
  return { calls, moments };
}

function texts(world: World): readonly string[] {
  return [...world].map(([id, port]) => `${id}: tcp/${String(port)} from 0.0.0.0/0`).toSorted();
}

describe('what is not among the events', () => {
  test('law: whenever it was saved, what is shown is true, what is missing is named, and the end is right', () => {
    const worlds = fc
      .uniqueArray(fc.integer({ min: 1, max: 5 }))
      .map((ports): World => new Map(ports.map((port) => [idOf(port), port])));
    fc.assert(
      fc.property(worlds, fc.array(deed, { maxLength: 14 }), fc.nat(14), (first, deeds, when) => {
        const { calls, moments } = history(first, deeds);
        const moment = moments[when % moments.length]!;
        const all = steps(calls);
        expect(all).toHaveLength(calls.length);
        const retrace = new Retrace(all, saved(moment.world, moment.tags));
        for (const [index, { world }] of moments.entries()) {
          const shown = show(retrace);
          const truth = texts(world);
          const isTold = (text: string): boolean => shown.unknown.gaps.some((gap) => gap.includes(text.split(':')[0]!));
          const strip = (text: string): string => text.replace(/^sgr-\w+: /, '');
          const seen = new Set(rulesIn(shown).map(strip));
          expect([...seen].filter((text) => !truth.map(strip).includes(text))).toEqual([]);
          expect(truth.filter((text) => !seen.has(strip(text)) && !isTold(text))).toEqual([]);
          const step = all[index];
          if (step !== undefined) retrace.follow(step, undefined);
        }
        const end = moments.at(-1)!;
        expect(
          rulesIn(show(retrace))
            .map((text) => text.replace(/^sgr-\w+: /, ''))
            .toSorted(),
        ).toEqual(
          texts(end.world)
            .map((text) => text.replace(/^sgr-\w+: /, ''))
            .toSorted(),
        );
        expect(show(retrace).firewall.tags).toEqual(Object.fromEntries(end.tags));
        expect(show(retrace).firewall.unread).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('without anything saved: what was closed was there, and all else is unknown', () => {
    const opening = openingOf(steps([close(1, 22, ANYONE), closeById(2, RULE), modify(3, 'sgr-1', 80, ANYONE)]), []);
    expect(opening).toMatchObject([{ name: undefined, tags: undefined, network: undefined, isWhole: false }]);
    expect(opening[0]?.rules.map(({ key }) => key)).toEqual([expect.stringMatching(/^ingress /)]);
    expect(opening[0]?.gaps).toEqual([
      `what \`${RULE}\` let through until 2026-11-02T08:00:02Z, when it was revoked by its id alone`,
      'what `sgr-1` let through until 2026-11-02T08:00:03Z, when it was modified',
    ]);
  });

  test('a group that is made among the events was not there before, whatever was saved later', () => {
    const made = call(5, 'CreateSecurityGroup', { groupName: 'web' }, { groupId: GROUP });
    expect(openingOf(steps([made]), saved(new Map([[RULE, 22]]), new Map()).groups)).toEqual([]);
    expect(rulesAfter([made], saved(new Map([[RULE, 22]]), new Map()))).toEqual(['any to 0.0.0.0/0']);
  });

  test('a name that a call says beside the id is known from then on', () => {
    const byName = call(
      1,
      'AuthorizeSecurityGroupIngress',
      { groupName: 'web', ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: ANYONE },
      {
        securityGroupRuleSet: {
          items: [
            {
              groupId: GROUP,
              securityGroupRuleId: RULE,
              ipProtocol: 'tcp',
              fromPort: 22,
              toPort: 22,
              cidrIpv4: ANYONE,
              isEgress: false,
            },
          ],
        },
      },
    );
    const closed = call(2, 'RevokeSecurityGroupIngress', {
      groupName: 'web',
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: ANYONE,
    });
    expect(rulesAfter([byName, closed])).toEqual([]);
    expect(show(after([byName])).unknown).toMatchObject({ name: false, tags: true, network: true, rules: true });
  });

  test('groups without rows are as their own answer shows them', () => {
    const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: ANYONE }] };
    const pair = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: GROUP, UserId: '111122223333' }] };
    const answer = { GroupId: GROUP, GroupName: 'web', IpPermissions: [permission], IpPermissionsEgress: [pair] };
    const groups = savedGroupsOf({ groups: [answer], rules: [] }, [target()]);
    expect(rulesAfter([], { groups })).toEqual([`any to sg:${GROUP}`, 'tcp/22 from 0.0.0.0/0']);
    expect(rulesAfter([close(1, 22, ANYONE)], { groups })).toEqual([`any to sg:${GROUP}`]);
  });
});
