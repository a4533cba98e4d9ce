import type { Entry, Node, Spot } from './node.ts';
import { nounOf } from './node.ts';
import { nearestOf } from './nearest.ts';
import { quoted } from './problem.ts';
import type { Complaints } from './problem.ts';

/** The keys that one kind of mapping may have. */
interface Shape {
  /** What the mapping is, for a message: `a clause`. */
  readonly noun: string;
  readonly known: readonly string[];
  /** Keys of the language that this version does not carry out, with what to do instead. Refused: a key must not be ignored. */
  readonly later: Readonly<Record<string, string>>;
  /** What people from other tools write, with the key that does it here. */
  readonly instead: Readonly<Record<string, string>>;
}

export const FILE: Shape = {
  noun: 'a policy file',
  known: ['version', 'define', 'policies', 'exceptions'],
  later: {
    instances: 'leave it out (which groups an instance has is not judged yet)',
    guard: 'leave it out (the built-in bounds hold)',
    limits: 'leave it out (open ports are not counted yet)',
    pause: 'leave it out, and set `mode: report` on the policies that should change nothing',
  },
  instead: { policy: 'policies', rules: 'policies', exception: 'exceptions', definitions: 'define' },
};

export const DEFINE: Shape = {
  noun: '`define`',
  known: ['networks', 'services'],
  later: {},
  instead: { peers: 'networks', cidrs: 'networks', ports: 'services' },
};

export const POLICY: Shape = {
  noun: 'a policy',
  known: ['name', 'match', 'mode', 'revert', 'maxFragments', 'overflow', 'collateral', 'ingress', 'egress'],
  later: {
    grace: 'leave it out (a revert is made at once), or use `mode: report`',
    limits: 'leave it out (open ports are not counted yet)',
    ticket: 'leave it out (every ticket goes where the settings say)',
    defaults: "leave it out (a cloud's own default rules are not judged yet)",
    after: 'leave it out, and choose `mode: enforce` or `mode: report`',
    approvers: 'leave it out, and choose `mode: enforce` or `mode: report`',
  },
  instead: { id: 'name', inbound: 'ingress', outbound: 'egress', action: 'mode', scope: 'match', filter: 'match' },
};

export const MATCH: Shape = {
  noun: '`match`',
  known: ['cloud', 'account', 'region', 'network', 'resourceGroup', 'id', 'name', 'tags', 'not'],
  later: {},
  instead: { vpc: 'network', vnet: 'network', vpcId: 'network', subscription: 'account', group: 'id', groupId: 'id' },
};

export const DIRECTION: Shape = {
  noun: 'a direction',
  known: ['allow', 'deny', 'require'],
  later: {},
  instead: { permit: 'allow', block: 'deny', forbid: 'deny', rules: 'allow' },
};

const CLAUSE_LATER = {
  during: 'leave the clause out, or allow the traffic for a while by an exception with `until`',
  firm: 'leave it out (exceptions are taken out of every `deny`)',
  within: "leave it out, and write the prefix list's entries as CIDRs",
} as const;

const CLAUSE_INSTEAD = {
  port: 'service',
  ports: 'service',
  protocol: 'service',
  services: 'service',
  source: 'from',
  cidr: 'from',
  destination: 'to',
  description: 'why',
  reason: 'why',
  comment: 'why',
} as const;

export const CLAUSE: Shape = {
  noun: 'a clause',
  known: ['service', 'from', 'to', 'why', 'name'],
  later: CLAUSE_LATER,
  instead: CLAUSE_INSTEAD,
};

export const REQUIRE: Shape = { ...CLAUSE, noun: 'a `require` clause', known: [...CLAUSE.known, 'open'] };

export const EXCEPTION: Shape = {
  noun: 'an exception',
  known: ['name', 'match', 'ingress', 'egress', 'until', 'approved'],
  later: {},
  instead: { expires: 'until', approvedBy: 'approved', approval: 'approved', ticket: 'approved' },
};

export const APPROVED: Shape = {
  noun: '`approved`',
  known: ['by', 'ticket'],
  later: {},
  instead: { who: 'by', change: 'ticket' },
};

const SHAPES = [FILE, DEFINE, POLICY, MATCH, DIRECTION, REQUIRE, EXCEPTION, APPROVED];

function own(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/** Why a key is refused, and the key that was probably meant. */
interface Refusal {
  readonly problem: string;
  readonly meant?: string;
}

function refusalOf(key: string, shape: Shape): Refusal {
  const later = own(shape.later, key);
  if (later !== undefined) return { problem: `key ${quoted(key)} is not supported in this version; ${later}` };
  if (key === '<<') {
    return { problem: 'YAML merge key `<<` is not supported; repeat the keys, or use an alias for a whole value' };
  }
  const unknown = `unknown key ${quoted(key)} in ${shape.noun}`;
  const instead = own(shape.instead, key);
  if (instead !== undefined) return { problem: `${unknown}; write ${quoted(instead)}`, meant: instead };
  const near = nearestOf(key, shape.known);
  if (near !== undefined) return { problem: `${unknown}; did you mean ${quoted(near)}?`, meant: near };
  const home = SHAPES.find((other) => other.known.includes(key) || own(other.later, key) !== undefined);
  const place = home === undefined ? '' : `it belongs in ${home.noun}; `;
  return { problem: `${unknown}; ${place}the keys here are ${shape.known.map(quoted).join(', ')}` };
}

/** The fields of one mapping. */
export class Fields {
  readonly at: Spot;
  readonly #noun: string;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #meant: ReadonlySet<string>;
  readonly #complaints: Complaints;

  constructor(node: Node & { readonly kind: 'map' }, shape: Shape, complaints: Complaints) {
    this.at = node.at;
    this.#noun = shape.noun;
    this.#complaints = complaints;
    this.#entries = new Map(
      node.entries.filter(({ key }) => shape.known.includes(key)).map((entry) => [entry.key, entry]),
    );
    const refused = node.entries.filter(({ key }) => !shape.known.includes(key));
    this.#meant = new Set(
      refused.flatMap(({ key, at }) => {
        const { problem, meant } = refusalOf(key, shape);
        complaints.add(at, problem);
        return meant ?? [];
      }),
    );
  }

  /** The field, or undefined where it is not stated. */
  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Whether the field is stated, or meant by a misspelt key that was complained of already. */
  tries(key: string): boolean {
    return this.#entries.has(key) || this.#meant.has(key);
  }

  /** The field; a complaint with an example where it is not stated. */
  need(key: string, example: string): Entry | undefined {
    if (!this.tries(key)) this.#complaints.add(this.at, `${this.#noun} has no ${quoted(key)}; write ${example}`);
    return this.#entries.get(key);
  }
}

/** A mapping as the fields that its shape knows. Every other key is a complaint; undefined where it is no mapping. */
export function fieldsOf(node: Node, shape: Shape, example: string, complaints: Complaints): Fields | undefined {
  if (node.kind === 'map') return new Fields(node, shape, complaints);
  const was = node.kind === 'text' || node.kind === 'number' ? quoted(node.text) : nounOf(node);
  complaints.add(node.at, `${shape.noun} is a mapping, and this is ${was}; write ${example}`);
  return undefined;
}
