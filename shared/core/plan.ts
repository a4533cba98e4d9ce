// Drift x Firewall -> Plan: what would be changed, as data, and what cannot be changed exactly.
import { surelyOpen, surelyThrough } from './exposure.ts';
import { isEnforced } from './model/finding.ts';
import type { Drift, Excess, Finding, Missing } from './model/finding.ts';
import { DIRECTIONS } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Collateral, Draft, Plan } from './model/plan.ts';
import { peerOfBlock, withBox } from './model/rule.ts';
import type { RuleContent } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import type { Traits } from './model/traits.ts';
import { coverOf } from './pieces.ts';
import { reallyClosed, revertsFor } from './reverts.ts';
import { simulate } from './simulate.ts';
import { ANYWHERE } from './space/addresses.ts';
import { ALL_PORTS } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';
import { flowsText, rulesText, trafficText } from './spell.ts';

/** Which findings a plan carries out: all that is proven, or only what a run takes away by itself. */
export type CarryOut = 'proven' | 'enforced';

function isCarriedOut(finding: Finding, carryOut: CarryOut): boolean {
  return carryOut === 'enforced' ? isEnforced(finding) : finding.certainty === 'proven';
}

const BLANK: RuleContent = {
  box: { slots: [], sourcePorts: ALL_PORTS, peer: { kind: 'addresses', addresses: ANYWHERE }, own: ANYWHERE },
  description: '',
  tags: {},
};

/** The rules that a `require` clause lacks once the excess is gone. */
function additionFor(after: Firewall, requirement: Missing, traits: Traits): Draft {
  const { direction, required, handling, withheld } = requirement;
  const nothing = { changes: [], held: [], collateral: [] };
  const hold = (reason: string): Draft => ({
    ...nothing,
    held: [{ kind: 'add', direction, rule: undefined, reason: `\`${requirement.clause}\` is not added: ${reason}` }],
  });
  const needed = traffic.difference(required, surelyOpen(after, direction));
  if (traffic.isNothing(needed)) return nothing;
  if (withheld !== undefined) return hold(withheld);
  const cover = coverOf({ needed, fine: required }, traffic.isEveryProtocol(required), traits, handling.maxFragments);
  if (cover === undefined) return hold(`it would take more than ${rulesText(handling.maxFragments)}`);
  const unsaid = traffic.union(cover.unsaid, cover.unnamed);
  if (!traffic.isNothing(unsaid)) return hold(`no rule of this cloud can say ${trafficText(unsaid)}`);
  const becomes = cover.pieces.map(({ slots, block }) => withBox(BLANK, { slots, peer: peerOfBlock(block) }));
  return { ...nothing, changes: [{ kind: 'add', direction, becomes }] };
}

interface Addition {
  readonly requirement: Missing;
  readonly draft: Draft;
}

function additionsFor(after: Firewall, requirements: readonly Missing[], traits: Traits): readonly Addition[] {
  let now = after;
  return requirements.map((requirement) => {
    const draft = additionFor(now, requirement, traits);
    now = simulate(now, draft.changes);
    return { requirement, draft };
  });
}

/** What of a rule's loss surely was let through. */
function surelyLost({ rule, flows }: Collateral, names: Firewall['names']): Traffic {
  return flows.kind === 'addresses' ? flows.traffic : traffic.onSlots(surelyThrough(rule.box, names), flows.slots);
}

/** Nobody's leave covers the loss of what a clause requires and nothing is added for. */
function withRequired(one: Collateral, firewall: Firewall, additions: readonly Addition[]): Collateral {
  const lost = surelyLost(one, firewall.names);
  const by = additions.find(
    ({ requirement, draft }) =>
      draft.held.length > 0 && !traffic.isNothing(traffic.intersection(lost, requirement.required)),
  );
  return by === undefined ? one : { ...one, accepted: false, requiredBy: by.requirement.clause };
}

/** What is to be done in one direction. */
function draftsFor(firewall: Firewall, direction: Direction, findings: Findings, traits: Traits): readonly Draft[] {
  const reverts = revertsFor(firewall, direction, findings.excess, traits);
  const additions = additionsFor(simulate(firewall, reverts.changes), findings.requirements, traits);
  // INVARIANT: additions are drawn from what the reverts leave, and made before them, so that nothing required is
  // closed in between.
  const drafts = [...additions.map(({ draft }) => draft), reverts];
  const after = simulate(
    firewall,
    drafts.flatMap(({ changes }) => changes),
  );
  const collateral = reallyClosed(after, reverts.collateral).map((one) => withRequired(one, firewall, additions));
  return [...additions.map(({ draft }) => draft), { ...reverts, collateral }];
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
