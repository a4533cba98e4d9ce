import type { Tag } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { plainCase } from '../core/arbitraries.ts';
import { PEERS } from '../core/arbitrary-clauses.ts';
import { extentOf } from '../oracle/named-peers.ts';
import { familyOf } from '../oracle/plain-address.ts';
import type { PlainCase, PlainDirection, PlainRule } from '../oracle/plain-case.ts';
import { fullness, peerSaid, ROOM, saidBy } from '../oracle/raw-rules.ts';
import { NETWORK_CIDRS, OTHER_ACCOUNT } from './adapter-stage.ts';
import type { AdapterStage, Made } from './adapter-stage.ts';

/** One group with its policies, as drawn: nothing in it has an id of EC2's yet. */
export interface DrawnCase {
  readonly plain: PlainCase;
  /** Whether the second of the groups that are named is another account's. */
  readonly isForeign: boolean;
  readonly keepsDefault: boolean;
  /** By which numbers an odd plan is made; undefined where the policies make it. */
  readonly odd: readonly number[] | undefined;
  /** Which words and tags the rules carry. */
  readonly texts: readonly number[];
  /** How many rules there is still room for, in which direction and family; undefined where there is plenty. */
  readonly nearlyFull:
    { readonly direction: PlainDirection; readonly family: 4 | 6; readonly left: number } | undefined;
  readonly seed: number;
}

/** Undefined but for one time among so many. */
function seldom<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

export const drawnCase: fc.Arbitrary<DrawnCase> = fc.record({
  plain: plainCase,
  isForeign: fc.boolean(),
  keepsDefault: fc.boolean(),
  odd: seldom(3, fc.array(fc.nat(5), { minLength: 4, maxLength: 4 })),
  texts: fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }),
  nearlyFull: seldom(
    9,
    fc.record({
      direction: fc.constantFrom<PlainDirection[]>('ingress', 'egress'),
      family: fc.constantFrom<(4 | 6)[]>(4, 6),
      left: fc.nat(4),
    }),
  ),
  seed: fc.nat(0x7fffffff),
});

const DESCRIPTIONS = ['', 'site', 'added by hand: see CHG0030192', 'x'.repeat(255)];
const OWNED: readonly Tag[] = [{ Key: 'owner', Value: 'alex' }];
const OLD_MARK: readonly Tag[] = [
  { Key: 'owner', Value: '' },
  { Key: 'portcullis', Value: 'an older plan' },
];
/** As many as EC2 takes. Rare, since they make every answer long. */
const MANY = Array.from({ length: 50 }, (_, at): Tag => ({ Key: `key-${String(at)}`, Value: 'x' }));
const TAGS: readonly (readonly Tag[])[] = [[], [], OWNED, [], OLD_MARK, [], [], OWNED, [], [], [], MANY, [], OLD_MARK];

/** Rules in the way of others: they fill the group, and nobody else says the same. */
function filler(direction: PlainDirection, family: 4 | 6, at: number): PlainRule {
  const cidr = family === 4 ? `192.0.2.${String(at)}/32` : `2001:db8:ff::${at.toString(16)}/128`;
  const port = 20_000 + at;
  return { id: '', direction, service: { protocol: 17, ports: [port, port] }, peer: { cidr } };
}

/** Every rule that a security group can hold: each says something else, and it has room for all of them. */
function rulesFor({ plain, keepsDefault, nearlyFull }: DrawnCase, sizeOfList: () => number): readonly PlainRule[] {
  const anybody = { direction: 'egress', service: { protocol: 'any' } } as const;
  const said = new Set(keepsDefault ? ['0.0.0.0/0', '::/0'].map((cidr) => saidBy({ ...anybody, peer: { cidr } })) : []);
  const apart = plain.rules.filter((rule) => {
    const text = saidBy(rule);
    const isNew = !said.has(text);
    said.add(text);
    return isNew;
  });
  const sayable = apart.map(({ id, direction, service, peer }): PlainRule => ({ id, direction, service, peer }));
  if (nearlyFull === undefined) return sayable;
  const { direction, family, left } = nearlyFull;
  const standing = fullness(sayable, direction, sizeOfList) + (keepsDefault && direction === 'egress' ? 1 : 0);
  const count = Math.max(ROOM - left - standing, 0);
  return [...sayable, ...Array.from({ length: count }, (_, at) => filler(direction, family, at + 1))];
}

/** The case with the ids that EC2 has given, and what stands in the group. */
export interface SetCase {
  readonly plain: PlainCase;
  readonly made: readonly Made[];
  readonly list: string | undefined;
  sizeOfList(): number;
}

export async function setCase(
  stage: AdapterStage,
  groups: Readonly<Record<'web' | 'bastion' | 'foreign', string>>,
  drawn: DrawnCase,
): Promise<SetCase> {
  const [first, second, listed] = PEERS;
  const isListed = JSON.stringify(drawn.plain).includes(listed);
  const written = extentOf(drawn.plain, listed).least;
  const family = written[0] === undefined ? 4 : familyOf(written[0]);
  const ofFamily = written.filter((cidr) => familyOf(cidr) === family);
  const entries = [...new Map(ofFamily.map((cidr) => [peerSaid({ cidr }), cidr])).values()];
  const list = isListed ? await stage.list(entries) : undefined;
  const names = {
    [first]: `sg:${groups.web}`,
    [second]: drawn.isForeign ? `sg:${OTHER_ACCOUNT}/${groups.foreign}` : `sg:${groups.bastion}`,
    [listed]: `prefix-list:${list ?? ''}`,
  };
  const { policies, exceptions } = drawn.plain;
  // No policy can be written that speaks of IPv4 as IPv6 maps it; a rule may.
  const clauses = JSON.stringify({ policies, exceptions }).replaceAll(/[0:]+:ffff:cb00:7100/g, '2001:db8:f::cb00:7100');
  const spoken = { ...drawn.plain, ...(JSON.parse(clauses) as Pick<PlainCase, 'policies' | 'exceptions'>) };
  const text = Object.entries(names).reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(spoken));
  const renamed = JSON.parse(text) as PlainCase;
  const sizeOfList = (): number => Math.max(entries.length, 1);
  const rules = rulesFor({ ...drawn, plain: renamed }, sizeOfList);
  // What EC2 knows of the peers: a group is in our network, one of another account anywhere, a list what it holds.
  const ours = { least: [], most: NETWORK_CIDRS };
  const named = {
    [names[first]]: ours,
    ...(drawn.isForeign ? {} : { [names[second]]: ours }),
    [names[listed]]: { least: entries, most: entries },
  };
  const made = rules.map((rule, at): Made => {
    if (rule.id === '') return { rule, description: '', tags: [] };
    const roll = drawn.texts[at % drawn.texts.length]! + at;
    return { rule, description: DESCRIPTIONS[roll % DESCRIPTIONS.length]!, tags: TAGS[roll % TAGS.length]! };
  });
  return { plain: { ...renamed, rules, named }, made, list, sizeOfList };
}
