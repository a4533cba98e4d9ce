import { DIRECTIONS } from '../core/model/firewall.ts';
import type { Direction } from '../core/model/firewall.ts';
import { MODES, MOST_FRAGMENTS, REVERTS } from '../core/model/policy.ts';
import type { Clause, Clauses, Handling, Match, Policy, Place } from '../core/model/policy.ts';
import { overlapsOf, PolicyTooLarge } from '../core/effective.ts';
import { trafficText } from '../core/spell.ts';
import { clausesIn } from './clause.ts';
import { DIRECTION, fieldsOf, POLICY } from './fields.ts';
import type { Fields } from './fields.ts';
import { catchAllOf, matchOf, picks } from './match.ts';
import { placeOf } from './node.ts';
import type { Entry, Node, Spot } from './node.ts';
import { reachesInternet } from '../core/space/private.ts';
import { quoted, shortened } from './problem.ts';
import type { Reading } from './reading.ts';
import { integerIn, nameIn, wordIn } from './scalar.ts';

const UNSTATED_FRAGMENTS = 20;

/** Turns a field into a value, or answers with what holds where it is unstated (or broken, and complained of). */
function statedOr<T>(entry: Entry | undefined, read: (entry: Entry) => T | undefined, unstated: T): T {
  return entry === undefined ? unstated : (read(entry) ?? unstated);
}

function handlingOf(fields: Fields, { complaints }: Reading): Handling {
  return {
    revert: statedOr(fields.get('revert'), (entry) => wordIn(entry, REVERTS, complaints), 'narrow'),
    maxFragments: statedOr(
      fields.get('maxFragments'),
      (entry) => integerIn(entry, 1, MOST_FRAGMENTS, complaints),
      UNSTATED_FRAGMENTS,
    ),
    overflow: statedOr(fields.get('overflow'), (entry) => wordIn(entry, ['hold', 'remove'], complaints), 'hold'),
    collateral: statedOr(fields.get('collateral'), (entry) => wordIn(entry, ['hold', 'allow'], complaints), 'hold'),
  };
}

function noClauses(place: Place): Clauses {
  return { allow: undefined, deny: [], require: [], place };
}

function directionIn(entry: Entry, direction: Direction, policyName: string, reading: Reading): Clauses {
  const unclaused = noClauses(placeOf(entry.at));
  const fields = fieldsOf(
    entry.value,
    DIRECTION,
    `\`${direction}:\` with \`allow\`, \`deny\` or \`require\` below it`,
    reading.complaints,
  );
  if (fields === undefined) return unclaused;
  const list = (effect: 'allow' | 'deny' | 'require'): readonly Clause[] | undefined => {
    const field = fields.get(effect);
    const seat = { direction, effect, prefix: `${policyName}/${direction}/${effect}` };
    return field === undefined ? undefined : clausesIn(field, seat, reading);
  };
  const clauses = { ...unclaused, allow: list('allow'), deny: list('deny') ?? [], require: list('require') ?? [] };
  if (entry.value.kind === 'map' && entry.value.entries.length === 0) {
    reading.complaints.add(
      entry.value.at,
      `${quoted(direction)} is empty; write \`allow\`, \`deny\` or \`require\`, or remove it`,
    );
  }
  return clauses;
}

/** A `require` opens what it asks for. Without a narrow `match` it would open every firewall to the internet. */
function judgeRequires(clauses: Clauses, match: Match, { complaints, spots }: Reading): void {
  const catchAll = catchAllOf(match, ['id', 'name']);
  for (const clause of clauses.require) {
    const at = spots.get(clause);
    if (at === undefined || !reachesInternet(clause.peers)) continue;
    const needs = "its policy's `match` must state `tags`, `name` or `id`";
    const why =
      catchAll === undefined
        ? 'otherwise every firewall would be opened'
        : `${quoted(catchAll)} leaves none out, so write a whole id, more of the name, or \`tags\``;
    complaints.add(at, `\`require\` reaches beyond \`private\`, so ${needs}; ${why}`);
  }
}

function isNarrow(match: Match): boolean {
  return match.tags !== undefined || picks(match, 'name') || picks(match, 'id');
}

type Overlaps = ReturnType<typeof overlapsOf>;

/** Undefined, with a complaint, where the policy alone is too large to be judged. */
function overlapsIn(policy: Policy, at: Spot, { complaints }: Reading): Overlaps | undefined {
  try {
    return overlapsOf(policy);
  } catch (error) {
    if (!(error instanceof PolicyTooLarge)) throw error;
    complaints.add(at, error.message);
    return undefined;
  }
}

/** A `require` that its own policy forbids: what a revert would open, the next one would close. */
function judgeOverlaps(policy: Policy, at: Spot, reading: Reading): void {
  for (const { direction, clause, traffic } of overlapsIn(policy, at, reading) ?? []) {
    const spot = reading.spots.get(clause);
    const overlap = shortened(trafficText(traffic, direction === 'ingress' ? 'from' : 'to'));
    const advice = `add it to \`allow\`, take it out of \`deny\`, or require less`;
    if (spot !== undefined)
      reading.complaints.add(spot, `\`require\` asks for ${overlap}, which its own policy forbids; ${advice}`);
  }
}

/** One policy. What is broken in it is complained of, and then the whole is not used. */
export function policyOf(node: Node, reading: Reading): Policy | undefined {
  const { complaints, lost, names } = reading;
  const fields = fieldsOf(node, POLICY, '`- name: ...` with `match`, `mode` and `ingress` or `egress`', complaints);
  if (fields === undefined) return undefined;
  const nameField = fields.need('name', '`name: web tier`');
  const name = nameField === undefined ? undefined : nameIn(nameField, complaints);
  if (nameField !== undefined && name !== undefined) names.claim('policy', name, nameField.value.at, complaints);
  const matchField = fields.get('match');
  const lostBefore = lost.length;
  const { match, keysAreKnown } =
    matchField === undefined
      ? { match: {}, keysAreKnown: !fields.tries('match') }
      : matchOf(matchField.value, complaints);
  const place = placeOf(fields.at);
  const of = (direction: Direction): Clauses => {
    const entry = fields.get(direction);
    return entry === undefined ? noClauses(place) : directionIn(entry, direction, name ?? '', reading);
  };
  const policy = {
    name: name ?? '',
    place,
    match,
    mode: statedOr(fields.get('mode'), (entry) => wordIn(entry, MODES, complaints), 'report'),
    handling: handlingOf(fields, reading),
    ingress: of('ingress'),
    egress: of('egress'),
  };
  if (DIRECTIONS.every((direction) => !fields.tries(direction))) {
    complaints.add(fields.at, 'a policy has neither `ingress` nor `egress`, so it says nothing; write one of them');
  }
  if (keysAreKnown && !isNarrow(match)) {
    for (const direction of DIRECTIONS) judgeRequires(policy[direction], match, reading);
  }
  if (lost.length === lostBefore) judgeOverlaps(policy, fields.at, reading);
  return policy;
}
