import { madeRule } from './authorize.ts';
import { Ec2Error, inUse, invalidValue, missingParameter } from './errors.ts';
import { defaultVpcOf, groupNamedBy, withGroup } from './groups.ts';
import { vpcById } from './ids.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { expectOnly, textAt, type QueryNode } from './query.ts';
import { checkRegionHasRoom } from './quotas.ts';
import { tagSet } from './rule-items.ts';
import { tagsFor } from './tags.ts';
import { trafficOf } from './traffic.ts';
import { arnOf, type Permission, type Rule, type SecurityGroup, type Setting, type Vpc, type World } from './world.ts';

const allTraffic = trafficOf('-1', undefined, undefined);
const textSet = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** What a new group lets out: everything, over IPv6 only where the VPC has an IPv6 range. */
export function outward(vpc: Vpc): readonly Permission[] {
  const ipv4: Permission = { traffic: allTraffic, peer: { kind: 'ipv4', cidr: '0.0.0.0/0' }, description: undefined };
  const ipv6: Permission = { traffic: allTraffic, peer: { kind: 'ipv6', cidr: '::/0' }, description: undefined };
  return vpc.ipv6Ranges.length === 0 ? [ipv4] : [ipv4, ipv6];
}

/** A group with the rules that every new one has. */
function newGroup(
  setting: Setting,
  vpc: Vpc,
  words: Pick<SecurityGroup, 'name' | 'description' | 'tags'>,
): SecurityGroup {
  const empty = { ...words, id: setting.newId('sg-'), vpcId: vpc.id, rules: [], sequence: setting.newSequence() };
  return { ...empty, rules: outward(vpc).map((permission) => madeRule(setting, 'egress', permission, [])) };
}

/** The world with the `default` group of a VPC, which lets its own members in. */
export function withDefaultGroup(setting: Setting, world: World, vpc: Vpc): World {
  const group = newGroup(setting, vpc, { name: 'default', description: 'default VPC security group', tags: [] });
  const members: Permission = { traffic: allTraffic, peer: { kind: 'group', id: group.id }, description: undefined };
  const rules = [...group.rules, madeRule(setting, 'ingress', members, [])];
  return withGroup(world, { ...group, rules });
}

function vpcNamedBy(world: World, query: QueryNode): Vpc {
  const id = textAt(query, 'VpcId');
  if (id !== undefined) return vpcById(world, id);
  const vpc = defaultVpcOf(world);
  if (vpc !== undefined) return vpc;
  throw new Ec2Error('VPCIdNotSpecified', 'No default VPC for this user');
}

function wordAt(query: QueryNode, name: string): string {
  const text = textAt(query, name);
  if (text === undefined) throw missingParameter(name);
  if (textSet.test(text)) return text;
  throw invalidValue(
    `Invalid security group ${name === 'GroupName' ? 'name' : 'description'}. ` +
      'Valid are 1 to 255 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
}

/** CreateSecurityGroup: a group that lets nothing in and everything out. */
export const createSecurityGroup: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'GroupName', 'GroupDescription', 'VpcId', 'TagSpecification']);
  const name = wordAt(query, 'GroupName');
  const description = wordAt(query, 'GroupDescription');
  if (name.toLowerCase() === 'default') throw invalidValue('Cannot use reserved security group name: default');
  if (name.startsWith('sg-')) throw invalidValue('Invalid value for groupName: it must not start with sg-');
  const vpc = vpcNamedBy(world, query);
  if (world.groups.find((group) => group.vpcId === vpc.id && group.name === name) !== undefined) {
    throw new Ec2Error('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
  }
  checkRegionHasRoom(world.groups.size, setting.quotas);
  const group = newGroup(setting, vpc, { name, description, tags: tagsFor(query, 'security-group', setting) });
  return {
    world: withGroup(world, group),
    body: {
      return: true,
      groupId: group.id,
      tagSet: tagSet(group.tags),
      securityGroupArn: arnOf(setting, 'security-group', group.id),
    },
  };
};

/** Whether anything but the group itself needs it: a rule of another group, an interface, an endpoint, a further VPC. */
function isNeeded(world: World, id: string): boolean {
  const names = ({ peer }: Rule): boolean => peer.kind === 'group' && peer.id === id;
  return (
    world.interfaces.find(({ groupIds }) => groupIds.includes(id)) !== undefined ||
    world.endpoints.find(({ groupIds }) => groupIds.includes(id)) !== undefined ||
    world.associations.some(({ groupId }) => groupId === id) ||
    world.groups.find((group) => group.id !== id && group.rules.some(names)) !== undefined
  );
}

/** DeleteSecurityGroup: not the default group, and none that is needed. */
export const deleteSecurityGroup: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'GroupId', 'GroupName']);
  const group = groupNamedBy(world, query);
  if (group.name === 'default') {
    throw new Ec2Error(
      'CannotDelete',
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  }
  // EC2's list of error codes has InvalidGroup.InUse for a group that another group's rule names, but everybody who
  // reports it from a VPC quotes this one.
  if (isNeeded(world, group.id)) throw inUse(group.id);
  return { world: { ...world, groups: world.groups.without(group.id) }, body: { return: true, groupId: group.id } };
};
