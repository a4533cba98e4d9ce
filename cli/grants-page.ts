import { untilOf } from '../shared/core/grants.ts';
import { DIRECTIONS } from '../shared/core/model/firewall.ts';
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

const MOST_RULES = 5;

function leftSpan({ grant, until, isLive }: Dated, now: Date): Span {
  if (isLive) return `in ${spanText(until.getTime() - now.getTime())}`;
  return grant.at > now ? toned('doubtful', 'not yet') : toned('faint', 'ended');
}

const CAUSES: Readonly<Record<Grant['cause'], string>> = { open: 'opened', rollback: 'rolled back' };

function trafficTexts(grant: Grant): readonly string[] {
  const all = DIRECTIONS.flatMap((direction) => grant[direction].map((record) => recordText(direction, record)));
  const more = all.length - MOST_RULES;
  return more > 0 ? [...all.slice(0, MOST_RULES), `${String(more)} more`] : all;
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
        [`${target.id}: ${CAUSES[cause]} ${trafficTexts(grant).join(', ')}`],
        ...(revert === undefined ? [] : [[`of ${revert}`]]),
      ],
    };
  });
  return [
    ...tableLines(['ID', 'UNTIL', 'ENDS', 'BY', 'TICKET'], rows, look),
    line(0, toned('strong', counted(grants.length, 'grant'))),
  ];
}
