import { untilOf } from '../shared/core/grants.ts';
import { DIRECTIONS } from '../shared/core/model/firewall.ts';
import type { Direction } from '../shared/core/model/firewall.ts';
import type { TrafficRecord } from '../shared/core/model/record.ts';
import { contentOf } from '../shared/core/contents.ts';
import { flowsOf } from '../shared/core/exposure.ts';
import { isNothing, unionOf } from '../shared/core/space/traffic.ts';
import { flowsText } from '../shared/core/spell.ts';
import type { Grant } from '../shared/core/model/grant.ts';
import type { Guard } from '../shared/core/model/guard.ts';
import { recordText } from '../shared/core/records.ts';
import { timeText } from './heading.ts';
import { line, toned } from './page.ts';
import type { Line, Look, Span } from './page.ts';
import { tableLines } from './table.ts';
import { counted, spanText } from './words.ts';

/** A grant, and how it stands at this moment. */
export interface Dated {
  readonly grant: Grant;
  /** Never later than the policy lets it. */
  readonly until: Date;
  readonly isLive: boolean;
}

export function datedOf(grant: Grant, guard: Guard, now: Date): Dated {
  const until = untilOf(grant, guard);
  return { grant, until, isLive: grant.at <= now && now < until };
}

/** More is cut: `--json` has it whole. */
const LONGEST_TRAFFIC = 400;

function leftSpan({ grant, until, isLive }: Dated, now: Date): Span {
  if (isLive) return `in ${spanText(until.getTime() - now.getTime())}`;
  return grant.at > now ? toned('doubtful', 'not yet') : toned('faint', 'ended');
}

const CAUSES: Readonly<Record<Grant['cause'], string>> = { open: 'opened', rollback: 'rolled back' };

/** The traffic of one direction as people say it: all addresses together, then each peer by name. */
function directionTexts(direction: Direction, records: readonly TrafficRecord[]): readonly string[] {
  const flows = records
    .map((record) => contentOf(record))
    .map((content) => (content === undefined ? undefined : flowsOf(content.box)));
  const inAddresses = unionOf(flows.flatMap((one) => (one?.kind === 'addresses' ? [one.traffic] : [])));
  const unread = records.filter((_, index) => flows[index] === undefined);
  return [
    ...(isNothing(inAddresses) ? [] : [flowsText(direction, { kind: 'addresses', traffic: inAddresses })]),
    ...flows.flatMap((one) => (one?.kind === 'named' ? [flowsText(direction, one)] : [])),
    ...unread.map((record) => `what cannot be read, so it permits nothing: ${recordText(direction, record)}`),
  ];
}

function trafficText(grant: Grant): string {
  const text = DIRECTIONS.flatMap((direction) => directionTexts(direction, grant[direction])).join(', ');
  return text.length > LONGEST_TRAFFIC ? `${text.slice(0, LONGEST_TRAFFIC - 1)}\u2026` : text;
}

/** Grants as a table: when each ends and who made it; under it the firewall and what it lets through. */
export function grantsLines(grants: readonly Dated[], now: Date, look: Look): readonly Line[] {
  if (grants.length === 0) return [line(0, 'no grants')];
  const rows = grants.map((one) => {
    const { grant, until } = one;
    const { id, by, ticket = '-', target, cause, revert } = grant;
    return {
      cells: [toned('strong', id), timeText(until), leftSpan(one, now), by, ticket],
      below: [
        [`${target.id}: ${CAUSES[cause]} ${trafficText(grant)}`],
        ...(revert === undefined ? [] : [[`of ${revert}`]]),
      ],
    };
  });
  return [
    ...tableLines(['ID', 'UNTIL', 'ENDS', 'BY', 'TICKET'], rows, look),
    line(0, toned('strong', counted(grants.length, 'grant'))),
  ];
}
