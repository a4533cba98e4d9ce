// The describe calls about what is behind groups, all pages of each. What does not exist is left out of the answer.
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import type { EC2Client, GroupIdentifier } from '@aws-sdk/client-ec2';
import { filterBy, pagesOf, portionsOf } from './paging.ts';
import { PAGE_SIZE } from './traits.ts';

function idsOf(...groups: readonly (readonly GroupIdentifier[] | undefined)[]): readonly string[] {
  return [...new Set(groups.flatMap((some) => (some ?? []).flatMap(({ GroupId }) => GroupId ?? [])))];
}

/** Pairs of an id that was asked for and what it has, without those that EC2 gave no id. */
function mapOf<T>(pairs: readonly (readonly [string | undefined, T])[]): ReadonlyMap<string, T> {
  return new Map(pairs.flatMap(([id, value]) => (id === undefined ? [] : [[id, value] as const])));
}

/** The groups of instances: of each on every interface. One call for as many instances as a filter takes. */
export async function groupsOfInstances(
  client: EC2Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const reservations = await Promise.all(
    portionsOf(ids).map((some) =>
      pagesOf('describe-instances', async (NextToken) => {
        const input = { Filters: [filterBy('instance-id', some)], MaxResults: PAGE_SIZE, NextToken };
        const answer = await client.send(new DescribeInstancesCommand(input));
        return { items: answer.Reservations, next: answer.NextToken };
      }),
    ),
  );
  const instances = reservations.flat().flatMap(({ Instances }) => Instances ?? []);
  return mapOf(
    instances.map(({ InstanceId, SecurityGroups, NetworkInterfaces }) => {
      const onInterfaces = (NetworkInterfaces ?? []).map(({ Groups }) => Groups);
      return [InstanceId, idsOf(SecurityGroups, ...onInterfaces)];
    }),
  );
}

export async function groupsOfInterfaces(
  client: EC2Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const interfaces = await Promise.all(
    portionsOf(ids).map((some) =>
      pagesOf('describe-network-interfaces', async (NextToken) => {
        const input = { Filters: [filterBy('network-interface-id', some)], MaxResults: PAGE_SIZE, NextToken };
        const answer = await client.send(new DescribeNetworkInterfacesCommand(input));
        return { items: answer.NetworkInterfaces, next: answer.NextToken };
      }),
    ),
  );
  return mapOf(interfaces.flat().map(({ NetworkInterfaceId, Groups }) => [NetworkInterfaceId, idsOf(Groups)]));
}

/** The VPC of each subnet. */
export async function networksOfSubnets(
  client: EC2Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const subnets = await Promise.all(
    portionsOf(ids).map((some) =>
      pagesOf('describe-subnets', async (NextToken) => {
        const input = { Filters: [filterBy('subnet-id', some)], MaxResults: PAGE_SIZE, NextToken };
        const answer = await client.send(new DescribeSubnetsCommand(input));
        return { items: answer.Subnets, next: answer.NextToken };
      }),
    ),
  );
  return mapOf(
    subnets.flat().flatMap(({ SubnetId, VpcId }) => (VpcId === undefined ? [] : [[SubnetId, VpcId] as const])),
  );
}
