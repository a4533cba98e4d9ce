import type { Direction } from '../core/model/firewall.ts';
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
  /** What people from other tools call a key that takes the same value here. The value is read as if it stood there. */
  readonly renamed: Readonly<Record<string, string>>;
  /** What they write otherwise altogether, with the key that does it here. What stands below it cannot be read. */
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
  renamed: { policy: 'policies', exception: 'exceptions', definitions: 'define' },
  instead: { rules: 'policies' },
};

export const DEFINE: Shape = {
  noun: '`define`',
  known: ['networks', 'services'],
  later: {},
  renamed: { peers: 'networks', cidrs: 'networks' },
  instead: { ports: 'services' },
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
  renamed: { id: 'name', inbound: 'ingress', outbound: 'egress' },
  instead: { action: 'mode', scope: 'match', filter: 'match' },
};

export const MATCH: Shape = {
  noun: '`match`',
  known: ['cloud', 'account', 'region', 'network', 'resourceGroup', 'id', 'name', 'tags', 'not'],
  later: {},
  renamed: {
    vpc: 'network',
    vnet: 'network',
    vpcId: 'network',
    subscription: 'account',
    group: 'id',
    groupId: 'id',
    labels: 'tags',
  },
  instead: {},
};

export const DIRECTION: Shape = {
  noun: 'a direction',
  known: ['allow', 'deny', 'require'],
  later: {},
  renamed: { permit: 'allow', block: 'deny', forbid: 'deny' },
  instead: { rules: 'allow' },
};

const CLAUSE_LATER = {
  during: 'leave the clause out, or allow the traffic for a while by an exception with `until`',
  firm: 'leave it out (exceptions are taken out of every `deny`)',
  within: "leave it out, and write the prefix list's entries as CIDRs",
} as const;

const CLAUSE_RENAMED = { services: 'service', description: 'why', reason: 'why', comment: 'why' } as const;

const CLAUSE: Shape = {
  noun: 'a clause',
  known: ['service', 'from', 'to', 'why', 'name'],
  later: CLAUSE_LATER,
  renamed: CLAUSE_RENAMED,
  instead: { port: 'service', ports: 'service', protocol: 'service' },
};

const REQUIRE: Shape = { ...CLAUSE, noun: 'a `require` clause', known: [...CLAUSE.known, 'open'] };

/** A clause's keys. What other tools call the other side of a flow depends on who starts it. */
export function clauseShapeOf(direction: Direction, effect: 'require' | 'other'): Shape {
  const peerKeys = direction === 'ingress' ? { source: 'from', cidr: 'from' } : { destination: 'to', cidr: 'to' };
  const shape = effect === 'require' ? REQUIRE : CLAUSE;
  return { ...shape, renamed: { ...CLAUSE_RENAMED, ...peerKeys } };
}

export const EXCEPTION: Shape = {
  noun: 'an exception',
  known: ['name', 'match', 'ingress', 'egress', 'until', 'approved'],
  later: {},
  renamed: { expires: 'until' },
  instead: { approvedBy: 'approved', approval: 'approved', ticket: 'approved' },
};

export const APPROVED: Shape = {
  noun: '`approved`',
  known: ['by', 'ticket'],
  later: {},
  renamed: { who: 'by', change: 'ticket' },
  instead: {},
};

const SHAPES = [FILE, DEFINE, POLICY, MATCH, DIRECTION, REQUIRE, EXCEPTION, APPROVED];

function own(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

const MERGE_KEY = '<<';
/** A guess at a word as short as `not` or `id` may well be wrong: it is offered, and the value is not judged by it. */
const SHORTEST_SURE_GUESS = 4;

/** Why a key is refused, the key that was probably meant, and whether the value reads as that key's value. */
interface Refusal {
  readonly problem: string;
  readonly meant?: string;
  readonly sameValue?: boolean;
}

function refusalOf(key: string, shape: Shape): Refusal {
  const later = own(shape.later, key);
  if (later !== undefined) return { problem: `key ${quoted(key)} is not supported in this version; ${later}` };
  if (key === MERGE_KEY) {
    return { problem: 'YAML merge key `<<` is not supported; repeat the keys, or use an alias for a whole value' };
  }
  const unknown = `unknown key ${quoted(key)} in ${shape.noun}`;
  const renamed = own(shape.renamed, key);
  if (renamed !== undefined) {
    return { problem: `${unknown}; write ${quoted(renamed)}`, meant: renamed, sameValue: true };
  }
  const instead = own(shape.instead, key);
  if (instead !== undefined) return { problem: `${unknown}; write ${quoted(instead)}`, meant: instead };
  const near = nearestOf(key, shape.known);
  if (near !== undefined) {
    const sameValue = near.length >= SHORTEST_SURE_GUESS;
    return { problem: `${unknown}; did you mean ${quoted(near)}?`, meant: near, sameValue };
  }
  const home = SHAPES.find((other) => other.known.includes(key) || own(other.later, key) !== undefined);
  const place = home === undefined ? '' : `it belongs in ${home.noun}; `;
  return { problem: `${unknown}; ${place}the keys here are ${shape.known.map(quoted).join(', ')}` };
}

/** The fields of one mapping. A misspelt key is complained of, and its value is read all the same: it has problems, too. */
export class Fields {
  readonly at: Spot;
  /** Keys that were complained of and whose values nobody reads. */
  readonly strays: readonly string[];
  readonly #noun: string;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #meant: ReadonlySet<string>;
  readonly #complaints: Complaints;

  constructor(node: Node & { readonly kind: 'map' }, shape: Shape, complaints: Complaints) {
    this.at = node.at;
    this.#noun = shape.noun;
    this.#complaints = complaints;
    const isKnown = ({ key }: Entry): boolean => shape.known.includes(key);
    const entries = new Map(node.entries.filter(isKnown).map((entry) => [entry.key, entry]));
    const allMeant = new Set<string>();
    const strays: string[] = [];
    for (const entry of node.entries.filter((one) => !isKnown(one))) {
      const { problem, meant, sameValue = false } = refusalOf(entry.key, shape);
      complaints.add(entry.at, problem);
      if (meant !== undefined) allMeant.add(meant);
      // What is stated under the right key counts: a second value for it would be judged as something it is not.
      if (meant !== undefined && sameValue && !entries.has(meant)) entries.set(meant, { ...entry, key: meant });
      else strays.push(entry.key);
    }
    this.#entries = entries;
    this.#meant = allMeant;
    this.strays = strays;
  }

  /** The field, or undefined where it is not stated. */
  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Whether a merge key was complained of: it would have brought fields that nobody can name here. */
  get merges(): boolean {
    return this.strays.includes(MERGE_KEY);
  }

  /** Whether the field is stated, or meant by a key that was complained of already. */
  tries(key: string): boolean {
    return this.#entries.has(key) || this.#meant.has(key) || this.merges;
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
