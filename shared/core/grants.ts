// Orders x Firewall x time -> the exceptions that its grants make.
import { contentOf } from './contents.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Grant } from './model/grant.ts';
import type { Guard } from './model/guard.ts';
import type { Clause, Exception, Peers } from './model/policy.ts';
import type { TrafficRecord } from './model/record.ts';
import type { Peer } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import { NOBODY } from './space/addresses.ts';

/** No longer than the policy lets it, whoever made it and whatever it says. */
export function untilOf({ cause, at, until }: Grant, guard: Guard): Date {
  const mostMs = cause === 'rollback' ? guard.maxRollbackGrantMs : guard.maxGrantMs;
  return new Date(Math.min(until.getTime(), at.getTime() + mostMs));
}

function peersOf(peer: Peer): Peers {
  return peer.kind === 'named' ? { addresses: NOBODY, names: [peer.name] } : { addresses: peer.addresses, names: [] };
}

function clausesOf(grant: Grant, direction: Direction, records: readonly TrafficRecord[]): readonly Clause[] {
  return records.flatMap((record, index): readonly Clause[] => {
    const content = contentOf(record);
    // What cannot be read permits nothing.
    if (content === undefined) return [];
    return [
      {
        id: `${grant.id}/${direction}/${String(index + 1)}`,
        slots: content.box.slots,
        peers: peersOf(content.box.peer),
        within: undefined,
        during: undefined,
        firm: false,
        open: false,
        why: grant.cause === 'open' ? 'opened by hand' : 'rolled back by hand',
        place: { file: `grant ${grant.id}`, line: 0 },
      },
    ];
  });
}

/** A grant as what it does: an exception for one firewall, which ends when the grant does. */
export function exceptionOf(grant: Grant, guard: Guard): Exception {
  const { cloud, account, region, id } = grant.target;
  return {
    name: grant.id,
    place: { file: `grant ${grant.id}`, line: 0 },
    match: { cloud: [cloud], account: [account], region: [region], id: [id] },
    ingress: clausesOf(grant, 'ingress', grant.ingress),
    egress: clausesOf(grant, 'egress', grant.egress),
    until: untilOf(grant, guard),
    approved: { by: grant.by, ticket: grant.ticket ?? '' },
  };
}

/** Whether a grant counts: it speaks of this firewall, has begun and has not ended. */
function isLive(grant: Grant, { target }: Firewall, guard: Guard, at: Date): boolean {
  return targetKey(grant.target) === targetKey(target) && grant.at <= at && at < untilOf(grant, guard);
}

/** The grants that count for a firewall at one moment. */
export function liveFor(firewall: Firewall, grants: readonly Grant[], guard: Guard, at: Date): readonly Grant[] {
  return grants.filter((grant) => isLive(grant, firewall, guard, at));
}
