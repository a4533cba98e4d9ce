import fc from 'fast-check';
import { aliases, cidr, demand, denial, extents, PEERS, permission, ports, ruleService } from './arbitrary-clauses.ts';
import { cidrNear, HOWS, peerOf, serviceOf } from './near-edges.ts';
import type { Aliases, How, RawPeer, RawService } from './near-edges.ts';
import { familyOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainClause, PlainClauses, PlainDirection, PlainException } from '../oracle/plain-case.ts';
import type { PlainExtent, PlainMode, PlainPolicy, PlainRule } from '../oracle/plain-case.ts';

/**
 * Firewalls and policies as plain cases. Rules are drawn from the edges of the policy's own clauses, plus or minus one:
 * a rule that has nothing to do with any clause proves little.
 */

/** A `require`, and what makes room for it: an exception, an allow of its own policy, or nothing, which may contradict. */
interface RawRequire {
  readonly clause: PlainClause;
  readonly open: boolean;
  readonly backing: 'exception' | 'allow' | 'none';
}

const required: fc.Arbitrary<RawRequire> = fc.record({
  clause: demand,
  open: fc.boolean(),
  backing: fc.constantFrom<RawRequire['backing'][]>(
    'exception',
    'exception',
    'exception',
    'exception',
    'exception',
    'exception',
    'allow',
    'none',
  ),
});

interface RawSide {
  readonly allow: readonly PlainClause[] | undefined;
  readonly deny: readonly PlainClause[];
  readonly require: readonly RawRequire[];
}

const side: fc.Arbitrary<RawSide> = fc.record({
  allow: fc.option(fc.array(permission, { minLength: 1, maxLength: 4 }), { freq: 2, nil: undefined }),
  deny: fc.array(denial, { maxLength: 3 }),
  require: fc.oneof(
    { weight: 3, arbitrary: fc.constant<readonly RawRequire[]>([]) },
    { weight: 1, arbitrary: fc.array(required, { minLength: 1, maxLength: 2 }) },
  ),
});

const mode = fc.constantFrom<PlainMode>('enforce', 'enforce', 'enforce', 'approve', 'report', 'observe');

type RawPolicy = Omit<PlainPolicy, 'name' | 'openPorts' | PlainDirection> & {
  readonly limit: number | undefined;
} & Readonly<Record<PlainDirection, RawSide>>;

const policy: fc.Arbitrary<RawPolicy> = fc.record({
  mode,
  governs: fc.constantFrom(true, true, true, true, true, true, true, false),
  revert: fc.constantFrom<PlainPolicy['revert'][]>(
    'narrow',
    'narrow',
    'narrow',
    'narrow',
    'narrow',
    'remove',
    'restore',
  ),
  maxFragments: fc.constantFrom(20, 20, 20, 20, 20, 20, 1, 2, 5, 60, 300),
  overflow: fc.constantFrom<PlainPolicy['overflow'][]>('hold', 'hold', 'remove'),
  collateral: fc.constantFrom<PlainPolicy['collateral'][]>('hold', 'hold', 'allow'),
  graceMs: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 60_000, 300_000),
  byId: fc.boolean(),
  limit: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, undefined, 0, 1, 15, 65_536, 70_000),
  ingress: side,
  egress: fc.oneof(
    { weight: 2, arbitrary: side },
    { weight: 1, arbitrary: fc.constant<RawSide>({ allow: undefined, deny: [], require: [] }) },
  ),
});

const exception = fc.record({
  governs: fc.constantFrom(true, true, true, true, false),
  live: fc.constantFrom(true, true, true, true, false),
  ingress: fc.array(permission, { maxLength: 2 }),
  egress: fc.array(permission, { maxLength: 1 }),
});

const peerRaw: fc.Arbitrary<RawPeer> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ near: fc.nat(3), how: fc.constantFrom(...HOWS) }) },
  { weight: 3, arbitrary: cidr.map((one) => ({ cidr: one })) },
  { weight: 3, arbitrary: fc.constantFrom(...PEERS, PEERS[2]).map((named) => ({ named })) },
  { weight: 2, arbitrary: fc.nat(3).map((name) => ({ name })) },
);

const serviceRaw: fc.Arbitrary<RawService> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      near: fc.nat(3),
      from: fc.constantFrom(-30, -1, -1, 0, 1),
      to: fc.constantFrom(-1, 0, 1, 1, 30),
      wide: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 3, arbitrary: ruleService },
);

const rule = fc.record({
  direction: fc.constantFrom<PlainDirection[]>('ingress', 'ingress', 'ingress', 'egress'),
  clause: fc.nat(40),
  service: serviceRaw,
  peer: peerRaw,
  copies: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
  box: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ sourcePorts: fc.option(ports, { nil: undefined }), own: fc.boolean() }) },
  ),
});
type RawRule = typeof rule extends fc.Arbitrary<infer Raw> ? Raw : never;

