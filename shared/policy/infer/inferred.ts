// Firewall[] -> Inferred: policies that allow what is open now, but for what is dangerous and open to the internet.
import { UNKNOWN } from '../../core/exposure.ts';
import type { Direction, Firewall } from '../../core/model/firewall.ts';
import * as line from '../../core/space/line.ts';
import { ANY_PROTOCOL } from '../../core/space/slots.ts';
import * as traffic from '../../core/space/traffic.ts';
import type { Traffic } from '../../core/space/traffic.ts';
import { flowsText, peerText, serviceText } from '../../core/spell.ts';
import { clausesOf } from './clauses.ts';
import type { Clauses, WrittenClause } from './clauses.ts';
import { groupsOf } from './groups.ts';
import type { Group, Picked } from './groups.ts';
import { allowedFor, openedIn, together } from './openings.ts';
import type { Opened, Openings, Risky } from './openings.ts';
import { Callings } from './peers.ts';

/** What a firewall lets through and no clause allows, so that a check finds it. */
export interface LeftOut {
  readonly firewall: Firewall;
  readonly rule: string;
  /** The traffic, in words. */
  readonly text: string;
  readonly why: string;
}

/** What is said of one direction. */
export interface InferredDirection {
  readonly clauses: readonly WrittenClause[];
  readonly widened: Clauses['widened'];
}

/** One policy. Groups that let through the same share one. */
export interface InferredPolicy {
  readonly picked: readonly Picked[];
  readonly firewalls: readonly Firewall[];
  readonly ingress: InferredDirection;
  /** Undefined where some of the firewalls let everything out, as EC2 has it for new ones: then nothing is said. */
  readonly egress: InferredDirection | undefined;
  readonly leftOut: readonly LeftOut[];
}

export interface Inferred {
  readonly policies: readonly InferredPolicy[];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly firewalls: number;
}

/** What of a risky part of a rule no clause allows, in addresses; of a peer by its name, if it were the most it can be. */
function notAllowed({ rule, slots }: Risky, firewall: Firewall, allowed: Traffic): Traffic {
  const { peer } = rule.box;
  const who = peer.kind === 'addresses' ? peer.addresses : (firewall.names.get(peer.name) ?? UNKNOWN).most;
  return traffic.difference(traffic.trafficOf(slots, who), allowed);
}

/** Past this length a list of exceptions says less than that there are some. */
const LONGEST_TEXT = 80;

/** What no clause allows, in words. */
function restText({ rule, slots }: Risky, rest: Traffic): string {
  const { peer } = rule.box;
  const services = serviceText(slots);
  if (peer.kind === 'named') return `${services} from ${peer.name}`;
  const exact = flowsText('ingress', { kind: 'addresses', traffic: rest });
  if (exact.length <= LONGEST_TEXT) return exact;
  return `${services} from ${peerText(peer)}, as far as no clause allows it`;
}

function leftOutOf({ firewall, risky }: Opened, open: Openings): readonly LeftOut[] {
  const allowed = allowedFor(firewall, open);
  return risky.flatMap((one): readonly LeftOut[] => {
    const rest = notAllowed(one, firewall, allowed);
    if (traffic.isNothing(rest)) return [];
    return [{ firewall, rule: one.rule.id, text: restText(one, rest), why: one.why }];
  });
}

/** What could not be read is a finding under every policy, so it belongs to what a check will show. */
function unreadIn(firewall: Firewall, directions: readonly Direction[]): readonly LeftOut[] {
  return firewall.unread
    .filter(({ direction }) => directions.includes(direction))
    .map(({ rule, why }) => ({ firewall, rule, text: `a rule that cannot be read (${why})`, why: 'unread' }));
}

/** Whether everything may leave, by the rule that a new group has. */
function letsAllOut({ open }: Opened): boolean {
  const all = open.get('0.0.0.0/0');
  return all !== undefined && line.equal(all.slots, ANY_PROTOCOL);
}

function directionOf(opened: readonly Opened[]): Clauses {
  return clausesOf(together(opened.map(({ open }) => open)));
}

function policyOf({ picked, firewalls }: Group, callings: Callings): InferredPolicy {
  const incoming = firewalls.map((firewall) => openedIn(firewall, 'ingress', callings));
  const outgoing = firewalls.map((firewall) => openedIn(firewall, 'egress', callings));
  const ingress = directionOf(incoming);
  const egress = outgoing.some(letsAllOut) ? undefined : directionOf(outgoing);
  const directions: readonly Direction[] = egress === undefined ? ['ingress'] : ['ingress', 'egress'];
  return {
    picked: [picked],
    firewalls,
    ingress: { clauses: ingress.clauses, widened: ingress.widened },
    egress: egress === undefined ? undefined : { clauses: egress.clauses, widened: egress.widened },
    leftOut: [
      ...incoming.flatMap((opened) => leftOutOf(opened, ingress.openings)),
      ...firewalls.flatMap((firewall) => unreadIn(firewall, directions)),
    ],
  };
}

/** What tells policies apart whose firewalls are not looked at: how they pick, and what they say. */
function keyOf({ picked: [first], ingress, egress }: InferredPolicy): string {
  const picks = first?.by === 'name' ? `name ${first.untagged ?? ''}` : (first?.by ?? '');
  return JSON.stringify([picks, ingress, egress]);
}

function merged(policies: readonly InferredPolicy[]): readonly InferredPolicy[] {
  const byKey = new Map<string, InferredPolicy[]>();
  for (const policy of policies) {
    const key = keyOf(policy);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [policy]);
    else known.push(policy);
  }
  return [...byKey.values()].flatMap((same): readonly InferredPolicy[] => {
    const [first] = same;
    if (first === undefined) return [];
    return [
      {
        ...first,
        picked: same.flatMap(({ picked }) => picked),
        firewalls: same.flatMap(({ firewalls }) => firewalls),
        leftOut: same.flatMap(({ leftOut }) => leftOut),
      },
    ];
  });
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/**
 * Policies that say what firewalls let through now. Judged by them, these firewalls have findings for what was left out,
 * and for nothing else. Firewalls are grouped by what they are for, and what one of a group lets through the others may.
 */
export function inferredFrom(firewalls: readonly Firewall[]): Inferred {
  const callings = new Callings(firewalls);
  return {
    policies: merged(groupsOf(firewalls).map((group) => policyOf(group, callings))),
    accounts: distinct(firewalls.map(({ target }) => target.account)),
    regions: distinct(firewalls.map(({ target }) => target.region)),
    firewalls: firewalls.length,
  };
}
