// Expected rules x Judgement -> where what is let through after the revert is not as expected.
import { askedOf } from '../../core/explain/asked.ts';
import { flowsOf, UNKNOWN } from '../../core/exposure.ts';
import type { Judgement } from '../../core/judge.ts';
import { rulesOf } from '../../core/model/firewall.ts';
import type { Direction, Firewall } from '../../core/model/firewall.ts';
import type { NamedFlows } from '../../core/model/finding.ts';
import type { PeerName } from '../../core/model/rule.ts';
import { simulate } from '../../core/simulate.ts';
import * as line from '../../core/space/line.ts';
import type { Slots } from '../../core/space/slots.ts';
import * as traffic from '../../core/space/traffic.ts';
import type { Traffic } from '../../core/space/traffic.ts';
import { flowsText } from '../../core/spell.ts';
import type { Expectation, Flow } from './case.ts';

/** All that some rules let through: in addresses, and by peers that rules name. */
interface Open {
  readonly inAddresses: Traffic;
  readonly named: ReadonlyMap<PeerName, Slots>;
}

export interface AfterDifference {
  readonly direction: Direction;
  /** Expected, and not let through. */
  readonly lacking: readonly string[];
  /** Let through, and not expected. */
  readonly extra: readonly string[];
}

function openOf(all: readonly ReturnType<typeof flowsOf>[]): Open {
  const named = new Map<PeerName, Slots>();
  for (const flows of all) {
    if (flows.kind === 'named') named.set(flows.peer, line.union(named.get(flows.peer) ?? [], flows.slots));
  }
  return {
    inAddresses: traffic.unionOf(all.flatMap((flows) => (flows.kind === 'addresses' ? [flows.traffic] : []))),
    named,
  };
}

function expectedOpen(flows: readonly Flow[], firewall: Firewall): Open {
  return openOf(
    flows.map((flow) => {
      const { peer, slots, traffic: inAddresses } = askedOf(flow, firewall);
      return peer === undefined ? { kind: 'addresses', traffic: inAddresses } : { kind: 'named', peer, slots };
    }),
  );
}

/** What of it the other side does not let through. A peer is let through, too, where all that it can be is. */
function beyond(
  open: Open,
  other: Open,
  { names }: Firewall,
): readonly (NamedFlows | { readonly kind: 'addresses'; readonly traffic: Traffic })[] {
  const inAddresses = traffic.difference(open.inAddresses, other.inAddresses);
  const named = [...open.named].flatMap(([peer, slots]): readonly NamedFlows[] => {
    const could = traffic.trafficOf(slots, (names.get(peer) ?? UNKNOWN).most);
    const doubtful = traffic.slotsOf(traffic.difference(could, other.inAddresses));
    const rest = line.difference(line.intersection(slots, doubtful), other.named.get(peer) ?? []);
    return rest.length === 0 ? [] : [{ kind: 'named', peer, slots: rest }];
  });
  return [...(traffic.isNothing(inAddresses) ? [] : [{ kind: 'addresses', traffic: inAddresses } as const]), ...named];
}

/** By direction that is expected: how the firewall would differ if everything proven were enforced. */
export function afterDifferences(
  expected: Expectation['after'],
  { firewall, full }: Judgement,
): readonly AfterDifference[] {
  const after = simulate(firewall, full.changes);
  return [...expected].flatMap(([direction, flows]) => {
    const wanted = expectedOpen(flows, firewall);
    const actual = openOf(rulesOf(after, direction).map(({ box }) => flowsOf(box)));
    const textsOf = (some: ReturnType<typeof beyond>): readonly string[] =>
      some.flatMap((one) => flowsText(direction, one).split('; '));
    const lacking = textsOf(beyond(wanted, actual, firewall));
    const extra = textsOf(beyond(actual, wanted, firewall));
    return lacking.length + extra.length === 0 ? [] : [{ direction, lacking, extra }];
  });
}
