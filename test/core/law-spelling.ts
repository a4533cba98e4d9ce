import type { CarryOut } from '../../shared/core/plan.ts';
import type { Finding, Flows } from '../../shared/core/model/finding.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { Slots } from '../../shared/core/space/slots.ts';
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

/** Another name for the same peer, where there is one. */
function respelledName(roll: Roll, aliases: PlainCase['aliases'], name: string): string {
  const peer = aliases[name];
  const same = Object.keys(aliases).filter((written) => peer !== undefined && aliases[written] === peer);
  return same[roll(same.length)] ?? name;
}

function respelledClause(roll: Roll, clause: PlainClause, aliases: PlainCase['aliases']): PlainClause {
  const services = clause.services.flatMap((service) => splitService(roll, service));
  const peers = clause.peers.flatMap((cidr) => splitCidr(roll, cidr));
  // Saying a part of it once more changes nothing.
  const again = peers.filter(() => roll(4) === 0).flatMap((cidr) => halvesOf(cidr).slice(1));
  const names = clause.names?.flatMap((name) => [respelledName(roll, aliases, name), ...(roll(4) === 0 ? [name] : [])]);
  return {
    ...clause,
    services: shuffled(roll, services),
    peers: shuffled(roll, [...peers, ...again]),
    ...(names === undefined ? {} : { names: shuffled(roll, names) }),
    ...(clause.within === undefined ? {} : { within: clause.within.flatMap((cidr) => splitCidr(roll, cidr)) }),
  };
}

function respelledSide(roll: Roll, side: PlainClauses, aliases: PlainCase['aliases']): PlainClauses {
  const { allow, deny, require } = side;
  const all = (clauses: readonly PlainClause[]): readonly PlainClause[] =>
    shuffled(
      roll,
      clauses.map((clause) => respelledClause(roll, clause, aliases)),
    );
  // The order of `require` is kept: which of two overlapping ones needs an addition depends on it, and may.
  const required = require.map((clause) => respelledClause(roll, clause, aliases));
  return { ...(allow === undefined ? {} : { allow: all(allow) }), deny: all(deny), require: required };
}

function shuffledKeys<T>(roll: Roll, record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(shuffled(roll, Object.entries(record)));
}

function respelled(roll: Roll, plain: PlainCase): PlainCase {
  const { aliases } = plain;
  return {
    ...plain,
    named: shuffledKeys(roll, plain.named),
    aliases: shuffledKeys(roll, aliases),
    rules: shuffled(roll, plain.rules),
    policies: plain.policies.map((policy) => ({
      ...policy,
      ingress: respelledSide(roll, policy.ingress, aliases),
      egress: respelledSide(roll, policy.egress, aliases),
    })),
    exceptions: shuffled(
      roll,
      plain.exceptions.map((exception) => ({
        ...exception,
        ingress: exception.ingress.map((clause) => respelledClause(roll, clause, aliases)),
        egress: exception.egress.map((clause) => respelledClause(roll, clause, aliases)),
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

interface Keyed {
  readonly key: string;
  readonly flows: Flows;
}

/** Flows that are told apart by `key`, each key's in its one spelling. */
function gathered(core: Core, flows: readonly Keyed[]): string {
  const whole = flows.map(({ key, flows: one }) => ({
    key: one.kind === 'named' ? `${key} ${one.peer}${one.part === undefined ? '' : ' in part'}` : key,
    slots: one.kind === 'named' && one.part === undefined ? one.slots : [],
    traffic: one.kind === 'named' ? (one.part ?? []) : one.traffic,
  }));
  const keys = [...new Set(whole.map(({ key }) => key))];
  return text(
    keys.toSorted().map((key) => {
      const own = whole.filter((one) => one.key === key);
      const slots = own.reduce<Slots>((all, one) => core.line.union(all, one.slots), []);
      return [key, slots, core.traffic.unionOf(own.map(({ traffic }) => traffic))];
    }),
  );
}

function keyedOf(finding: Finding, perRule: boolean): readonly Keyed[] {
  const { direction, kind, certainty, mode } = finding;
  const key = [direction, kind, certainty, mode].join(' ');
  switch (finding.kind) {
    case 'unread':
      return [];
    case 'limit':
      return [{ key, flows: { kind: 'addresses', traffic: finding.traffic } }];
    case 'excess':
      return [{ key: perRule ? `${key} ${finding.rule.id}` : key, flows: finding.flows }];
    case 'missing': {
      const { traffic, named } = finding.missing;
      // What is missing depends on what is held, and a half of a rule may go where the whole is held.
      return perRule ? [{ key, flows: { kind: 'addresses', traffic } }, ...named.map((flows) => ({ key, flows }))] : [];
    }
  }
}

function findingsText({ core, drift }: Judged, perRule: boolean): string {
  return gathered(
    core,
    drift.findings.flatMap((finding) => keyedOf(finding, perRule)),
  );
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
  // Which of two equal rules is held, and which goes, is for nobody to see.
  const held = new Set(plan.held.map(({ kind, rule }) => `${kind} ${rule === undefined ? '' : text(rule.box)}`));
  return { after, held: text([...held].toSorted()) };
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

/** Law 4: neither the order of rules, clauses and names matters, nor how ranges and peers are split or spelled. */
export function spellingLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  const roll = dice(seed);
  noteCase(mix, plain, packetsOf(plain, seed, 240));
  const judged = judgedBy(core, plain);
  checkSame(judged, judgedBy(core, respelled(roll, plain)), false);
  const free = unbounded(plain);
  const split = { ...respelled(roll, free), rules: free.rules.flatMap((rule) => splitRule(roll, rule)) };
  checkSame(judgedBy(core, free), judgedBy(core, split), true);
}
