import { describe, expect, it } from 'vitest';
import { outcomesOf } from '../../cli/test-run.ts';
import { firewallOf } from '../../cli/test-firewall.ts';
import { awsTraits } from '../../shared/clouds/aws/traits.ts';
import { viewFor, DesiredBook } from '../../shared/core/effective.ts';
import { askedOf, shareOf } from '../../shared/core/explain/asked.ts';
import { isLive } from '../../shared/core/during.ts';
import { judgementOf } from '../../shared/core/judge.ts';
import { matches } from '../../shared/core/match.ts';
import { DIRECTIONS } from '../../shared/core/model/firewall.ts';
import type { Direction, Firewall } from '../../shared/core/model/firewall.ts';
import type { Clause, Match, Policy, PolicySet } from '../../shared/core/model/policy.ts';
import { INTERNET, NETWORK } from '../../shared/core/model/rule.ts';
import type { Peer, PeerName } from '../../shared/core/model/rule.ts';
import { extentOf } from '../../shared/core/peers.ts';
import type { Addresses } from '../../shared/core/space/addresses.ts';
import { unionOf } from '../../shared/core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../shared/core/space/cidr.ts';
import { flowsText } from '../../shared/core/spell.ts';
import { readPolicyFiles, readTestFiles } from '../../shared/policy/files.ts';
import { warningsOf } from '../../shared/policy/lint/lint.ts';
import type { PolicyFile } from '../../shared/policy/load.ts';
import type { Flow, StandsFor, StatedFirewall } from '../../shared/policy/testing/case.ts';
import { setOf } from './policies.ts';

const FOLDER = 'examples/policies';
const EXAMPLES = await readPolicyFiles([FOLDER]);
const NOW = new Date('2026-11-24T12:00:00Z');

function rangesOf(...cidrs: readonly string[]): Addresses {
  return unionOf(cidrs.map((cidr) => addressesOfBlock(blockOf(cidr)!.block)));
}

/** Networks that examples are tried on. What is private in the one is public in the other. */
const NETWORKS: Readonly<Record<string, Addresses>> = {
  'a 10.x network': rangesOf('10.0.0.0/16'),
  'a dual-stack network of public addresses': rangesOf('192.0.2.0/24', '198.51.100.128/25', '2001:db8:7::/56'),
};

/** `allow` clauses that another policy of the example forbids, as its comment says. */
const FORBIDDEN_ON_PURPOSE = ['api/ingress/allow/2'];

/** A text that a glob fits. */
function textFor(globs: readonly string[] | undefined, otherwise: string): string {
  return globs?.[0]?.replaceAll('*', 'central-1').replaceAll('?', 'x') ?? otherwise;
}

/** A firewall that the policy governs, on some network. */
function statedFor({ match }: { readonly match: Match }, ranges: Addresses): StatedFirewall {
  return {
    cloud: 'aws',
    account: textFor(match.account, '111122223333'),
    region: textFor(match.region, 'eu-central-1'),
    id: textFor(match.id, 'sg-0123456789abcdef0'),
    name: textFor(match.name, 'any'),
    tags: Object.fromEntries(Object.entries(match.tags ?? {}).map(([key, globs]) => [key, textFor(globs, 'x')])),
    networks: new Map([['vpc-0123456789abcdef0', ranges]]),
  };
}

/** What a prefix list of the example holds: something on the internet. */
const ENTRIES = rangesOf('203.0.113.128/25');

function standingsFor(written: readonly PeerName[]): ReadonlyMap<PeerName, StandsFor> {
  const lists = written.filter((name) => name.startsWith('prefix-list:'));
  return new Map(lists.map((name) => [name, { kind: 'addresses', addresses: ENTRIES }]));
}

/** A clause as lines of traffic: one for its addresses, and one for each peer that it names. */
function flowsOfClause(direction: Direction, { slots, peers, place }: Clause): readonly Flow[] {
  const all: readonly Peer[] = [
    { kind: 'addresses', addresses: peers.addresses },
    ...peers.names.map((name): Peer => ({ kind: 'named', name })),
  ];
  return all
    .filter((peer) => peer.kind === 'named' || peer.addresses.v4.length + peer.addresses.v6.length > 0)
    .map((peer) => ({ text: '', at: { ...place, column: 1 }, direction, slots, peer }));
}

/** A moment at which the clause is live, of those within a week. */
function momentOf({ during }: Clause): Date {
  const moments = Array.from({ length: 7 * 24 }, (_, hour) => new Date(NOW.getTime() + hour * 3_600_000));
  return moments.find((moment) => isLive(during, moment))!;
}

interface Tried {
  readonly set: PolicySet;
  readonly policy: Policy;
  readonly ranges: Addresses;
}

