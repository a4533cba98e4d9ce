import type { Traits } from '../../core/model/traits.ts';
import { AH, ESP, GRE, ICMP, ICMPV6, SCTP, TCP, UDP } from '../../core/space/slots.ts';

/** The name of this cloud in targets, policies and settings. */
export const CLOUD = 'aws';

/** Rules of one direction of a group, IPv4 and IPv6 counted apart (Amazon VPC quotas; not verified, it can be raised). */
export const RULES_PER_DIRECTION = 60;

/**
 * What a security group's rule can say. Source: EC2 API Reference, IpPermission: for protocols other than tcp, udp,
 * icmp and icmpv6 a rule "allows traffic on all ports, regardless of any port range" (2026-11-24). So SCTP has ports,
 * yet a rule cannot name them.
 */
export const awsTraits: Traits = {
  portRanges: [TCP, UDP],
  types: [ICMP, ICMPV6],
  named: [TCP, UDP, ICMP, ICMPV6, SCTP, ESP, AH, GRE],
  rulesPerDirection: RULES_PER_DIRECTION,
};

/** The same for an account whose quota of rules was raised. */
export function awsTraitsWith(rulesPerDirection: number = RULES_PER_DIRECTION): Traits {
  return { ...awsTraits, rulesPerDirection };
}

/**
 * How an event of a call names what it touches. `group`: in the request, or else in the answer, by id or by name.
 * `associated group`: the same, and the VPC in which groups may name it from now on, or no more.
 * `tagged resources`: groups, and instances, by whose tags policies pick what they speak of. `members`: somewhere in the
 * request or the answer, as ids of groups, instances or interfaces. `changed groups`: the same, but the call is about
 * groups only where its request names some. `started instances`: the same, and nothing but instances and their groups.
 */
export type NamedBy =
  | 'group'
  | 'created group'
  | 'associated group'
  | 'tagged resources'
  | 'prefix list'
  | 'network'
  | 'subnet'
  | 'members'
  | 'changed groups'
  | 'started instances';

/**
 * Every call of EC2 that can change what is exposed, by whom a group is used, or which policies govern it. Source: EC2
 * API Reference, actions, and the commands of the AWS SDK for JavaScript 3.1169 (2026-11-24).
 *
 * Left out, because no verdict on a group changes: network ACLs, routes, gateways and peerings (policies judge groups,
 * and a peer in another VPC can be anybody already); `CreateSubnet` (a subnet lies within the ranges of its VPC, and
 * nobody is in it yet); launch templates (what they say counts once an instance starts). Left out, because they only
 * take members away: `StopInstances`, `TerminateInstances`, `DetachNetworkInterface`, `DisassociateAddress`,
 * `DeleteVpcEndpoints` and the like. `CreateFleet` and requests for spot or scheduled instances start instances later,
 * which the state `running` tells. `DeleteVpc` names no group any more; the sweep finds its default group gone.
 */
export const CALLS: ReadonlyMap<string, NamedBy> = new Map([
  // A group's own rules, tags and existence, and in which VPCs it is used.
  ['AuthorizeSecurityGroupIngress', 'group'],
  ['AuthorizeSecurityGroupEgress', 'group'],
  ['RevokeSecurityGroupIngress', 'group'],
  ['RevokeSecurityGroupEgress', 'group'],
  ['ModifySecurityGroupRules', 'group'],
  ['UpdateSecurityGroupRuleDescriptionsIngress', 'group'],
  ['UpdateSecurityGroupRuleDescriptionsEgress', 'group'],
  ['CreateSecurityGroup', 'created group'],
  ['DeleteSecurityGroup', 'group'],
  ['AssociateSecurityGroupVpc', 'associated group'],
  ['DisassociateSecurityGroupVpc', 'associated group'],
  ['CreateTags', 'tagged resources'],
  ['DeleteTags', 'tagged resources'],
  // Whom rules and policies mean by a prefix list. A resolver of IPAM edits its list later, without a call by anybody.
  ['CreateManagedPrefixList', 'prefix list'],
  ['ModifyManagedPrefixList', 'prefix list'],
  ['DeleteManagedPrefixList', 'prefix list'],
  ['RestoreManagedPrefixListVersion', 'prefix list'],
  ['CreateIpamPrefixListResolverTarget', 'prefix list'],
  ['ModifyIpamPrefixListResolverTarget', 'prefix list'],
  // Whom policies mean by `network`. EC2 makes a VPC's default group without a call of its own.
  ['CreateVpc', 'network'],
  ['CreateDefaultVpc', 'network'],
  ['AssociateVpcCidrBlock', 'network'],
  ['DisassociateVpcCidrBlock', 'network'],
  ['AssociateSubnetCidrBlock', 'subnet'],
  ['DisassociateSubnetCidrBlock', 'subnet'],
  // Who is behind a group, and who of them has an address on the internet.
  ['RunInstances', 'started instances'],
  ['StartInstances', 'started instances'],
  ['ModifyInstanceAttribute', 'changed groups'],
  ['ModifyNetworkInterfaceAttribute', 'changed groups'],
  // Documented for the check of source and destination only; a look too many does no harm.
  ['ResetNetworkInterfaceAttribute', 'members'],
  ['CreateNetworkInterface', 'members'],
  ['AttachNetworkInterface', 'members'],
  ['AssociateAddress', 'members'],
  ['AssignIpv6Addresses', 'members'],
  ['CreateVpcEndpoint', 'members'],
  ['ModifyVpcEndpoint', 'members'],
  ['CreateInstanceConnectEndpoint', 'members'],
  ['ModifyInstanceConnectEndpoint', 'members'],
  ['CreateClientVpnEndpoint', 'members'],
  ['ModifyClientVpnEndpoint', 'members'],
  ['ApplySecurityGroupsToClientVpnTargetNetwork', 'members'],
  ['CreateVerifiedAccessEndpoint', 'members'],
]);

