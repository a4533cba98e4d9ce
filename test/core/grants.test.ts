import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceptionOf, liveFor, untilOf } from '../../shared/core/grants.ts';
import type { Grant, GrantCause } from '../../shared/core/model/grant.ts';
import type { Guard } from '../../shared/core/model/guard.ts';
import { UNSTATED_GUARD } from '../../shared/core/model/guard.ts';
import type { TrafficRecord } from '../../shared/core/model/record.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { packetsOf } from '../oracle/corners.ts';
import { familyOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainClause, PlainException, PlainService } from '../oracle/plain-case.ts';
import { prohibitionsOf } from '../oracle/prohibited.ts';
import { plainCase } from './arbitraries.ts';
import { firewallOf, nameOf, NOW, policySetOf, TARGET } from './core-case.ts';
import { CORE } from './core-modules.ts';
import { DIRECTIONS, trafficHolds } from './judged.ts';
import '../seed.ts';

const HOUR_MS = 3_600_000;
const OTHERS: readonly Target[] = [
  { ...TARGET, cloud: 'azure' },
  { ...TARGET, account: '444455556666' },
  { ...TARGET, region: 'us-east-2' },
  { ...TARGET, id: 'sg-0fedcba9876543210' },
];

function hoursFromNow(hours: number): Date {
  return new Date(NOW.getTime() + hours * HOUR_MS);
}

const GRANT: Grant = {
  id: 'g-1',
  cause: 'open',
  target: TARGET,
  ingress: [{ protocol: 'tcp', ports: [22, 22], peer: '198.51.100.7/32' }],
  egress: [],
  at: hoursFromNow(-1),
  until: hoursFromNow(1),
  by: 'jo',
};

/** When a grant was made and how long it says that it lasts, in hours from now, and whether it counts now. */
const TIMES: readonly (readonly [GrantCause, from: number, until: number, isLive: boolean])[] = [
  ['open', -1, 1, true],
  ['open', 0, 1, true],
  ['open', -7.99, 1_000, true],
  ['open', -8, 1_000, false],
  ['open', -1, 0, false],
  ['open', 0.01, 1, false],
  ['rollback', -10, 1, true],
  ['rollback', -23.99, 1_000, true],
  ['rollback', -24, 1_000, false],
  ['rollback', -2, -1, false],
];

function recordOf(service: PlainService, peer: string): TrafficRecord {
  if (!('ports' in service) && !('type' in service)) return { ...service, peer };
  const { protocol } = service;
  if ('ports' in service) return { protocol, ports: service.ports, peer };
  return {
    protocol,
    icmp: { type: service.type, ...(service.code === undefined ? {} : { code: service.code }) },
    peer,
  };
}

/** What a record can say of a clause: it has no times, and names peers by kind and id only. */
function sayable({ services, peers, names = [] }: PlainClause): PlainClause {
  return { services, peers, names: names.filter((name) => /^[a-z-]+:/.test(name)) };
}

function recordsOf(clauses: readonly PlainClause[]): readonly TrafficRecord[] {
  return clauses.flatMap(({ services, peers, names = [] }) =>
    services.flatMap((service) => [...peers, ...names].map((peer) => recordOf(service, peer))),
  );
}

/** The exceptions of a case as grants, and what they come to as exceptions again. */
function grantedIn(
  plain: PlainCase,
  rolls: readonly number[],
): { grants: readonly Grant[]; exceptions: readonly PlainException[] } {
  const roll = (index: number): number => rolls[index % rolls.length] ?? 0;
  const made = plain.exceptions.map((exception, index) => {
    const [cause, from, until, live] = TIMES[roll(index) % TIMES.length]!;
    const target = exception.governs ? TARGET : OTHERS[roll(index + 1) % OTHERS.length]!;
    const [ingress, egress] = [exception.ingress.map(sayable), exception.egress.map(sayable)];
    const grant: Grant = {
      ...GRANT,
      id: exception.name,
      cause,
      target,
      ingress: recordsOf(ingress),
      egress: recordsOf(egress),
      at: hoursFromNow(from),
      until: hoursFromNow(until),
    };
    return { grant, exception: { ...exception, live, ingress, egress } };
  });
  return { grants: made.map(({ grant }) => grant), exceptions: made.map(({ exception }) => exception) };
}

