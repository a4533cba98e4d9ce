import { Ec2Error, invalidValue, missingParameter, vpcNotFound } from './errors.ts';
import { filterOf } from './filters.ts';
import { groupById, type LocalVpc, type SecurityGroup, type World } from './groups.ts';
import { commonNames, type Outcome, type Read, type Write } from './outcome.ts';
import { pageOf } from './paging.ts';
import { expectOnly, textAt, type QueryNode } from './query.ts';

/*
 * Groups that are used in further VPCs. The limits are those of the EC2 API Reference (AssociateSecurityGroupVpc, read
 * 2026-11-24); under which codes EC2 refuses is not verified.
 */

interface Pair {
  readonly group: SecurityGroup;
  readonly vpc: LocalVpc;
}

function pairNamedBy(world: World, query: QueryNode): Pair {
  expectOnly(query, [...commonNames, 'GroupId', 'VpcId']);
  const groupId = textAt(query, 'GroupId');
  const vpcId = textAt(query, 'VpcId');
  if (groupId === undefined) throw missingParameter('GroupId');
  if (vpcId === undefined) throw missingParameter('VpcId');
  const group = groupById(world, groupId);
  const vpc = world.vpcs.find(({ id }) => id === vpcId);
  if (vpc === undefined) throw vpcNotFound(vpcId);
  return { group, vpc };
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
  const associations = world.associations.filter((association) => !isPair(association));
  return { world: { ...world, associations }, body: { state: 'disassociating' } };
};

/** DescribeSecurityGroupVpcAssociations: the further VPCs only, never the one that a group was made in. */
export const describeSecurityGroupVpcAssociations: Read = (world, query, setting) => {
  expectOnly(query, [...commonNames, 'Filter', 'MaxResults', 'NextToken']);
  const filter = filterOf(query, ['group-id', 'group-owner-id', 'state', 'vpc-id', 'vpc-owner-id']);
  const state = 'associated';
  const { account } = setting;
  const found = world.associations.filter(({ groupId, vpcId }) =>
    filter({ 'group-id': groupId, 'group-owner-id': account, state, 'vpc-id': vpcId, 'vpc-owner-id': account }, []),
  );
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
