// How far one event is from its revert: calls to the clouds, one after the other, and milliseconds.
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { LocalGroup, LocalRule } from '../local/ec2/start.ts';
import { ACCOUNT, VPC } from '../local/people.ts';
import type { Bench, BenchResult } from './bench.ts';
import { SlowCloud } from './slow-cloud.ts';
import type { Handled } from './slow-cloud.ts';
import { groupId } from './fleet.ts';
import { CALL_MS, roundTripsOf } from './tolls.ts';
import { REAL_TIME, simulatedTime } from './toll-time.ts';
import type { TollTime } from './toll-time.ts';

/** What a person opens under which policy. */
export interface Opening {
  readonly policy: string;
  readonly permission: IpPermission;
  /** A port of it that must not stay open. */
  readonly port: number;
  /** What the group has beside HTTPS. */
  readonly rules?: readonly LocalRule[];
}

/** How far it is until the opening is closed, and until a read has proven it. */
export interface Distance {
  /** Round trips to EC2; calls that are under way at the same time are one. */
  readonly close: number;
  readonly proven: number;
  /** Round trips to whichever cloud, and single calls, until it is closed. */
  readonly closeAnyCloud: number;
  readonly closeCalls: number;
  readonly closeMs: number;
  readonly provenMs: number;
}

function policyOf(...allowed: readonly string[]): string {
  return [
    'version: 1',
    'policies:',
    '  - name: guarded',
    '    match: { cloud: aws, tags: { guarded: "yes" } }',
    '    mode: enforce',
    '    ingress:',
    '      allow:',
    ...allowed.map((clause) => `        - { ${clause} }`),
    '',
  ].join('\n');
}

