import { withRules } from './authorize.ts';
import { Ec2Error, invalidValue, missingParameter, vpcNotFound } from './errors.ts';
import {
  arnOf,
  defaultVpcOf,
  groupNamedBy,
  withGroup,
  type LocalVpc,
  type Permission,
  type SecurityGroup,
  type Setting,
  type World,
} from './groups.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { awsPrefixList } from './prefix-lists.ts';
import { expectOnly, textAt, type QueryNode } from './query.ts';
import { tagSet } from './rule-items.ts';
import { specifiedTags } from './tags.ts';
import { trafficOf } from './traffic.ts';

const allTraffic = trafficOf('-1', undefined, undefined);
const textSet = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** What a new group lets out: everything, over IPv6 only where the VPC has an IPv6 range. */
function outward(vpc: LocalVpc): readonly Permission[] {
  const ipv4: Permission = { traffic: allTraffic, peer: { kind: 'ipv4', cidr: '0.0.0.0/0' }, description: undefined };
  const ipv6: Permission = { traffic: allTraffic, peer: { kind: 'ipv6', cidr: '::/0' }, description: undefined };
  return vpc.ipv6Cidrs.length === 0 ? [ipv4] : [ipv4, ipv6];
}

function newGroup(
  setting: Setting,
  vpc: LocalVpc,
  words: Pick<SecurityGroup, 'name' | 'description' | 'tags'>,
): SecurityGroup {
  const empty = { ...words, id: setting.newId('sg-'), vpcId: vpc.id, rules: [], sequence: setting.newSequence() };
  return withRules(setting, empty, 'egress', outward(vpc), []).group;
}

/** The world at the start: every VPC has its `default` group, which lets its own members in; AWS has its lists. */
export function firstWorld(setting: Setting, vpcs: readonly LocalVpc[]): World {
  const groups = vpcs.map((vpc) => {
    const group = newGroup(setting, vpc, { name: 'default', description: 'default VPC security group', tags: [] });
    const members: Permission = { traffic: allTraffic, peer: { kind: 'group', id: group.id }, description: undefined };
    return withRules(setting, group, 'ingress', [members], []).group;
  });
  const prefixLists = [awsPrefixList(setting)];
  return {
    vpcs,
    groups: new Map(groups.map((group) => [group.id, group])),
    prefixLists: new Map(prefixLists.map((list) => [list.id, list])),
    associations: [],
  };
}

function vpcNamedBy(world: World, query: QueryNode): LocalVpc {
  const id = textAt(query, 'VpcId');
  const vpc = id === undefined ? defaultVpcOf(world) : world.vpcs.find((candidate) => candidate.id === id);
  if (vpc !== undefined) return vpc;
  if (id !== undefined) throw vpcNotFound(id);
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
  if ([...world.groups.values()].some((group) => group.vpcId === vpc.id && group.name === name)) {
    throw new Ec2Error('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
  }
  const group = newGroup(setting, vpc, { name, description, tags: specifiedTags(query, 'security-group') });
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

/** DeleteSecurityGroup: not the default group, and none that a rule of another group refers to or a further VPC uses. */
export const deleteSecurityGroup: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'GroupId', 'GroupName']);
  const group = groupNamedBy(world, query);
  if (group.name === 'default') {
    throw new Ec2Error(
      'CannotDelete',
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  }
  const groups = new Map(world.groups);
  groups.delete(group.id);
  const refersToIt = (other: SecurityGroup): boolean =>
    other.rules.some((rule) => rule.peer.kind === 'group' && rule.peer.id === group.id);
  const isUsed = world.associations.some(({ groupId }) => groupId === group.id);
  if (isUsed || [...groups.values()].some(refersToIt)) {
    throw new Ec2Error('DependencyViolation', `resource ${group.id} has a dependent object`);
  }
  return { world: { ...world, groups }, body: { return: true, groupId: group.id } };
};