function sidesOf(raw: RawPolicy['ingress']): PlainClauses {
  const backed = raw.require.filter(({ backing }) => backing === 'allow').map((one) => one.clause);
  return {
    ...(raw.allow === undefined ? {} : { allow: [...raw.allow, ...backed] }),
    deny: raw.deny,
    require: raw.require.map((one) => ({ ...one.clause, open: one.open })),
  };
}

function backingExceptions(raw: RawPolicy): readonly PlainException[] {
  const excepted = (direction: PlainDirection): readonly PlainClause[] =>
    raw[direction].require.filter(({ backing }) => backing === 'exception').map((one) => one.clause);
  const [ingress, egress] = [excepted('ingress'), excepted('egress')];
  if (ingress.length + egress.length === 0) return [];
  return [{ name: '', governs: true, live: true, ingress, egress }];
}

function ruleOf(raw: RawRule, id: string, clauses: readonly PlainClause[], aliasOf: Aliases): PlainRule {
  // Service and peer come from one clause, so that the rule lies on its edges in both.
  const near = clauses[raw.clause % Math.max(clauses.length, 1)] ?? { services: [], peers: [] };
  const peer = peerOf(raw.peer, near, aliasOf);
  const { sourcePorts, own } = raw.box ?? { sourcePorts: undefined, own: false };
  const host = 'cidr' in peer && familyOf(peer.cidr) === 6 ? '2001:db8:1::4/128' : '10.0.0.4/32';
  return {
    id,
    direction: raw.direction,
    service: serviceOf(raw.service, near.services),
    peer,
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
    ...(own && 'cidr' in peer ? { own: [host] } : {}),
  };
}

function clausesIn(
  policies: readonly PlainPolicy[],
  exceptions: readonly PlainException[],
): Readonly<Record<PlainDirection, readonly PlainClause[]>> {
  const of = (direction: PlainDirection): readonly PlainClause[] => [
    ...policies.flatMap(({ [direction]: one }) => [...(one.allow ?? []), ...one.deny, ...one.require]),
    ...exceptions.flatMap((one) => one[direction]),
  ];
  return { ingress: of('ingress'), egress: of('egress') };
}

interface RawCase {
  readonly policies: readonly RawPolicy[];
  readonly exceptions: readonly Omit<PlainException, 'name'>[];
  readonly rules: readonly RawRule[];
  readonly named: Readonly<Record<string, PlainExtent | undefined>>;
  readonly aliases: Readonly<Record<string, string | undefined>>;
  readonly managedBy: string | undefined;
  /** Entries of the prefix list, beside the CIDRs that clauses have. */
  readonly entries: readonly { readonly near: number; readonly how: How }[] | undefined;
}

function caseOf(raw: RawCase): PlainCase {
  const policies = raw.policies.map(({ limit, ...one }, index): PlainPolicy => ({
    ...one,
    ...(limit === undefined ? {} : { openPorts: limit }),
    name: `p${String(index + 1)}`,
    ingress: sidesOf(one.ingress),
    egress: sidesOf(one.egress),
  }));
  const exceptions = [...raw.exceptions, ...raw.policies.flatMap(backingExceptions)].map((one, index) => ({
    ...one,
    name: `e${String(index + 1)}`,
  }));
  const clauses = clausesIn(policies, exceptions);
  const aliasOf = stated(raw.aliases);
  const rules = raw.rules.flatMap((one, index) =>
    Array.from({ length: one.copies }, (_, copy) =>
      ruleOf(one, `sgr-${String(index + 1)}${'b'.repeat(copy)}`, clauses[one.direction], aliasOf),
    ),
  );
  const { managedBy } = raw;
  const tended = managedBy === undefined ? {} : { managedBy };
  const cidrs = [...clauses.ingress, ...clauses.egress].flatMap(({ peers }) => peers);
  const entries = raw.entries?.map(({ near, how }) =>
    cidrNear(cidrs[near % Math.max(cidrs.length, 1)] ?? '10.0.0.0/8', how),
  );
  const list = entries === undefined ? {} : { [PEERS[2]]: { least: entries, most: entries } };
  return { rules, policies, exceptions, named: { ...stated(raw.named), ...list }, aliases: aliasOf, ...tended };
}

function stated<T>(record: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).flatMap(([key, one]) => (one === undefined ? [] : [[key, one]])));
}

/** A firewall, the policies over it, what is known of named peers, and a seed for the packets to ask about. */
export const plainCase: fc.Arbitrary<PlainCase> = fc
  .record({
    policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
    exceptions: fc.oneof(
      { weight: 2, arbitrary: fc.constant<Omit<PlainException, 'name'>[]>([]) },
      { weight: 1, arbitrary: fc.array(exception, { minLength: 1, maxLength: 2 }) },
    ),
    rules: fc.array(rule, { minLength: 1, maxLength: 7 }),
    named: extents,
    aliases,
    entries: fc.option(
      fc.array(fc.record({ near: fc.nat(40), how: fc.constantFrom(...HOWS) }), { minLength: 1, maxLength: 3 }),
      { freq: 3, nil: undefined },
    ),
    managedBy: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'eks (`aws:eks:cluster-name`)'),
  })
  .map(caseOf);
