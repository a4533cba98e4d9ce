import { filterOf } from './filters.ts';
import { groupById } from './groups.ts';
import { vpcById } from './ids.ts';
import { required } from './interface-writes.ts';
import { commonNames, listNames, type Read } from './outcome.ts';
import { pageOf } from './paging.ts';
import { expectOnly, textsAt } from './query.ts';
import { missingParameter } from './errors.ts';
import { tagSet } from './rule-items.ts';
import type { SecurityGroup } from './world.ts';

/** GetSecurityGroupsForVpc: those that an interface in the VPC may have, its own ones and those associated with it. */
export const getSecurityGroupsForVpc: Read = (world, query, setting) => {
  expectOnly(query, [...listNames, 'VpcId']);
  const vpc = vpcById(world, required(query, 'VpcId'));
  const passes = filterOf<SecurityGroup>(
    query,
    {
      'group-id': (group) => group.id,
      'group-name': (group) => group.name,
      description: (group) => group.description,
      'owner-id': () => setting.account,
      'primary-vpc-id': (group) => group.vpcId,
    },
    (group) => group.tags,
  );
  const further = new Set(world.associations.flatMap(({ vpcId, groupId }) => (vpcId === vpc.id ? [groupId] : [])));
  const found = [...world.groups].filter((group) => (group.vpcId === vpc.id || further.has(group.id)) && passes(group));
  const { items, nextToken } = pageOf(query, found);
  return {
    securityGroupForVpcSet: items.map((group) => ({
      groupId: group.id,
      groupName: group.name,
      description: group.description,
      ownerId: setting.account,
      primaryVpcId: group.vpcId,
      tagSet: tagSet(group.tags),
    })),
    nextToken,
  };
};

/** DescribeSecurityGroupReferences: from the other side of a peering, and no VPC here has one. */
export const describeSecurityGroupReferences: Read = (world, query) => {
  expectOnly(query, [...commonNames, 'GroupId']);
  const ids = textsAt(query, 'GroupId');
  if (ids.length === 0) throw missingParameter('GroupId');
  for (const id of ids) groupById(world, id);
  return { securityGroupReferenceSet: [] };
};

/** DescribeStaleSecurityGroups: rules that name groups of a peering that is gone; there never was one here. */
export const describeStaleSecurityGroups: Read = (world, query) => {
  expectOnly(query, [...commonNames, 'VpcId', 'MaxResults', 'NextToken']);
  vpcById(world, required(query, 'VpcId'));
  const { nextToken } = pageOf(query, []);
  return { staleSecurityGroupSet: [], nextToken };
};
