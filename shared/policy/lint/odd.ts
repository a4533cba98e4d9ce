// PolicySet -> clauses that are odd whatever stands beside them.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import type { Clause, PolicySet } from '../../core/model/policy.ts';
import { serviceText } from '../../core/spell.ts';
import * as line from '../../core/space/line.ts';
import { isWhole, runsOf, SCTP, wholeProtocol } from '../../core/space/slots.ts';
import * as traffic from '../../core/space/traffic.ts';
import { quoted, shortened } from '../problem.ts';
import { isPrefixList } from '../../core/peers.ts';
import { reachOf } from './reach.ts';
import { listText } from './remark.ts';
import type { Remark } from './remark.ts';

/** Whether a clause lets something pass: an `allow`, or a clause of an exception. */
interface Seated {
  readonly clause: Clause;
  readonly permits: boolean;
}

function seatedIn(set: PolicySet): readonly Seated[] {
  return DIRECTIONS.flatMap((direction) => [
    ...set.policies.flatMap((policy) => {
      const { allow = [], deny, require } = policy[direction];
      const others = [...deny, ...require].map((clause) => ({ clause, permits: false }));
      return [...allow.map((clause) => ({ clause, permits: true })), ...others];
    }),
    ...set.exceptions.flatMap((exception) => exception[direction].map((clause) => ({ clause, permits: true }))),
  ]);
}

function impossible(clause: Clause): readonly string[] {
  if (!traffic.isNothing(reachOf(clause).could)) return [];
  const why = '`icmp` exists over IPv4 only, `icmpv6` over IPv6 only';
  return [`${quoted(clause.id)} speaks of no traffic that can exist (${why}); write the other one, or other addresses`];
}

function neverLive({ id, during }: Clause): readonly string[] {
  if (during?.days.length !== 0) return [];
  return [
    `${quoted(id)} is never live, since its \`during\` has no days; write some, or leave \`days\` out for every day`,
  ];
}

/** Amazon's own lists are left out: nobody but Amazon edits them. */
function unboundedLists({ clause, permits }: Seated): readonly string[] {
  const { id, peers, within } = clause;
  const lists = peers.names.filter((name) => isPrefixList(name) && !name.startsWith('prefix-list:aws/'));
  if (!permits || within !== undefined || lists.length === 0) return [];
  const which = listText(lists.map((name) => quoted(name)));
  const risk = `whoever may edit ${lists.length === 1 ? 'it' : 'them'} decides what passes`;
  return [
    `${quoted(id)} lets in all of ${which}, so ${risk}; add \`within:\` with the networks that entries must stay in`,
  ];
}

function portsOfSctp({ id, slots }: Clause): readonly string[] {
  const sctp = line.intersection(slots, wholeProtocol(SCTP));
  if (runsOf(sctp).every(isWhole)) return [];
  const reason = 'no security group can name ports of SCTP: a rule covers all of them';
  const effect = 'what should stay of such a rule cannot be written, and its change is held';
  return [`${quoted(id)} names ${shortened(serviceText(sctp))}, and ${reason}, so ${effect}; write \`sctp\``];
}

/** What is odd about each clause by itself. */
export function oddClausesIn(set: PolicySet): readonly Remark[] {
  return seatedIn(set).flatMap((seated) => {
    const { clause } = seated;
    const all = [...impossible(clause), ...neverLive(clause), ...unboundedLists(seated), ...portsOfSctp(clause)];
    return all.map((what) => ({ place: clause.place, what }));
  });
}
