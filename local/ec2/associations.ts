import { Ec2Error, inUse, invalidValue, missingParameter } from './errors.ts';
import { filterOf, type Fields } from './filters.ts';
import { vpcById } from './ids.ts';
import { groupById } from './groups.ts';
import type { SecurityGroup, Vpc, World } from './world.ts';
import { commonNames, type Outcome, type Read, type Write } from './outcome.ts';
import { pageOf } from './paging.ts';
import { expectOnly, textAt, type QueryNode } from './query.ts';

/*
 * Groups that are used in further VPCs. The limits are those of the EC2 API Reference (AssociateSecurityGroupVpc, read
 * 2026-11-24); under which codes EC2 refuses is not verified.
 */

interface Pair {
  readonly group: SecurityGroup;
  readonly vpc: Vpc;
}

function pairNamedBy(world: World, query: QueryNode): Pair {
  expectOnly(query, [...commonNames, 'GroupId', 'VpcId']);
  const groupId = textAt(query, 'GroupId');
  const vpcId = textAt(query, 'VpcId');
  if (groupId === undefined) throw missingParameter('GroupId');
  if (vpcId === undefined) throw missingParameter('VpcId');
  const group = groupById(world, groupId);
  return { group, vpc: vpcById(world, vpcId) };
}

function isOf({ group, vpc }: Pair): (association: World['associations'][number]) => boolean {
  return ({ groupId, vpcId }) => groupId === group.id && vpcId === vpc.id;
}

/** AssociateSecurityGroupVpc: not the default group, not the default VPC, and not where the group is already. */
export const associateSecurityGroupVpc: Write = (world, query, setting): Outcome => {
  const pair = pairNamedBy(world, query);
  const { group, vpc } = pair;
  if (group.name === 'default') throw invalidValue(`The default security group '${group.id}' cannot be associated`);
  if (vpc.isDefault) throw invalidValue(`The default VPC '${vpc.id}' cannot be associated with a security group`);
  if (group.vpcId === vpc.id || world.associations.some(isOf(pair))) {
    throw new Ec2Error(
      'InvalidState',
      `The security group '${group.id}' is associated with the VPC '${vpc.id}' already`,
    );
  }
  const association = { groupId: group.id, vpcId: vpc.id, sequence: setting.newSequence() };
  return { world: { ...world, associations: [...world.associations, association] }, body: { state: 'associating' } };
};

/** DisassociateSecurityGroupVpc: what was associated. */
export const disassociateSecurityGroupVpc: Write = (world, query): Outcome => {
  const pair = pairNamedBy(world, query);
  const isPair = isOf(pair);
  if (!world.associations.some(isPair)) {
    const [group, vpc] = [pair.group.id, pair.vpc.id];
    throw new Ec2Error('InvalidState', `The security group '${group}' is not associated with the VPC '${vpc}'`);
  }
  for (const { vpcId, groupIds } of world.interfaces) {
    if (vpcId === pair.vpc.id && groupIds.includes(pair.group.id)) throw inUse(pair.group.id);
  }
  const associations = world.associations.filter((association) => !isPair(association));
  return { world: { ...world, associations }, body: { state: 'disassociating' } };
};

/** DescribeSecurityGroupVpcAssociations: the further VPCs only, never the one that a group was made in. */
export const describeSecurityGroupVpcAssociations: Read = (world, query, setting) => {
  expectOnly(query, [...commonNames, 'Filter', 'MaxResults', 'NextToken']);
  const state = 'associated';
  const { account } = setting;
  const fields: Fields<World['associations'][number]> = {
    'group-id': ({ groupId }) => groupId,
    'vpc-id': ({ vpcId }) => vpcId,
    'group-owner-id': () => account,
    'vpc-owner-id': () => account,
    state: () => state,
  };
  const found = world.associations.filter(filterOf(query, fields, () => []));
  const { items, nextToken } = pageOf(query, found);
  return {
    securityGroupVpcAssociationSet: items.map(({ groupId, vpcId }) => ({
      groupId,
      vpcId,
      vpcOwnerId: account,
      state,
      groupOwnerId: account,
    })),
    nextToken,
  };
};
