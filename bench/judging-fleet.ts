import { ACCOUNT, ADMIN, REGION, SERVICES, vpcOf, VPCS, WEB } from './estate.ts';
import { Dice } from './dice.ts';

/**
 * 10,000 security groups with 50 rules each, as DescribeSecurityGroups answers them. The generator puts excess into
 * 2 % of the rules and knows in which: what is found is compared with that.
 */
export interface Fleet {
  /** The answer of DescribeSecurityGroups, as text: what a file or the wire would hold. */
  readonly groups: string;
  /** The answer of DescribeVpcs. */
  readonly vpcs: string;
  readonly ruleCount: number;
  /** `GROUP RULE` of every rule with excess: the rule as it is spelled, since this answer has no ids of rules. */
  readonly excess: ReadonlySet<string>;
  /** Rules in addresses, each with one address and one port inside it, for those that judge points. */
  readonly points: readonly Point[];
}

/** One packet that a rule lets through, and whether that rule has excess. */
export interface Point {
  readonly protocol: string;
  readonly port: number;
  readonly address: string;
  readonly isForbidden: boolean;
}

const GROUPS = 10_000;
const RULES = 50;
const EXCESS_SHARE = 0.02;
const SERVICES_OF_GROUP = 6;
const SAMPLE = 2_000;

/** One rule: how it is spelled, and how it is written. `list` is the list of the permission that its source stands in. */
interface Made {
  readonly direction: 'ingress' | 'egress';
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly list: 'IpRanges' | 'Ipv6Ranges' | 'UserIdGroupPairs';
  readonly source: Readonly<Record<string, string>>;
  readonly who: string;
}

type Ports = Pick<Made, 'direction' | 'protocol' | 'from' | 'to'>;
type Who = Pick<Made, 'list' | 'source' | 'who'>;

/** A group to be: rules for the few services that run behind it. */
interface Host {
  readonly group: number;
  readonly services: readonly Ports[];
}

type Maker = (dice: Dice, host: Host) => Made;

function groupId(index: number): string {
  // Spread over all digits, as EC2's are.
  return `sg-0${((index + 1) * 0x9e3779b1).toString(16).padStart(16, '0')}`;
}

function v4Text(at: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.floor(at / 2 ** shift) % 256)).join('.');
}

/** A block inside `10.0.0.0/8`, but not in the management network. */
function internalV4(dice: Dice): string {
  const prefix = dice.pick([20, 24, 24, 24, 26, 28, 32, 32, 32]);
  const size = 2 ** (32 - prefix);
  const at = 10 * 2 ** 24 + dice.roll(0xff0000);
  return `${v4Text(at - (at % size))}/${String(prefix)}`;
}

/** A block of the public addresses from 64.0.0.0 to 127.255.255.255, which no policy of the benchmark lists. */
function publicV4(dice: Dice): string {
  const prefix = dice.pick([24, 24, 28, 32, 32]);
  const size = 2 ** (32 - prefix);
  const at = 64 * 2 ** 24 + dice.roll(35 * 2 ** 24);
  return `${v4Text(at - (at % size))}/${String(prefix)}`;
}

function digits(dice: Dice, most: number): string {
  return (1 + dice.roll(most)).toString(16);
}

function internalV6(dice: Dice): string {
  const head = `2600:1f14:${digits(dice, 0xfefe)}`;
  return dice.roll(3) === 0
    ? `${head}:${digits(dice, 0xfffe)}::${digits(dice, 0xfffe)}/128`
    : `${head}:${digits(dice, 0xfffe)}::/64`;
}

function publicV6(dice: Dice): string {
  return `2a02:${digits(dice, 0xfffe)}:${digits(dice, 0xfffe)}::/48`;
}

function inV4(cidr: string): Who {
  return { list: 'IpRanges', source: { CidrIp: cidr }, who: cidr };
}

function inV6(cidr: string): Who {
  return { list: 'Ipv6Ranges', source: { CidrIpv6: cidr }, who: cidr };
}

