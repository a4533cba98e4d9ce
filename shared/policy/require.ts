import { overlapsOf, PolicyTooLarge } from '../core/effective.ts';
import { DIRECTIONS } from '../core/model/firewall.ts';
import type { Clause, Clauses, Match, Peers, Policy } from '../core/model/policy.ts';
import { INTERNET } from '../core/model/rule.ts';
import type { PeerName } from '../core/model/rule.ts';
import { isPrefixList } from '../core/peers.ts';
import { reachesInternet } from '../core/space/private.ts';
import { timeText } from './exception.ts';
import { catchAllOf, picks } from './match.ts';
import type { Spot } from './node.ts';
import { quoted, shortened } from './problem.ts';
import type { Reading } from './reading.ts';

/** Names whose addresses are, or may be, on the internet. A group's members have addresses of its network. */
function mayBeOnInternet(name: PeerName): boolean {
  return name === INTERNET || isPrefixList(name) || (name.startsWith('tag:') && name !== 'tag:VirtualNetwork');
}

/** Why a `require` needs a narrow match; undefined where it does not. */
function reachOf({ addresses, names }: Peers): string | undefined {
  if (reachesInternet(addresses)) return 'reaches beyond `private`';
  const name = names.find(mayBeOnInternet);
  if (name === undefined) return undefined;
  return name === INTERNET ? 'reaches `internet`' : `may reach \`internet\` by ${quoted(name)}`;
}

function isNarrow(match: Match): boolean {
  return match.tags !== undefined || picks(match, 'name') || picks(match, 'id');
}

/** A `require` opens what it asks for. Without a narrow `match` it would open every firewall to the internet. */
export function judgeReach(policy: Policy, { complaints, spots }: Reading): void {
  if (isNarrow(policy.match)) return;
  const catchAll = catchAllOf(policy.match, ['id', 'name']);
  for (const clause of DIRECTIONS.flatMap((direction) => policy[direction].require)) {
    const at = spots.get(clause);
    const reach = reachOf(clause.peers);
    if (at === undefined || reach === undefined) continue;
    const needs = "its policy's `match` must state `tags`, `name` or `id`";
    const why =
      catchAll === undefined
        ? 'otherwise every firewall would be opened'
        : `${quoted(catchAll)} leaves none out, so write a whole id, more of the name, or \`tags\``;
    complaints.add(at, `\`require\` ${reach}, so ${needs}; ${why}`);
  }
}

type Overlaps = ReturnType<typeof overlapsOf>;

/** Undefined, with a complaint, where the policy alone is too large to be judged. */
function overlapsIn(policy: Policy, moment: Date, at: Spot, { complaints }: Reading): Overlaps | undefined {
  try {
    return overlapsOf(policy, moment);
  } catch (error) {
    if (!(error instanceof PolicyTooLarge)) throw error;
    complaints.add(at, error.message);
    return undefined;
  }
}

function isTimed({ during }: Clause): boolean {
  return during !== undefined;
}

function always(clause: Clause): Clause {
  return isTimed(clause) ? { ...clause, during: undefined } : clause;
}

/** The policy as if all of these clauses were live at all times. `keeps`: which of its `allow` clauses stay in it. */
function timeless(policy: Policy, keeps: (allow: Clause) => boolean): Policy {
  const of = ({ allow, deny, require, place }: Clauses): Clauses => ({
    allow: allow?.filter(keeps).map(always),
    deny: deny.map(always),
    require: require.map(always),
    place,
  });
  return { ...policy, ingress: of(policy.ingress), egress: of(policy.egress) };
}

function hasTimes(policy: Policy): boolean {
  return DIRECTIONS.some((direction) => {
    const { allow = [], deny, require } = policy[direction];
    return [...allow, ...deny, ...require].some(isTimed);
  });
}

/** Complains of each `require` that is forbidden, once. `moment`: undefined where it is forbidden at all times. */
function tell(overlaps: Overlaps, moment: Date | undefined, told: Set<Clause>, { complaints, spots }: Reading): void {
  for (const { clause, text } of overlaps) {
    const spot = spots.get(clause);
    if (spot === undefined || told.has(clause)) continue;
    told.add(clause);
    const overlap = shortened(text);
    const when = moment === undefined ? '' : ` at \`${timeText(moment)}\``;
    const advice = 'add it to `allow`, take it out of `deny`, or require less';
    complaints.add(spot, `\`require\` asks for ${overlap}, which its own policy forbids${when}; ${advice}`);
  }
}

/** A `require` that its own policy forbids, at some moment: what a revert would open, the next one would close. */
export function judgeOverlaps(policy: Policy, at: Spot, reading: Reading): void {
  const told = new Set<Clause>();
  if (!hasTimes(policy)) {
    tell(overlapsIn(policy, reading.now, at, reading) ?? [], undefined, told, reading);
    return;
  }
  // No moment has more clauses, so none is larger.
  if (
    overlapsIn(
      timeless(policy, () => true),
      reading.now,
      at,
      reading,
    ) === undefined
  )
    return;
  // No moment forbids more, or asks for more. It is the answer for most policies, and one question instead of many.
  const worst = overlapsIn(
    timeless(policy, (allow) => !isTimed(allow)),
    reading.now,
    at,
    reading,
  );
  if (worst === undefined || worst.length === 0) return;
  const moments = reading.moments.of(policy);
  if (moments.kind === 'wrong') reading.complaints.add(at, moments.problem);
  else {
    for (const moment of moments.value) tell(overlapsIn(policy, moment, at, reading) ?? [], moment, told, reading);
  }
}