/** `eventSource` of EC2's CloudTrail records, and `source` of its events on EventBridge (recorded samples, 2026-11-24). */
export const EVENT_SOURCE = 'ec2.amazonaws.com';
export const BUS_SOURCE = 'aws.ec2';

/** The kind of EventBridge event that carries a CloudTrail record (EventBridge events reference, 2026-11-24). */
export const API_CALL = 'AWS API Call via CloudTrail';

/** The kind of event that tells an instance's state (recorded sample, 2026-11-24), and the state in which it serves. */
export const STATE_CHANGE = 'EC2 Instance State-change Notification';
export const RUNNING = 'running';

/**
 * The kind of event that a schedule sends where its owner has not written another input, and who sends it: a rule of
 * EventBridge (recorded sample), or EventBridge Scheduler (samples in public repositories); 2026-11-24.
 */
export const SCHEDULED = 'Scheduled Event';
export const SCHEDULERS: readonly string[] = ['aws.events', 'aws.scheduler'];

/** Characters of one event pattern, unless raised (pulumi-aws and terraform-provider-aws on the quota, 2026-11-24). */
export const PATTERN_LENGTH = 2048;

/** Ids are 8 or 17 hexadecimal digits (EC2 User Guide, resource ids, 2026-11-24); emulators write other lengths. */
export const GROUP_ID = /^sg-[0-9a-f]{1,40}$/;
export const PREFIX_LIST_ID = /^pl-[0-9a-f]{1,40}$/;
export const INSTANCE_ID = /^i-[0-9a-f]{1,40}$/;
export const INTERFACE_ID = /^eni-[0-9a-f]{1,40}$/;
export const NETWORK_ID = /^vpc-[0-9a-f]{1,40}$/;
export const SUBNET_ID = /^subnet-[0-9a-f]{1,40}$/;

/** The tag that says which plan added a rule. A tag's value has at most 256 characters (EC2 User Guide, 2026-11-24). */
export const MARK = 'portcullis';
export const TAG_VALUE_LENGTH = 256;

/** Tags of one resource, not counting those under `aws:` (EC2 User Guide, tag restrictions, 2026-11-24). */
export const TAGS_PER_RESOURCE = 50;

/** Tags under this prefix are the cloud's own and cannot be written (EC2 User Guide, tag restrictions, 2026-11-24). */
export const RESERVED_TAG = 'aws:';

/** Page sizes of the describe calls are 5 to 1,000 (EC2 API Reference, 2026-11-24). */
export const PAGE_SIZE = 1000;

/**
 * Pages of DescribeManagedPrefixLists and GetManagedPrefixListEntries are 1 to 100 (EC2 API Reference, 2026-11-24).
 */
export const LIST_PAGE_SIZE = 100;

/** The most values that one filter of a describe call takes (remembered; not verified). */
export const FILTER_VALUES = 200;

/** The name of the group that every VPC has from the start, and that no other group can have (VPC User Guide, default security groups, 2026-11-24). */
export const DEFAULT_GROUP = 'default';

/** Groups of one page, where all of an account are gone through: a page with all its rules fits into any memory. */
export const TARGETS_PER_PAGE = 200;

/**
 * The owner of AWS's own prefix lists, as DescribeManagedPrefixLists shows it (terraform-provider-aws, acceptance tests
 * of the data source aws_ec2_managed_prefix_list, 2026-11-24). Values of filters mind the case (EC2 API Reference,
 * Filter, 2026-11-24).
 */
export const AWS_OWNER = 'AWS';

/** States of an association in which a group is not, or no longer, in the VPC (EC2 API Reference, 2026-11-24). */
export const ASSOCIATIONS_ENDED: readonly string[] = ['association-failed', 'disassociated'];

/**
 * How groups that a service made and tends show it. Tags: kubernetes.io/cluster/NAME of the Kubernetes cloud provider,
 * elbv2.k8s.aws/cluster of the AWS Load Balancer Controller, aws:eks:cluster-name of EKS (their documentation,
 * remembered). Names: `FMManagedSecurityGroup<policy>-sg-<id>-vpc-<id>` of Firewall Manager (several public repositories;
 * its documentation states the like for network firewalls only), `d-93676fd512_controllers` of Directory Service
 * (recorded in a public repository, with the description that the API reference of AddIpRoutes states; a directory's
 * id is `d-` and 10 hexadecimal digits). 2026-11-24.
 */
export const MANAGED_TAGS: readonly string[] = ['kubernetes.io/cluster/', 'elbv2.k8s.aws/', 'aws:eks:'];
export const MANAGED_NAMES: readonly RegExp[] = [/^FMManagedSecurityGroup/, /^d-[0-9a-f]{10}_controllers$/];
