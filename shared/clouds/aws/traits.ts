import type { Traits } from '../../core/model/traits.ts';
import { AH, ESP, GRE, ICMP, ICMPV6, SCTP, TCP, UDP } from '../../core/space/slots.ts';

/** The name of this cloud in targets, policies and settings. */
export const CLOUD = 'aws';

/**
 * What a security group's rule can say. Source: EC2 API Reference, IpPermission: for protocols other than tcp, udp,
 * icmp and icmpv6 a rule "allows traffic on all ports, regardless of any port range" (2026-11-24). So SCTP has ports,
 * yet a rule cannot name them.
 */
export const awsTraits: Traits = {
  portRanges: [TCP, UDP],
  types: [ICMP, ICMPV6],
  named: [TCP, UDP, ICMP, ICMPV6, SCTP, ESP, AH, GRE],
};

/** Where an event of a call names the security groups that it changed. */
export type NamedBy = 'group' | 'created group' | 'tagged resources';

/**
 * The calls that change a security group's own rules, tags or existence, or in which VPCs it is used. Source: EC2 API
 * Reference, actions by service (2026-11-24). Calls that change who is in a group, or what a prefix list holds, are not
 * in here.
 */
export const CALLS: ReadonlyMap<string, NamedBy> = new Map([
  ['AuthorizeSecurityGroupIngress', 'group'],
  ['AuthorizeSecurityGroupEgress', 'group'],
  ['RevokeSecurityGroupIngress', 'group'],
  ['RevokeSecurityGroupEgress', 'group'],
  ['ModifySecurityGroupRules', 'group'],
  ['UpdateSecurityGroupRuleDescriptionsIngress', 'group'],
  ['UpdateSecurityGroupRuleDescriptionsEgress', 'group'],
  ['CreateSecurityGroup', 'created group'],
  ['DeleteSecurityGroup', 'group'],
  ['CreateTags', 'tagged resources'],
  ['DeleteTags', 'tagged resources'],
  ['AssociateSecurityGroupVpc', 'group'],
  ['DisassociateSecurityGroupVpc', 'group'],
]);

/** `source` of EC2's events on EventBridge and `eventSource` of its CloudTrail records (recorded samples, 2026-11-24). */
export const EVENT_SOURCE = 'ec2.amazonaws.com';

/** The kind of EventBridge event that carries a CloudTrail record (EventBridge events reference, 2026-11-24). */
export const API_CALL = 'AWS API Call via CloudTrail';

/** Ids are 8 or 17 hexadecimal digits (EC2 User Guide, resource ids, 2026-11-24); emulators write other lengths. */
export const GROUP_ID = /^sg-[0-9a-f]{1,40}$/;
export const PREFIX_LIST_ID = /^pl-[0-9a-f]{1,40}$/;

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

/** Rules of one direction of a group, IPv4 and IPv6 counted apart (Amazon VPC quotas; not verified, it can be raised). */
export const RULES_PER_DIRECTION = 60;

/** Where AWS's APIs live, by partition (partition data of the AWS SDK for JavaScript 3.1169, 2026-11-24). */
export const HOST_SUFFIXES: readonly string[] = [
  '.amazonaws.com',
  '.api.aws',
  '.amazonaws.com.cn',
  '.api.amazonwebservices.com.cn',
  '.amazonaws.eu',
  '.api.amazonwebservices.eu',
  '.c2s.ic.gov',
  '.sc2s.sgov.gov',
  '.csp.hci.ic.gov',
  '.cloud.adc-e.uk',
];