describe('a grant', () => {
  it('takes its traffic out of what is forbidden, and nothing else', () => {
    let excepted = 0;
    let firm = 0;
    const rolls = fc.array(fc.nat(99), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(plainCase, rolls, fc.nat(0x7fffffff), (plain, rolled, seed) => {
        const { grants, exceptions } = grantedIn(plain, rolled);
        const firewall = firewallOf(CORE, plain);
        const book = new CORE.effective.DesiredBook(policySetOf(CORE, { ...plain, exceptions: [] }));
        const desired = book.for(firewall, NOW, grants);
        const [without, within] = [
          { ...plain, exceptions: [] },
          { ...plain, exceptions },
        ];
        const named = plain.rules.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
        for (const packet of packetsOf(within, seed, 60)) {
          if (familyOf(packet.peer) !== familyOf(packet.own)) continue;
          for (const via of [undefined, ...new Set(named)]) {
            const look = { via, sight: 'surely' } as const;
            const wanted = prohibitionsOf(within, packet, look).length > 0;
            const name = via === undefined ? undefined : nameOf(via);
            const { forbidden } = CORE.effective.viewFor(desired, packet.direction, name, firewall);
            expect(trafficHolds(forbidden, packet), JSON.stringify({ via, packet })).toBe(wanted);
            const was = prohibitionsOf(without, packet, look).length > 0;
            excepted += was && !wanted ? 1 : 0;
            firm += was && wanted && exceptions.some(({ live, governs }) => live && governs) ? 1 : 0;
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(excepted).toBeGreaterThan(20);
    expect(firm).toBeGreaterThan(20);
  });

  it.each(TIMES)('%s, made %d hours from now to end %d hours from now, counts: %s', (cause, from, until, isLive) => {
    const grant = { ...GRANT, cause, at: hoursFromNow(from), until: hoursFromNow(until) };
    const firewall = firewallOf(CORE, { rules: [], policies: [], exceptions: [], named: {}, aliases: {} });
    expect(liveFor(firewall, [grant], UNSTATED_GUARD, NOW)).toEqual(isLive ? [grant] : []);
  });

  it('lasts no longer than the policy lets it, whatever it says', () => {
    const guard: Guard = { ...UNSTATED_GUARD, maxGrantMs: HOUR_MS, maxRollbackGrantMs: 3 * HOUR_MS };
    const long = { ...GRANT, at: hoursFromNow(-1), until: hoursFromNow(99) };
    expect(untilOf(long, guard)).toEqual(NOW);
    expect(untilOf({ ...long, cause: 'rollback' }, guard)).toEqual(hoursFromNow(2));
    expect(untilOf({ ...long, until: hoursFromNow(-0.5) }, guard)).toEqual(hoursFromNow(-0.5));
    expect(exceptionOf(long, guard).until).toEqual(NOW);
  });

  it('is for its firewall alone', () => {
    const firewall = firewallOf(CORE, { rules: [], policies: [], exceptions: [], named: {}, aliases: {} });
    const grants = [GRANT, ...OTHERS.map((target, index) => ({ ...GRANT, id: `other-${String(index)}`, target }))];
    expect(liveFor(firewall, grants, UNSTATED_GUARD, NOW)).toEqual([GRANT]);
  });

  it('permits nothing by a record that cannot be read', () => {
    const records: readonly TrafficRecord[] = [
      { protocol: 'tcp', ports: [22, 22], peer: '0.0.0.0/0 ' },
      { protocol: 'all', peer: '0.0.0.0/0' },
    ];
    for (const direction of DIRECTIONS) {
      expect(exceptionOf({ ...GRANT, ingress: [], [direction]: records }, UNSTATED_GUARD)[direction]).toEqual([]);
    }
  });
});
