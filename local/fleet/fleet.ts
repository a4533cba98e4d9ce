// PlaceText -> Site: the fleet as the local cloud starts with it.
import { seededChance } from '../chance.ts';
import type { Chance } from '../chance.ts';
import type { Beginning, LocalGroup, LocalInterface, LocalRule, LocalVpc } from '../ec2/start.ts';
import type { LocalInstance } from '../ec2/start-instances.ts';
import type { Tag } from '../ec2/world.ts';
import { staffOf } from '../people.ts';
import type { Site } from '../site.ts';
import { PLACES } from './places.ts';
import type { NetworkText, PlaceText } from './places.ts';
import { ruleOf } from './rule-text.ts';
import type { GroupText } from './stacks.ts';

/** Who else works in every account. */
export const COLLEAGUES = ['priya', 'jonas', 'deploybot'] as const;

interface Network {
  readonly vpc: LocalVpc;
  readonly groups: readonly LocalGroup[];
  readonly interfaces: readonly LocalInterface[];
  readonly instances: readonly LocalInstance[];
}

function tagsOf({ env }: PlaceText, { tags }: GroupText): readonly Tag[] {
  // What nobody owns was clicked together, or is a service's: nobody has written an environment onto that.
  const all = 'owner' in tags ? { ...tags, env } : tags;
  return Object.entries(all).map(([key, value]) => ({ key, value }));
}

const EVERYBODY = ['0.0.0.0/0', '::/0'];

/** What a group without a rule for what goes out lets out: all, over IPv6 where its network has any. */
function outward({ ipv6 }: NetworkText): readonly string[] {
  return EVERYBODY.filter((cidr) => ipv6 !== undefined || !cidr.includes(':')).map((cidr) => `any to ${cidr}`);
}

function rulesOf(network: NetworkText, group: GroupText, idOf: (name: string) => string): readonly LocalRule[] {
  const stated = [...group.rules, ...(network.sins[group.name] ?? [])];
  const all = stated.some((text) => text.includes(' to ')) ? stated : [...stated, ...outward(network)];
  return all.map((text) => ruleOf(text, idOf(group.name), idOf));
}

function vpcOf(network: NetworkText, chance: Chance): LocalVpc {
  const [a, b] = network.cidr.split('.');
  const subnet = (third: number, zone: string, isPublic: boolean) => ({
    id: `subnet-0${chance.hex(16)}`,
    cidr: `${String(a)}.${String(b)}.${String(third)}.0/20`,
    zone,
    givesPublicAddresses: isPublic,
    tags: [{ key: 'Name', value: `${network.name}-${isPublic ? 'public' : 'private'}-${zone}` }],
  });
  return {
    id: `vpc-0${chance.hex(16)}`,
    isDefault: network.isDefault ?? false,
    cidrs: [network.cidr],
    ipv6Cidrs: network.ipv6 === undefined ? [] : [network.ipv6],
    tags: [{ key: 'Name', value: network.name }],
    subnets: [subnet(0, 'a', true), subnet(16, 'b', true), subnet(32, 'a', false), subnet(48, 'b', false)],
  };
}

/** Roles that are reached from outside, and so stand in public subnets. */
const OUTSIDE = new Set(['web', 'lb', 'bastion', 'vpn', 'mail']);

function networkOf(place: PlaceText, network: NetworkText, seed: Chance): Network {
  const chance = seed.fork(network.name);
  const vpc = vpcOf(network, chance);
  const subnets = vpc.subnets ?? [];
  const idOf = (name: string): string => `sg-0${chance.fork(name).hex(16)}`;
  const subnetFor = ({ tags }: GroupText, turn: number): string => {
    const first = OUTSIDE.has(tags['role'] ?? 'web') ? 0 : 2;
    return subnets[first + (turn % 2)]?.id ?? '';
  };
  const groups = network.groups.map((group) => ({
    id: idOf(group.name),
    name: group.name,
    description: group.about,
    vpcId: vpc.id,
    tags: tagsOf(place, group),
    rules: rulesOf(network, group, idOf),
  }));
  const instances = network.groups.flatMap((group) =>
    Array.from({ length: group.instances ?? 0 }, (_, turn) => ({
      subnetId: subnetFor(group, turn),
      groupIds: [idOf(group.name)],
      tags: [{ key: 'Name', value: `${group.name}-${String(turn + 1)}` }],
    })),
  );
  const interfaces = network.groups.flatMap((group) =>
    group.service === undefined
      ? []
      : [0, 1].map((turn) => ({
          subnetId: subnetFor(group, turn),
          groupIds: [idOf(group.name)],
          requesterId: group.service ?? '',
          description: `${group.service ?? ''} ${group.name}`,
        })),
  );
  return { vpc, groups, interfaces, instances };
}

function beginningOf(place: PlaceText, chance: Chance): Beginning {
  const networks = place.networks.map((network) => networkOf(place, network, chance));
  return {
    vpcs: networks.map(({ vpc }) => vpc),
    fleet: networks.flatMap(({ groups }) => groups),
    interfaces: networks.flatMap(({ interfaces }) => interfaces),
    instances: networks.flatMap(({ instances }) => instances),
  };
}

/** The places of the fleet. One seed gives one fleet, with the same ids in every process. */
export function fleetOf(seed: number | string): readonly Site[] {
  const accounts = [...new Set(PLACES.map(({ account }) => account))];
  return PLACES.map((place) => {
    const { account, name, region } = place;
    const chance = seededChance(`${String(seed)}/${account}/${region}`);
    const staff = staffOf(account, accounts.indexOf(account) + 1, COLLEAGUES);
    return { account, name, region, staff, beginning: beginningOf(place, chance.fork('fleet')), chance };
  });
}
