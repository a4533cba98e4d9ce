import type { CarryOut } from '../../shared/core/plan.ts';
import type { Flows } from '../../shared/core/model/finding.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { dice, packetsOf } from '../oracle/corners.ts';
import { halvesOf } from '../oracle/plain-address.ts';
import type {
  PlainCase,
  PlainClause,
  PlainClauses,
  PlainPolicy,
  PlainRule,
  PlainService,
} from '../oracle/plain-case.ts';
import { TRAITS } from './core-case.ts';
import type { Core } from './core-modules.ts';
import { broken, DIRECTIONS, judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

type Roll = (below: number) => number;

function shuffled<T>(roll: Roll, list: readonly T[]): readonly T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(roll(rest.length), 1));
}

function splitService(roll: Roll, service: PlainService): readonly PlainService[] {
  if (roll(2) === 0 || service.protocol === 'any' || 'type' in service) return [service];
  const { protocol } = service;
  const withPorts = protocol === 6 || protocol === 17;
  if (!withPorts) return [service];
  const [first, last] = 'ports' in service ? service.ports : [0, 65535];
  if (first === last) return [service];
  const cut = first + roll(last - first);
  return [
    { protocol, ports: [first, cut] },
    { protocol, ports: [cut + 1, last] },
  ];
}

function splitCidr(roll: Roll, cidr: string): readonly string[] {
  return roll(2) === 0 ? [cidr] : halvesOf(cidr);
}

function respelledClause(roll: Roll, clause: PlainClause): PlainClause {
  const services = clause.services.flatMap((service) => splitService(roll, service));
  const peers = clause.peers.flatMap((cidr) => splitCidr(roll, cidr));
  // Saying a part of it once more changes nothing.
  const again = peers.filter(() => roll(4) === 0).flatMap((cidr) => halvesOf(cidr).slice(1));
  return { ...clause, services: shuffled(roll, services), peers: shuffled(roll, [...peers, ...again]) };
}

function respelledSide(roll: Roll, side: PlainClauses): PlainClauses {
  const { allow, deny, require } = side;
  const all = (clauses: readonly PlainClause[]): readonly PlainClause[] =>
    shuffled(
      roll,
      clauses.map((clause) => respelledClause(roll, clause)),
    );
  // The order of `require` is kept: which of two overlapping ones needs an addition depends on it, and may.
  const required = require.map((clause) => respelledClause(roll, clause));
  return { ...(allow === undefined ? {} : { allow: all(allow) }), deny: all(deny), require: required };
}

function respelled(roll: Roll, plain: PlainCase): PlainCase {
  return {
    ...plain,
    rules: shuffled(roll, plain.rules),
    policies: plain.policies.map((policy) => ({
      ...policy,
      ingress: respelledSide(roll, policy.ingress),
      egress: respelledSide(roll, policy.egress),
    })),
    exceptions: shuffled(
      roll,
      plain.exceptions.map((exception) => ({
        ...exception,
        ingress: exception.ingress.map((clause) => respelledClause(roll, clause)),
        egress: exception.egress.map((clause) => respelledClause(roll, clause)),
      })),
    ),
  };
}

/** One rule as several that let through the same together. */
function splitRule(roll: Roll, rule: PlainRule): readonly PlainRule[] {
  const services = splitService(roll, rule.service);
  const peers = 'cidr' in rule.peer ? splitCidr(roll, rule.peer.cidr).map((cidr) => ({ cidr })) : [rule.peer];
  return services.flatMap((service, one) =>
    peers.map((peer, other) => ({ ...rule, id: `${rule.id}.${String(one)}${String(other)}`, service, peer })),
  );
}

/** Everything is narrowed: then how rules are split must not matter, save where the rest of one cannot be said. */
function unbounded(plain: PlainCase): PlainCase {
  const policies = plain.policies.map((policy): PlainPolicy => ({
    ...policy,
    revert: 'narrow',
    maxFragments: 500,
    overflow: 'hold',
  }));
  return { ...plain, policies };
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${String(one)}n` : one));
}

/** Flows that are told apart by `key`, each key's in its one spelling. */
function gathered(core: Core, flows: readonly { readonly key: string; readonly flows: Flows }[]): string {
  const keys = [...new Set(flows.map(({ key, flows: one }) => (one.kind === 'named' ? `${key} ${one.peer}` : key)))];
  return text(
    keys.toSorted().map((key) => {
      const named = flows.flatMap(({ key: own, flows: one }) =>
        one.kind === 'named' && `${own} ${one.peer}` === key ? [one.slots] : [],
      );
      const traffic = flows.flatMap(({ key: own, flows: one }) =>
        one.kind === 'addresses' && own === key ? [one.traffic] : [],
      );
      const slots = named.reduce((all, some) => core.line.union(all, some), []);
      return [key, slots, core.traffic.unionOf(traffic)];
    }),
  );
}

function findingsText({ core, drift }: Judged, perRule: boolean): string {
  const excess = drift.findings.flatMap((finding) => {
    // What is missing depends on what is held, and a half of a rule may go where the whole is held.
    if (finding.kind === 'unread' || (finding.kind === 'missing' && !perRule)) return [];
    const { direction, kind, certainty, mode } = finding;
    const rule = perRule && finding.kind === 'excess' ? finding.rule.id : '';
    const flows: Flows = finding.kind === 'excess' ? finding.flows : { kind: 'addresses', traffic: finding.traffic };
    return [{ key: [direction, kind, certainty, mode, rule].join(' '), flows }];
  });
  return gathered(core, excess);
}

function exposureText(core: Core, firewall: Firewall): string {
  return gathered(
    core,
    DIRECTIONS.flatMap((key) =>
      core.exposure.exposureOf(firewall, key).map(({ box }) => ({ key, flows: core.exposure.flowsOf(box) })),
    ),
  );
}

interface Outcome {
  readonly after: string;
  readonly held: string;
}

function outcomeOf({ core, firewall, drift }: Judged, carryOut: CarryOut): Outcome {
  const plan = core.plan.planFor(firewall, drift, TRAITS, carryOut);
  const after = exposureText(core, core.simulate.simulate(firewall, plan.changes));
  return { after, held: text(plan.held.map(({ kind, rule }) => `${kind} ${rule?.id ?? ''}`).toSorted()) };
}

function checkSame(one: Judged, other: Judged, isSplit: boolean): void {
  if (findingsText(one, !isSplit) !== findingsText(other, !isSplit)) {
    broken('findings depend on spelling', {
      plain: one.plain,
      other: other.plain,
      findings: findingsText(one, !isSplit),
      others: findingsText(other, !isSplit),
    });
  }
  for (const carryOut of ['proven', 'enforced'] as const) {
    const [a, b] = [outcomeOf(one, carryOut), outcomeOf(other, carryOut)];
    if (isSplit && (a.held !== '[]' || b.held !== '[]')) continue;
    if (a.after !== b.after || (!isSplit && a.held !== b.held)) {
      broken('the outcome depends on spelling', { carryOut, other: other.plain, a, b });
    }
  }
}

/** Law 4: neither the order of rules and clauses matters, nor how ranges are split or spelled. */
export function spellingLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const roll = dice(seed);
  noteCase(mix, plain, packetsOf(plain, seed, 240));
  const judged = judgedBy(core, plain);
  checkSame(judged, judgedBy(core, respelled(roll, plain)), false);
  const free = unbounded(plain);
  const split = { ...respelled(roll, free), rules: free.rules.flatMap((rule) => splitRule(roll, rule)) };
  checkSame(judgedBy(core, free), judgedBy(core, split), true);
}