function inside(dice: Dice): Who {
  return dice.roll(5) < 2 ? inV6(internalV6(dice)) : inV4(internalV4(dice));
}

/** A group of the same VPC: groups are dealt out to VPCs in turn. */
function neighbour(dice: Dice, { group }: Host): Who {
  const id = groupId(VPCS * dice.roll(GROUPS / VPCS) + (group % VPCS));
  return { list: 'UserIdGroupPairs', source: { GroupId: id, UserId: ACCOUNT }, who: `sg:${id}` };
}

function serviceRule(dice: Dice): Ports {
  const { protocol, first, last } = dice.pick(SERVICES);
  const from = first + dice.roll(last - first + 1);
  return { direction: 'ingress', protocol, from, to: from + dice.roll(last - from + 1) };
}

function oddRule(dice: Dice): Made {
  const [protocol, from, to, who] = dice.pick([
    ['icmp', -1, -1, 'v4'],
    ['icmp', 8, -1, 'v4'],
    ['icmp', 3, 4, 'v4'],
    ['icmpv6', -1, -1, 'v6'],
    ['-1', -1, -1, 'management'],
  ] as const);
  const management = `10.255.${String(dice.roll(256))}.${String(dice.roll(256))}/32`;
  const peer = who === 'v6' ? inV6(internalV6(dice)) : inV4(who === 'v4' ? internalV4(dice) : management);
  return { direction: 'ingress', protocol, from, to, ...peer };
}

const LEGAL: readonly { readonly weight: number; readonly make: Maker }[] = [
  { weight: 62, make: (dice, { services }) => ({ ...dice.pick(services), ...inside(dice) }) },
  { weight: 15, make: (dice, host) => ({ ...dice.pick(host.services), ...neighbour(dice, host) }) },
  {
    weight: 12,
    make: (dice) => {
      const port = dice.pick(WEB);
      const who = dice.roll(3) === 0 ? inV6(publicV6(dice)) : inV4(publicV4(dice));
      return { direction: 'ingress', protocol: 'tcp', from: port, to: port, ...who };
    },
  },
  { weight: 6, make: (dice) => oddRule(dice) },
  {
    weight: 5,
    make: (dice) => {
      const who = dice.roll(3) === 0 ? inV6(publicV6(dice)) : inV4(publicV4(dice));
      return { direction: 'egress', protocol: 'tcp', from: 443, to: 443, ...who };
    },
  },
];

/** Administration from outside, a range around a web port, a service open too far, a group behind a peering connection. */
const FORBIDDEN: readonly Maker[] = [
  (dice) => {
    const port = dice.pick(ADMIN);
    return { direction: 'ingress', protocol: 'tcp', from: port, to: port, ...inV4(publicV4(dice)) };
  },
  (dice) => ({ ...serviceRule(dice), ...(dice.roll(2) === 0 ? inV4(publicV4(dice)) : inV6(publicV6(dice))) }),
  (dice) => ({ direction: 'ingress', protocol: 'tcp', from: 440, to: 450, ...inV4(publicV4(dice)) }),
  (dice) => {
    const id = `sg-0${dice.hex(16)}`;
    const source = {
      GroupId: id,
      UserId: ACCOUNT,
      VpcPeeringConnectionId: `pcx-0${dice.hex(16)}`,
      VpcId: vpcOf(99).id,
    };
    return { ...serviceRule(dice), list: 'UserIdGroupPairs', source, who: `sg:${id}` };
  },
];

const WEIGHTS = LEGAL.reduce((sum, { weight }) => sum + weight, 0);

function legal(dice: Dice, host: Host): Made {
  let left = dice.roll(WEIGHTS);
  for (const { weight, make } of LEGAL) {
    left -= weight;
    if (left < 0) return make(dice, host);
  }
  throw new Error('the weights do not add up');
}

function serviceText({ protocol, from, to }: Made): string {
  if (protocol === '-1') return 'any';
  if (protocol === 'tcp' || protocol === 'udp')
    return `${protocol}/${from === to ? String(from) : `${String(from)}-${String(to)}`}`;
  return from === -1 ? protocol : `${protocol}/${to === -1 ? String(from) : `${String(from)}.${String(to)}`}`;
}

