import type { Quotas } from './quotas.ts';
import type { Table } from './table.ts';
import type { Traffic } from './traffic.ts';

export type Direction = 'ingress' | 'egress';

/** The other side of a rule; its kind never changes in the life of the rule. */
export type Peer =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefixList'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string };

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What one rule lets through, as requested: one protocol, one port range, one peer. */
export interface Permission {
  readonly traffic: Traffic;
  readonly peer: Peer;
  readonly description: string | undefined;
}

export interface Rule extends Permission {
  readonly id: string;
  readonly direction: Direction;
  readonly tags: readonly Tag[];
  /** Rises with every rule made; paging continues behind it. */
  readonly sequence: number;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: readonly Tag[];
  readonly rules: readonly Rule[];
  readonly sequence: number;
}

/** A range of a VPC or subnet, and what its being there is called. */
export interface Range {
  readonly associationId: string;
  readonly cidr: string;
}

export interface Vpc {
  readonly id: string;
  readonly isDefault: boolean;
  /** IPv4 ranges, the primary one first. */
  readonly ranges: readonly Range[];
  readonly ipv6Ranges: readonly Range[];
  readonly tags: readonly Tag[];
  readonly sequence: number;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly ipv6Ranges: readonly Range[];
  /** The letter of its availability zone. */
  readonly zone: string;
  /** Whether instances that name no subnet may land here. */
  readonly isDefault: boolean;
  /** Whether what is launched here gets a public address unasked. */
  readonly givesPublicAddresses: boolean;
  readonly tags: readonly Tag[];
  readonly sequence: number;
}

export interface Attachment {
  readonly id: string;
  /** Undefined where a service holds it. */
  readonly instanceId: string | undefined;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly at: Date;
}

export interface NetworkInterface {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly description: string;
  readonly groupIds: readonly string[];
  readonly macAddress: string;
  /** The first one is the primary address. */
  readonly addresses: readonly string[];
  readonly publicAddress: string | undefined;
  /** Whether it gets a public address when its instance starts. */
  readonly wantsPublicAddress: boolean;
  readonly sourceDestCheck: boolean;
  readonly interfaceType: string;
  /** Who made it: a principal's id, or the service that manages it. */
  readonly requesterId: string | undefined;
  readonly isRequesterManaged: boolean;
  readonly attachment: Attachment | undefined;
  readonly tags: readonly Tag[];
  readonly sequence: number;
}

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

export interface Instance {
  readonly id: string;
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly imageId: string;
  readonly instanceType: string;
  readonly keyName: string | undefined;
  readonly clientToken: string | undefined;
  readonly profile: string | undefined;
  readonly launchedAt: Date;
  readonly state: InstanceState;
  readonly stateSince: Date;
  /** Why it is in this state, where that is worth telling: `User initiated (...)`. */
  readonly stateReason: string | undefined;
  readonly subnetId: string;
  readonly vpcId: string;
  /** Attributes that are kept and shown and change nothing else, by their names in the protocol. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly sequence: number;
}

/** An interface endpoint: an interface in each of its subnets, all with its groups. */
export interface Endpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly serviceName: string;
  readonly groupIds: readonly string[];
  readonly interfaceIds: readonly string[];
  readonly privateDns: boolean;
  readonly madeAt: Date;
  readonly tags: readonly Tag[];
  readonly sequence: number;
}

export interface PrefixEntry {
  readonly cidr: string;
  readonly description: string | undefined;
}

/** A named list of networks, of this account or of AWS. */
export interface PrefixList {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly family: 'IPv4' | 'IPv6';
  /** AWS's own lists state none. */
  readonly maxEntries: number | undefined;
  /** The entries of every version, the first one first. */
  readonly versions: readonly (readonly PrefixEntry[])[];
  readonly state: 'create-complete' | 'modify-complete' | 'modify-failed' | 'restore-complete' | 'delete-failed';
  readonly stateMessage: string | undefined;
  readonly tags: readonly Tag[];
  readonly sequence: number;
}

/** A group that is used in a VPC beside the one that it was made in. */
interface Association {
  readonly groupId: string;
  readonly vpcId: string;
  readonly sequence: number;
}

/**
 * Everything that the service remembers.
 * INVARIANT: a world is never changed in place. A call computes the next one and the server keeps it only if the
 * whole call succeeded, which is what makes every call all or nothing.
 */
export interface World {
  readonly vpcs: Table<Vpc>;
  readonly subnets: Table<Subnet>;
  readonly groups: Table<SecurityGroup>;
  readonly prefixLists: Table<PrefixList>;
  readonly associations: readonly Association[];
  readonly interfaces: Table<NetworkInterface>;
  readonly instances: Table<Instance>;
  readonly endpoints: Table<Endpoint>;
}

/** What stays the same for every call, and the two sources of new identities. */
export interface Setting {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** A fresh id with the prefix, such as `sgr-` and 17 hexadecimal digits. */
  readonly newId: (prefix: string) => string;
  readonly newSequence: () => number;
  readonly now: () => Date;
  readonly quotas: Quotas;
}

/** The kinds of things that have ids, as ARNs and tags call them, by the prefix of the id. */
export const resourceTypes = {
  sg: 'security-group',
  sgr: 'security-group-rule',
  pl: 'prefix-list',
  vpc: 'vpc',
  subnet: 'subnet',
  eni: 'network-interface',
  i: 'instance',
  vpce: 'vpc-endpoint',
} as const;

export type ResourceType = (typeof resourceTypes)[keyof typeof resourceTypes];

/** The ARN of anything that has an id. */
export function arnOf(
  setting: Pick<Setting, 'account' | 'region' | 'partition'>,
  type: ResourceType,
  id: string,
): string {
  return `arn:${setting.partition}:ec2:${setting.region}:${setting.account}:${type}/${id}`;
}
