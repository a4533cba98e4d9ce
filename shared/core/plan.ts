// Drift x Firewall -> Plan: what would be changed, as data, and what cannot be changed exactly.
import { surelyOpen } from './exposure.ts';
import { isEnforced } from './model/finding.ts';
import type { Drift, Excess, Finding, Missing } from './model/finding.ts';
import { DIRECTIONS } from './model/firewall.ts';
import type { Firewall } from './model/firewall.ts';
import type { Collateral, Draft, Plan } from './model/plan.ts';
import { peerOfBlock, withBox } from './model/rule.ts';
import type { RuleContent } from './model/rule.ts';
import { targetKey } from './model/target.ts';
import type { Traits } from './model/traits.ts';
import { coverOf } from './pieces.ts';
import { revertsFor } from './reverts.ts';
import { simulate } from './simulate.ts';
import { ANYWHERE } from './space/addresses.ts';
import { ALL_PORTS } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import { flowsText, trafficText } from './spell.ts';

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
  if (cover === undefined) return hold(`it would take more than ${String(handling.maxFragments)} rules`);
  const unsaid = traffic.union(cover.unsaid, cover.unnamed);
  if (!traffic.isNothing(unsaid)) return hold(`no rule of this cloud can say ${trafficText(unsaid)}`);
  const becomes = cover.pieces.map(({ slots, block }) => withBox(BLANK, { slots, peer: peerOfBlock(block) }));
  return { ...nothing, changes: [{ kind: 'add', direction, becomes }] };
}

function additionsFor(after: Firewall, requirements: readonly Missing[], traits: Traits): readonly Draft[] {
  let now = after;
  return requirements.map((requirement) => {
    const addition = additionFor(now, requirement, traits);
    now = simulate(now, addition.changes);
    return addition;
  });
}

export function planFor(firewall: Firewall, drift: Drift, traits: Traits, carryOut: CarryOut): Plan {
  const drawn = DIRECTIONS.flatMap((direction): readonly Draft[] => {
    const isMeant = (finding: Finding): boolean => finding.direction === direction && isCarriedOut(finding, carryOut);
    const excess = drift.findings.filter((finding): finding is Excess => finding.kind === 'excess' && isMeant(finding));
    const reverts = revertsFor(firewall, direction, excess, traits);
    const after = simulate(firewall, reverts.changes);
    // INVARIANT: additions are drawn from what the reverts leave, and made before them, so that nothing required is
    // closed in between.
    return [...additionsFor(after, drift.requirements.filter(isMeant), traits), reverts];
  });
  return {
    id: `${targetKey(firewall.target)}@${firewall.version}`,
    target: firewall.target,
    version: firewall.version,
    changes: drawn.flatMap(({ changes }) => changes),
    held: drawn.flatMap(({ held }) => held),
    collateral: drawn.flatMap(({ collateral }) => collateral),
  };
}

export function collateralText({ direction, rule, flows }: Collateral): string {
  return `${flowsText(direction, flows)} by \`${rule.id}\``;
}
