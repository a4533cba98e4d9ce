import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DesiredBook, viewFor } from '../../shared/core/effective.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { PolicySet } from '../../shared/core/model/policy.ts';
import { NETWORK, peerName } from '../../shared/core/model/rule.ts';
import type { Extent } from '../../shared/core/model/rule.ts';
import { ANYWHERE, NOBODY } from '../../shared/core/space/addresses.ts';
import * as traffic from '../../shared/core/space/traffic.ts';
import { warningsOf } from '../../shared/policy/lint/lint.ts';
import { peerOf } from '../../shared/policy/peer.ts';
import { NOW, setOf } from './policies.ts';

// What lint says of a clause is held against what the core makes of the policy with the clause and without it.

const ID = 'sg-0123456789abcdef0';
const APP = peerName('sg', 'app');
const LIST = peerName('prefix-list', 'pl-0123456789abcdef0');
const HOURS = 60 * 60 * 1000;
const TIMES = [0, 10, 20, 60, 100, 130].map((hours) => new Date(NOW.getTime() + hours * HOURS));

const service = fc.constantFrom('tcp/1', 'tcp/2', 'tcp/1-2', 'tcp/2-3', 'tcp', 'icmp', 'icmpv6', 'any');
/** Lint cannot know that a peer has addresses of one family only, which ICMP goes by. */
const ported = fc.constantFrom('tcp/1', 'tcp/2', 'tcp/1-2', 'tcp');
const peer = fc.constantFrom(
  ...[
    'anywhere',
    'private',
    'internet',
    'network',
    '10.0.0.0/8',
    '10.0.0.0/16',
    '0.0.0.0/0',
    '203.0.113.0/24',
    '"::/0"',
  ],
  ...['"sg:app"', `"${LIST}"`],
);
const during = fc.constantFrom(
  '',
  '',
  ', during: { days: wed, zone: UTC }',
  ', during: { hours: "08:00-13:00", zone: UTC }',
);

function clause(more: fc.Arbitrary<string> = fc.constant(''), what = service): fc.Arbitrary<string> {
  const peers = fc.uniqueArray(peer, { minLength: 1, maxLength: 2 });
  return fc
    .tuple(what, peers, during, more)
    .map(([flows, who, when, rest]) => `{ service: ${flows}, from: [${who.join(', ')}]${when}${rest} }`);
}

/** A list whose entries are bounded, which only what permits may say. */
const bounded = fc
  .tuple(service, fc.constantFrom('network', 'private', '10.0.0.0/8', '0.0.0.0/0'), during)
  .map(([what, within, when]) => `{ service: ${what}, from: "${LIST}", within: ${within}${when} }`);
const permitting = fc.oneof({ weight: 4, arbitrary: clause() }, { weight: 1, arbitrary: bounded });

const firm = fc.constantFrom('', '', ', firm: true');
const mode = fc.constantFrom('enforce', 'report');

/** Two policies that always govern together, and an exception. Texts, so that the loader has its word. */
const policies = fc
  .record({
    allow: fc.option(fc.array(permitting, { maxLength: 4 })),
    deny: fc.array(clause(firm), { maxLength: 3 }),
    require: fc.array(clause(fc.constant(', open: true'), ported), { maxLength: 1 }),
    otherAllow: fc.option(fc.array(permitting, { maxLength: 3 })),
    otherDeny: fc.array(clause(firm), { maxLength: 2 }),
    except: fc.array(permitting, { minLength: 1, maxLength: 2 }),
    modes: fc.tuple(mode, mode),
  })
  .map(({ allow, deny, require, otherAllow, otherDeny, except, modes }) => {
    const side = (allows: readonly string[] | null, denies: readonly string[], requires: readonly string[]): string =>
      [
        ...(allows === null ? [] : [`allow: [${allows.join(', ')}]`]),
        `deny: [${denies.join(', ')}]`,
        `require: [${requires.join(', ')}]`,
      ].join(', ');
    return `version: 1
policies:
  - { name: a, match: { id: ${ID} }, mode: ${modes[0]}, ingress: { ${side(allow, deny, require)} } }
  - { name: b, match: { id: "${ID}" }, mode: ${modes[1]}, ingress: { ${side(otherAllow, otherDeny, [])} } }
exceptions:
  - { name: e, match: { id: ${ID} }, ingress: [${except.join(', ')}], until: 2026-12-20T00:00:00Z, approved: { by: jo, ticket: CHG1 } }
`;
  });

