// Firewall x Desired x Traits -> Drift: every breach, each proven or possible, each under the clause that decides.
import { viewFor } from './effective.ts';
import type { Desired } from './effective.ts';
import { excessOf } from './excess.ts';
import { limitsPassed } from './limits.ts';
import { requirementsOf } from './missing.ts';
import type { Drift, Excess, Missing, UnreadFinding } from './model/finding.ts';
import { DIRECTIONS } from './model/firewall.ts';
import type { Firewall } from './model/firewall.ts';
import { targetKey } from './model/target.ts';
import type { Traits } from './model/traits.ts';
import { suspectsOf } from './suspects.ts';
import * as traffic from './space/traffic.ts';

/** What could not be read may let anything through: the strictest governing policy has to say so. */
function unreadIn(firewall: Firewall, desired: Desired): readonly UnreadFinding[] {
  return firewall.unread.flatMap(({ direction, rule, why }): readonly UnreadFinding[] => {
    const { prohibitions } = viewFor(desired, direction, undefined, firewall);
    const [by] = prohibitions;
    if (by === undefined) return [];
    return [
      {
        kind: 'unread',
        id: `${targetKey(firewall.target)}/${direction}/unread/${by.clause}/${rule}`,
        target: firewall.target,
        direction,
        certainty: 'possible',
        policies: [...new Set(prohibitions.map(({ policy }) => policy.name))],
        clause: by.clause,
        place: by.place,
        why: by.why,
        mode: by.policy.mode,
        handling: by.policy.handling,
        rule,
        problem: why,
      },
    ];
  });
}

/** `waited` are the ids of findings whose grace is over. */
export function driftOf(
  firewall: Firewall,
  desired: Desired,
  traits: Traits,
  waited: ReadonlySet<string> = new Set(),
): Drift {
  const excess: Excess[] = [];
  const requirements: Missing[] = [];
  for (const direction of DIRECTIONS) {
    const found = suspectsOf(firewall, direction, desired)
      .flatMap((rule) => excessOf({ firewall, direction, desired }, rule))
      .map((finding) => (waited.has(finding.id) ? { ...finding, graceMs: 0 } : finding));
    excess.push(...found);
    requirements.push(...requirementsOf({ firewall, desired }, direction, found, traits));
  }
  const missing = requirements.filter(
    ({ missing: { traffic: inAddresses, named } }) => !traffic.isNothing(inAddresses) || named.length > 0,
  );
  return {
    target: firewall.target,
    governed: desired.policies.length > 0,
    findings: [...excess, ...missing, ...unreadIn(firewall, desired), ...limitsPassed(firewall, desired)],
    requirements,
    contradictions: desired.contradictions,
  };
}