function builtFor({ set, policy, ranges }: Tried, flows: readonly Flow[], at: Date): Firewall {
  const written = new DesiredBook(set).written;
  const known = { peers: standingsFor(written), written };
  const blank = firewallOf(statedFor(policy, ranges), [], known, at);
  // No rule can name `network` or `internet`: it has the addresses instead.
  const rules = flows.map((flow): Flow => {
    const { peer } = flow;
    if (peer.kind === 'addresses' || (peer.name !== NETWORK && peer.name !== INTERNET)) return flow;
    return { ...flow, peer: { kind: 'addresses', addresses: extentOf(peer.name, blank).most } };
  });
  return firewallOf(statedFor(policy, ranges), rules, known, at);
}

function allowsOf(policy: Policy): readonly { readonly direction: Direction; readonly clause: Clause }[] {
  return DIRECTIONS.flatMap((direction) => (policy[direction].allow ?? []).map((clause) => ({ direction, clause })));
}

/** The `allow` clauses of a policy of which something is forbidden, or may be, while they are live. */
function killedIn(tried: Tried): readonly string[] {
  return allowsOf(tried.policy).flatMap(({ direction, clause }) => {
    const at = momentOf(clause);
    const firewall = builtFor(tried, [], at);
    expect(matches(tried.policy.match, firewall)).toBe(true);
    const desired = new DesiredBook(tried.set).for(firewall, at);
    return flowsOfClause(direction, clause).flatMap((flow) => {
      const asked = askedOf(flow, firewall);
      expect(asked.traffic, clause.id).not.toEqual([]);
      const view = viewFor(desired, direction, asked.peer, firewall);
      return shareOf(asked, view.forbidden, view.could) === 'none' ? [] : [clause.id];
    });
  });
}

/** What is found of a firewall that is made of exactly what the policy allows, while all of it is live. */
function findingsIn(tried: Tried): readonly string[] {
  const allows = allowsOf(tried.policy).filter(({ clause }) => !FORBIDDEN_ON_PURPOSE.includes(clause.id));
  const moments = new Set(allows.map(({ clause }) => momentOf(clause).getTime()));
  return [...moments].flatMap((moment) => {
    const at = new Date(moment);
    const live = allows.filter(({ clause }) => isLive(clause.during, at));
    const flows = live.flatMap(({ direction, clause }) => flowsOfClause(direction, clause));
    const firewall = builtFor(tried, flows, at);
    const book = new DesiredBook(tried.set);
    const run = { limits: book.limits, changesInRun: 0 };
    const { drift, verdict } = judgementOf(firewall, book.for(firewall, at), awsTraits, run);
    expect(drift.governed).toBe(true);
    expect(drift.contradictions).toEqual([]);
    const texts = drift.findings.map((one) =>
      one.kind === 'excess' ? `${one.clause}: ${flowsText(one.direction, one.flows)}` : `${one.kind} ${one.clause}`,
    );
    return verdict.kind === 'none' ? texts : [...texts, verdict.kind];
  });
}

const TRIED = EXAMPLES.flatMap((file: PolicyFile) =>
  Object.entries(NETWORKS).map(([network, ranges]) => ({ name: file.name, network, set: setOf([file]), ranges })),
);

describe('the example policies', () => {
  it('each have a test file of their own, and all of their tests pass', async () => {
    const tests = await readTestFiles([FOLDER]);
    expect(tests.map(({ name }) => name)).toEqual(EXAMPLES.map(({ name }) => name.replace('.yaml', '.test.yaml')));
    const files = await outcomesOf([FOLDER], {}, NOW);
    const outcomes = files.flatMap((file) => file.outcomes);
    expect(outcomes.length).toBeGreaterThanOrEqual(25);
    expect(outcomes.flatMap(({ test, failures }) => failures.map(({ message }) => `${test.name}: ${message}`))).toEqual(
      [],
    );
  });

  it.each(TRIED)('$name forbids nothing that it allows, on $network', ({ set, ranges }) => {
    const killed = set.policies.flatMap((policy) => killedIn({ set, policy, ranges }));
    const meant = FORBIDDEN_ON_PURPOSE.filter((id) => set.policies.some(({ name }) => id.startsWith(`${name}/`)));
    expect(killed).toEqual(meant);
  });

  it.each(TRIED)('$name finds nothing of a firewall made of what it allows, on $network', ({ set, ranges }) => {
    expect(set.policies.flatMap((policy) => findingsIn({ set, policy, ranges }))).toEqual([]);
  });

  it.each(EXAMPLES.map((file) => [file.name, file] as const))('%s has nothing odd in it', (_name, file) => {
    expect(warningsOf(setOf([file]), NOW).map(({ message }) => message)).toEqual([]);
  });

  it('have nothing odd in them together', () => {
    expect(warningsOf(setOf(EXAMPLES), NOW).map(({ message }) => message)).toEqual([]);
  });
});