function spelled(rule: Made): string {
  return `${serviceText(rule)} ${rule.direction === 'ingress' ? 'from' : 'to'} ${rule.who}`;
}

/** Rules with the same protocol and ports are one permission, as EC2 answers them. */
function permissionsOf(rules: readonly Made[], dice: Dice): readonly object[] {
  const permissions = new Map<string, Record<string, unknown> & Record<Made['list'], object[]>>();
  for (const { protocol, from, to, list, source } of rules) {
    const key = `${protocol} ${String(from)} ${String(to)}`;
    const ports = protocol === '-1' ? {} : { FromPort: from, ToPort: to };
    const permission = permissions.get(key) ?? {
      IpProtocol: protocol,
      ...ports,
      UserIdGroupPairs: [],
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
    };
    permission[list].push(dice.roll(3) === 0 ? { Description: dice.pick(WORDS), ...source } : source);
    permissions.set(key, permission);
  }
  return [...permissions.values()];
}

const WORDS = ['monitoring', 'from the build farm', 'CHG0030192', 'legacy', 'partner', 'batch', 'replication'];

function pointOf({ protocol, from, who }: Made, isForbidden: boolean): Point {
  return { protocol, port: Math.max(0, from), address: who.replace(/\/\d+$/, ''), isForbidden };
}

export function fleetOf(seed: number): Fleet {
  const dice = new Dice(seed);
  const seen = new Set<string>();
  const excess = new Set<string>();
  const points: Point[] = [];
  /** All 500,000 rules are distinct, whichever group they are in: drawn again until one is new. */
  const fresh = (make: () => Made): Made => {
    for (;;) {
      const rule = make();
      const text = spelled(rule);
      if (seen.has(text)) continue;
      seen.add(text);
      return rule;
    }
  };
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const id = groupId(group);
    const host: Host = { group, services: Array.from({ length: SERVICES_OF_GROUP }, () => serviceRule(dice)) };
    const rules = Array.from({ length: RULES }, () => {
      const isForbidden = dice.roll(1 / EXCESS_SHARE) === 0;
      const rule = fresh(() => (isForbidden ? dice.pick(FORBIDDEN)(dice, host) : legal(dice, host)));
      if (isForbidden) excess.add(`${id} ${spelled(rule)}`);
      if (rule.list !== 'UserIdGroupPairs' && rule.direction === 'ingress' && points.length < SAMPLE)
        points.push(pointOf(rule, isForbidden));
      return rule;
    });
    const written = (direction: Made['direction']): readonly object[] =>
      permissionsOf(
        rules.filter((rule) => rule.direction === direction),
        dice,
      );
    return {
      GroupId: id,
      GroupName: `service-${String(group)}`,
      Description: `service ${String(group)}`,
      OwnerId: ACCOUNT,
      VpcId: vpcOf(group % VPCS).id,
      SecurityGroupArn: `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${id}`,
      Tags: [
        { Key: 'Name', Value: `service-${String(group)}` },
        { Key: 'env', Value: group % 4 === 0 ? 'staging' : 'production' },
      ],
      IpPermissions: written('ingress'),
      IpPermissionsEgress: written('egress'),
    };
  });
  if (seen.size !== GROUPS * RULES) throw new Error(`${String(seen.size)} rules are distinct, not all`);
  const vpcs = Array.from({ length: VPCS }, (_, index) => {
    const { id, v4, v6 } = vpcOf(index);
    return {
      VpcId: id,
      CidrBlock: v4,
      CidrBlockAssociationSet: [{ CidrBlock: v4, CidrBlockState: { State: 'associated' } }],
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: v6, Ipv6CidrBlockState: { State: 'associated' } }],
    };
  });
  return {
    groups: JSON.stringify({ SecurityGroups: groups }),
    vpcs: JSON.stringify({ Vpcs: vpcs }),
    ruleCount: seen.size,
    excess,
    points,
  };
}
