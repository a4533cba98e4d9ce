import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { account, type Started } from './ec2-fixture.ts';

function isMakeable(group: SecurityGroup, all: readonly SecurityGroup[]): boolean {
  const known = new Set(all.filter(({ VpcId }) => VpcId === group.VpcId).map(({ GroupId }) => GroupId));
  const permissions = [...(group.IpPermissions ?? []), ...(group.IpPermissionsEgress ?? [])];
  const pairs = permissions.flatMap(({ UserIdGroupPairs }) => UserIdGroupPairs ?? []);
  return (
    group.VpcId !== undefined && pairs.every((pair) => known.has(pair.GroupId) && pair.PeeringStatus === undefined)
  );
}

/** The recorded groups that can be made here: of a VPC, and their rules name nothing but one another. */
export function makeable(groups: readonly SecurityGroup[]): readonly SecurityGroup[] {
  const left = groups.filter((group) => isMakeable(group, groups));
  return left.length === groups.length ? left : makeable(left);
}

async function emptied({ client }: Started, GroupId: string): Promise<void> {
  const { SecurityGroups: [group] = [] } = await client.send(
    new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }),
  );
  const { IpPermissions = [], IpPermissionsEgress = [] } = group!;
  if (IpPermissions.length > 0) await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  if (IpPermissionsEgress.length > 0) {
    await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }));
  }
}

async function idOf({ client }: Started, group: SecurityGroup, VpcId: string): Promise<string> {
  const { GroupName, Description } = group;
  if (GroupName !== 'default') {
    return (await client.send(new CreateSecurityGroupCommand({ GroupName, Description, VpcId }))).GroupId!;
  }
  const Filters = [
    { Name: 'vpc-id', Values: [VpcId] },
    { Name: 'group-name', Values: ['default'] },
  ];
  return (await client.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups![0]!.GroupId!;
}

/** Makes the recorded groups by calls; answers what is called what here. */
export async function makeGroups(
  ec2: Started,
  groups: readonly SecurityGroup[],
  vpcs: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const ids = new Map([...vpcs, ...groups.map(({ OwnerId }) => [OwnerId!, account] as const)]);
  for (const group of groups) ids.set(group.GroupId!, await idOf(ec2, group, vpcs.get(group.VpcId!)!));
  const here = (permissions: readonly IpPermission[]): IpPermission[] =>
    permissions.map((permission) => ({
      ...permission,
      UserIdGroupPairs: (permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) => ({
        GroupId: ids.get(GroupId!)!,
        ...(Description === undefined ? {} : { Description }),
      })),
      PrefixListIds: (permission.PrefixListIds ?? []).map((list) => ({ ...list, PrefixListId: 'pl-6ea54007' })),
    }));
  const lists = groups.flatMap(({ IpPermissions = [], IpPermissionsEgress = [] }) => [
    ...IpPermissions,
    ...IpPermissionsEgress,
  ]);
  for (const { PrefixListId } of lists.flatMap(({ PrefixListIds = [] }) => PrefixListIds)) {
    ids.set(PrefixListId!, 'pl-6ea54007');
  }
  for (const group of groups) {
    const GroupId = ids.get(group.GroupId!)!;
    await emptied(ec2, GroupId);
    const [inward, outward] = [here(group.IpPermissions ?? []), here(group.IpPermissionsEgress ?? [])];
    if (inward.length > 0) {
      await ec2.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: inward }));
    }
    if (outward.length > 0) {
      await ec2.client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: outward }));
    }
    if ((group.Tags?.length ?? 0) > 0)
      await ec2.client.send(new CreateTagsCommand({ Resources: [GroupId], Tags: group.Tags }));
  }
  return ids;
}
