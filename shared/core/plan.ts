// Drift x Firewall -> Plan: what would be changed, as data, and what cannot be changed exactly.
import { drawnForName, drawnInAddresses } from './drawn.ts';
import { surelyThrough } from './exposure.ts';
import { lackOf } from './missing.ts';
import { isEnforced } from './model/finding.ts';
import type { Drift, Excess, Finding, Missing, NamedFlows, Wanted } from './model/finding.ts';
import { DIRECTIONS, rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Collateral, Draft, Plan } from './model/plan.ts';
import { targetKey } from './model/target.ts';
import type { Traits } from './model/traits.ts';
import { reallyClosed, revertsFor } from './reverts.ts';
import type { Beside } from './reverts.ts';
import { tooLargeFor } from './room.ts';
import { simulate } from './simulate.ts';
import * as line from './space/line.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';
import { contentKey, flowsText, rulesText } from './spell.ts';

/** Which findings a plan carries out: all that is proven, or only what a run takes away by itself. */
export type CarryOut = 'proven' | 'enforced';

function isCarriedOut(finding: Finding, carryOut: CarryOut): boolean {
  return carryOut === 'enforced' ? isEnforced(finding) : finding.certainty === 'proven';
}

/** The rules that a `require` clause lacks once the excess is gone. */
function additionFor(after: Firewall, requirement: Missing, traits: Traits): Draft {
  const { direction, withheld } = requirement;
  const nothing = { changes: [], held: [], collateral: [] };
  const hold = (reason: string): Draft => ({
    ...nothing,
    held: [{ kind: 'add', direction, rule: undefined, reason: `\`${requirement.clause}\` is not added: ${reason}` }],
  });
  const lack = lackOf(requirement.required, after, direction);
  if (traffic.isNothing(lack.traffic) && lack.named.length === 0) return nothing;
  if (withheld !== undefined) return hold(withheld);
  const { required, handling } = requirement;
  // Where a peer lacks a part, what is asked of it is said whole.
  const wanted = lack.named.flatMap(({ peer }) => required.named.filter((one) => one.peer === peer));
  const drawn = [
    drawnInAddresses(lack.traffic, required.traffic, traits, handling.maxFragments),
    ...wanted.map((flows) => drawnForName(flows, traits, handling.maxFragments)),
  ];
  const held = drawn.find((one) => 'reason' in one);
  if (held !== undefined) return hold(held.reason);
  const present = new Set(rulesOf(after, direction).map((rule) => contentKey(direction, rule)));
  const becomes = drawn
    .flatMap((one) => ('becomes' in one ? one.becomes : []))
    .filter((content) => !present.has(contentKey(direction, content)));
  return becomes.length === 0 ? nothing : { ...nothing, changes: [{ kind: 'add', direction, becomes }] };
}

interface Addition {
  readonly requirement: Missing;
  readonly draft: Draft;
}

function additionsFor(
  after: Firewall,
  requirements: readonly Missing[],
  traits: Traits,
  cramped: Beside['cramped'],
): readonly Addition[] {
  let now = after;
  return requirements.map((missing) => {
    const noRoom = cramped.get(missing.clause);
    const requirement = noRoom === undefined ? missing : { ...missing, withheld: noRoom };
    const draft = additionFor(now, requirement, traits);
    now = simulate(now, draft.changes);
    return { requirement, draft };
  });
}

/** What of a rule's loss surely was let through. */
function surelyLost({ rule, flows }: Collateral, names: Firewall['names']): Traffic {
  return flows.kind === 'addresses' ? flows.traffic : traffic.onSlots(surelyThrough(rule.box, names), flows.slots);
}

/** Whether what a clause asks for, in addresses or of the peer that the rule names, is among what a rule loses. */
function isAsked(one: Collateral, { traffic: asked, named }: Wanted, names: Firewall['names']): boolean {
  const { flows } = one;
  const isOfPeer = (wanted: NamedFlows): boolean =>
    flows.kind === 'named' && wanted.peer === flows.peer && line.intersection(wanted.slots, flows.slots).length > 0;
  return named.some(isOfPeer) || !traffic.isNothing(traffic.intersection(surelyLost(one, names), asked));
}