function addresses(text: string): Extent['least'] {
  const who = peerOf(text);
  if (who.kind === 'wrong') throw new Error(who.problem);
  return who.value;
}

const extent: fc.Arbitrary<Extent> = fc
  .tuple(
    fc.constantFrom('10.0.0.0/24', '10.0.0.0/8', 'private', '203.0.113.7'),
    fc.constantFrom('exact', 'nobody', 'unknown'),
  )
  .map(([text, known]) => {
    const who = addresses(text);
    if (known === 'unknown') return { least: NOBODY, most: ANYWHERE };
    return { least: known === 'exact' ? who : NOBODY, most: who };
  });

const network = fc.constantFrom('10.0.0.0/24', '10.0.0.0/8', 'private').map(addresses);

/** Firewalls that know anything of the names, but for a network with public addresses, which lint takes for `internet`. */
const firewall: fc.Arbitrary<Firewall> = fc.tuple(network, extent, extent).map(([own, app, list]) => ({
  target: { cloud: 'aws', account: '111122223333', region: 'us-east-1', id: ID },
  name: 'web',
  tags: {},
  networks: ['vpc-1'],
  version: '1',
  readAt: NOW,
  ingress: [],
  egress: [],
  names: new Map([
    [NETWORK, { least: own, most: own }],
    [APP, app],
    [LIST, list],
  ]),
  aliases: new Map([APP, LIST].map((name) => [name, name])),
  unresolved: new Set(),
  managedBy: undefined,
  unread: [],
}));

/** All that is forbidden and may be, of rules in addresses and of rules that name each peer, at each time. */
function forbiddenBy(set: PolicySet, of: Firewall): readonly traffic.Traffic[] {
  const book = new DesiredBook(set);
  return TIMES.flatMap((at) => {
    const desired = book.for(of, at);
    return [undefined, APP, LIST].flatMap((name) => {
      const { forbidden, could } = viewFor(desired, 'ingress', name, of);
      return [forbidden, could];
    });
  });
}

function without(set: PolicySet, id: string): PolicySet {
  const others = <C extends { readonly id: string }>(clauses: readonly C[]): readonly C[] =>
    clauses.filter((one) => one.id !== id);
  return {
    ...set,
    policies: set.policies.map((policy) => {
      const { allow, deny } = policy.ingress;
      return { ...policy, ingress: { ...policy.ingress, allow: allow && others(allow), deny: others(deny) } };
    }),
    exceptions: set.exceptions.map((exception) => ({ ...exception, ingress: others(exception.ingress) })),
  };
}

function namedIn(messages: readonly string[], pattern: RegExp): readonly string[] {
  return messages.flatMap((message) => pattern.exec(message)?.[1] ?? []);
}

it('a clause that is said to have no effect has none', () => {
  const idle =
    /: `([^`]*)` (?:allows nothing|adds nothing|speaks of no traffic|permits what is permitted anyway|is never live)/;
  let count = 0;
  fc.assert(
    fc.property(policies, firewall, (text, of) => {
      const set = loaded(text);
      if (set === undefined) return;
      const before = forbiddenBy(set, of);
      for (const id of namedIn(messagesOf(set), idle)) {
        count += 1;
        const after = forbiddenBy(without(set, id), of);
        expect(
          after.every((one, at) => traffic.equal(one, before[at]!)),
          `${id} of\n${text}`,
        ).toBe(true);
      }
    }),
    { numRuns: 600 },
  );
  expect(count).toBeGreaterThan(60);
});

it('a contradiction that is said to hold a firewall does', () => {
  let count = 0;
  fc.assert(
    fc.property(policies, firewall, (text, of) => {
      const set = loaded(text.replace(/exceptions:[^]*/, ''));
      if (set === undefined || namedIn(messagesOf(set), /: `([^`]*)` requires .* held whole/).length === 0) return;
      count += 1;
      const book = new DesiredBook(set);
      expect(
        TIMES.some((at) => book.for(of, at).contradictions.length > 0),
        text,
      ).toBe(true);
    }),
    { numRuns: 1500 },
  );
  expect(count).toBeGreaterThan(20);
});

/** Undefined where the loader refuses it: a `require` that its own policy forbids, addresses that no packet has. */
function loaded(text: string): PolicySet | undefined {
  try {
    return setOf(text);
  } catch {
    return undefined;
  }
}

function messagesOf(set: PolicySet): readonly string[] {
  return warningsOf(set, NOW).map(({ message }) => message);
}