function fromEverywhere(FromPort: number, ToPort = FromPort): IpPermission {
  return { IpProtocol: 'tcp', FromPort, ToPort, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
}

const LIST = 'partners';
/** The list of S3's addresses, which AWS keeps; it is there from the start. */
const S3 = 'pl-6ea54007';

export const OPENINGS = {
  /** The policy speaks of addresses only, and all of the rule goes: one write. */
  plain: { policy: policyOf('service: tcp/443, from: anywhere'), permission: fromEverywhere(22), port: 22 },
  /** The policy names a group and a prefix list, so both have to be read. */
  named: {
    policy: policyOf(
      'service: tcp/443, from: anywhere',
      'service: tcp/5432, from: "sg:app"',
      `service: tcp/8443, from: "prefix-list:${ACCOUNT}/${LIST}"`,
    ),
    permission: fromEverywhere(22),
    port: 22,
  },
  /** No policy names a list, but a rule of the group does, which is known only once the group is read. */
  listed: {
    policy: policyOf('service: tcp/443, from: anywhere'),
    permission: fromEverywhere(22),
    port: 22,
    rules: [{ direction: 'egress', protocol: 'tcp', fromPort: 443, toPort: 443, peer: { kind: 'prefixList', id: S3 } }],
  },
  /** Two parts of the rule stay: one is added, then the rule becomes the other. Between two writes is a read. */
  narrow: {
    policy: policyOf(
      'service: tcp/443, from: anywhere',
      'service: tcp/20-21, from: anywhere',
      'service: tcp/23-25, from: anywhere',
    ),
    permission: fromEverywhere(20, 25),
    port: 22,
  },
} as const satisfies Readonly<Record<string, Opening>>;

function groupOf(number: number, rules: readonly LocalRule[] = []): LocalGroup {
  const peer = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  return {
    id: groupId(number),
    name: number === 0 ? 'app' : `web-${String(number)}`,
    vpcId: VPC,
    tags: [{ key: 'guarded', value: 'yes' }],
    rules: [{ direction: 'ingress', protocol: 'tcp', fromPort: 443, toPort: 443, peer }, ...rules],
  };
}

function distanceOf({ calls, beganMs, closedMs, entries }: Handled): Distance {
  const reverted = entries.find(({ body }) => body.kind === 'reverted')?.body;
  if (closedMs === undefined || reverted?.kind !== 'reverted' || !reverted.closed) {
    throw new Error(`the opening was not closed; the ledger says ${entries.map(({ body }) => body.kind).join(', ')}`);
  }
  const toEc2 = calls.filter(({ cloud }) => cloud === 'ec2');
  const untilClosed = calls.filter(({ endedMs }) => endedMs <= closedMs);
  // The read that proves it is the last thing that is asked of EC2.
  const provenMs = Math.max(...toEc2.map(({ endedMs }) => endedMs));
  return {
    close: roundTripsOf(untilClosed.filter(({ cloud }) => cloud === 'ec2')),
    proven: roundTripsOf(toEc2),
    closeAnyCloud: roundTripsOf(untilClosed),
    closeCalls: untilClosed.length,
    closeMs: closedMs - beganMs,
    provenMs: provenMs - beganMs,
  };
}

/** The first event that a process hears, and as many more as are wanted, each about another group. */
export async function distancesOf(opening: Opening, time: TollTime, more: number): Promise<readonly Distance[]> {
  const fleet = Array.from({ length: more + 2 }, (_, number) => groupOf(number, opening.rules));
  const stage = await SlowCloud.open(opening.policy, time, fleet);
  try {
    await stage.makeList(LIST, ['198.51.100.0/24']);
    const distances: Distance[] = [];
    for (let number = 1; number <= more + 1; number += 1) {
      distances.push(distanceOf(await stage.opened(groupId(number), opening.permission, opening.port)));
    }
    return distances;
  } finally {
    await stage.close();
  }
}

const TRIPS = `round trips to EC2`;
const IN_A_ROW = 'calls in a row, all clouds';
const MS = `ms, ${String(CALL_MS)} a call`;

type Line = readonly [
  name: string,
  opening: keyof typeof OPENINGS,
  which: 'cold' | 'warm',
  unit: string,
  read: (distance: Distance) => number,
];

const COUNTED: readonly Line[] = [
  ['event-close', 'plain', 'warm', TRIPS, ({ close }) => close],
  ['event-proven', 'plain', 'warm', TRIPS, ({ proven }) => proven],
  ['event-close-cold', 'plain', 'cold', TRIPS, ({ close }) => close],
  ['event-proven-cold', 'plain', 'cold', TRIPS, ({ proven }) => proven],
  ['event-close-named', 'named', 'warm', TRIPS, ({ close }) => close],
  ['event-proven-named', 'named', 'warm', TRIPS, ({ proven }) => proven],
  ['event-close-named-cold', 'named', 'cold', TRIPS, ({ close }) => close],
  ['event-proven-named-cold', 'named', 'cold', TRIPS, ({ proven }) => proven],
  ['event-close-listed', 'listed', 'warm', TRIPS, ({ close }) => close],
  ['event-proven-listed', 'listed', 'warm', TRIPS, ({ proven }) => proven],
  ['event-close-listed-cold', 'listed', 'cold', TRIPS, ({ close }) => close],
  ['event-proven-listed-cold', 'listed', 'cold', TRIPS, ({ proven }) => proven],
  ['event-narrow-close', 'narrow', 'warm', TRIPS, ({ close }) => close],
  ['event-narrow-proven', 'narrow', 'warm', TRIPS, ({ proven }) => proven],
  ['event-close-calls', 'plain', 'warm', IN_A_ROW, ({ closeAnyCloud }) => closeAnyCloud],
  ['event-close-calls-cold', 'plain', 'cold', IN_A_ROW, ({ closeAnyCloud }) => closeAnyCloud],
];
const [CLOSE_MS, PROVEN_MS] = ['event-close-ms', 'event-proven-ms'];
/** Warm events of which the middle one is told. */
const TIMED = 9;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function counted(isWanted: (name: string) => boolean): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const [key, opening] of Object.entries(OPENINGS)) {
    const lines = COUNTED.filter(([name, of]) => of === key && isWanted(name));
    if (lines.length === 0) continue;
    const [cold, warm] = await distancesOf(opening, simulatedTime(), 1);
    for (const [name, , which, unit, read] of lines) {
      const distance = which === 'cold' ? cold : warm;
      if (distance !== undefined) results.push({ name, unit, value: read(distance) });
    }
  }
  return results;
}

async function timed(isWanted: (name: string) => boolean): Promise<readonly BenchResult[]> {
  if (!isWanted(CLOSE_MS) && !isWanted(PROVEN_MS)) return [];
  const [, ...warm] = await distancesOf(OPENINGS.plain, REAL_TIME, TIMED);
  const all = [
    { name: CLOSE_MS, unit: MS, value: median(warm.map(({ closeMs }) => closeMs)) },
    { name: PROVEN_MS, unit: MS, value: median(warm.map(({ provenMs }) => provenMs)) },
  ];
  return all.filter(({ name }) => isWanted(name));
}

export const eventClose: Bench = {
  names: [...COUNTED.map(([name]) => name), CLOSE_MS, PROVEN_MS],
  async run(isWanted, say) {
    say('one event: from an opening to its revert');
    return [...(await counted(isWanted)), ...(await timed(isWanted))];
  },
};