/** Nobody's leave covers the loss of what a clause requires and nothing is added for. */
function withRequired(one: Collateral, { names }: Firewall, additions: readonly Addition[]): Collateral {
  const by = additions.find(
    ({ requirement, draft }) => draft.held.length > 0 && isAsked(one, requirement.required, names),
  );
  return by === undefined ? one : { ...one, accepted: false, requiredBy: by.requirement.clause };
}

/** What is to be done in one direction, but for what the cloud has no room for. */
function draftsBeside(
  firewall: Firewall,
  direction: Direction,
  findings: Findings,
  traits: Traits,
  cramped: Beside['cramped'],
): { readonly additions: readonly Addition[]; readonly reverts: Draft } {
  const alone = revertsFor(firewall, direction, findings.excess, traits, { added: [], cramped });
  // INVARIANT: additions are drawn from what the reverts leave, and made before them, so that nothing required is
  // closed in between. So the reverts may rely on them, too.
  const additions = additionsFor(simulate(firewall, alone.changes), findings.requirements, traits, cramped);
  const added = additions.flatMap(({ draft }) =>
    draft.changes.flatMap((one) => (one.kind === 'add' ? one.becomes : [])),
  );
  // Most firewalls lack nothing, and drawing again would come to the same.
  const reverts =
    added.length === 0 ? alone : revertsFor(firewall, direction, findings.excess, traits, { added, cramped });
  const drafts = [...additions.map(({ draft }) => draft), reverts];
  const after = simulate(
    firewall,
    drafts.flatMap((draft) => draft.changes),
  );
  const collateral = reallyClosed(after, reverts.collateral).map((one) => withRequired(one, firewall, additions));
  return { additions, reverts: { ...reverts, collateral } };
}

function noRoomText(limit: number, free: number): string {
  return (
    `the cloud takes ${rulesText(limit)} a direction and address family, and there is room for ${String(free)} more; ` +
    'remove rules that are not needed, raise the quota and say so in `PORTCULLIS_RULES_PER_GROUP`'
  );
}

/**
 * What is to be done in one direction. What would not fit into a firewall that is nearly full waits, the largest first,
 * until the rest fits: so what can be closed is closed.
 */
function draftsFor(firewall: Firewall, direction: Direction, findings: Findings, traits: Traits): readonly Draft[] {
  const { rulesPerDirection: limit } = traits;
  const cramped = new Map<string, string>();
  for (;;) {
    const { additions, reverts } = draftsBeside(firewall, direction, findings, traits, cramped);
    const drafts = [...additions.map(({ draft }) => draft), reverts];
    const changes = drafts.flatMap((draft) => draft.changes);
    const short = limit === undefined ? undefined : tooLargeFor(firewall, direction, changes, limit);
    if (short === undefined || limit === undefined) return drafts;
    const { change, free } = short;
    const clause = additions.find(({ draft }) => draft.changes.includes(change))?.requirement.clause;
    const waiting = change.kind === 'add' ? clause : change.rule.id;
    if (waiting === undefined || cramped.has(waiting)) return drafts;
    cramped.set(waiting, noRoomText(limit, free));
  }
}

/** The findings of one direction that a plan carries out. */
interface Findings {
  readonly excess: readonly Excess[];
  readonly requirements: readonly Missing[];
}

function findingsOf(drift: Drift, direction: Direction, carryOut: CarryOut): Findings {
  const isMeant = (finding: Finding): boolean => finding.direction === direction && isCarriedOut(finding, carryOut);
  return {
    excess: drift.findings.filter((finding): finding is Excess => finding.kind === 'excess' && isMeant(finding)),
    requirements: drift.requirements.filter(isMeant),
  };
}

export function planFor(firewall: Firewall, drift: Drift, traits: Traits, carryOut: CarryOut): Plan {
  const drafts = DIRECTIONS.flatMap((direction) =>
    draftsFor(firewall, direction, findingsOf(drift, direction, carryOut), traits),
  );
  return {
    id: `${targetKey(firewall.target)}@${firewall.version}`,
    target: firewall.target,
    version: firewall.version,
    changes: drafts.flatMap(({ changes }) => changes),
    held: drafts.flatMap(({ held }) => held),
    collateral: drafts.flatMap(({ collateral }) => collateral),
  };
}

export function collateralText({ direction, rule, flows }: Collateral): string {
  return `${flowsText(direction, flows)} by \`${rule.id}\``;
}
