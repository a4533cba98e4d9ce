import {
  associateSecurityGroupVpc,
  describeSecurityGroupVpcAssociations,
  disassociateSecurityGroupVpc,
} from './associations.ts';
import { authorize } from './authorize.ts';
import { describeSecurityGroupRules, describeSecurityGroups } from './describe.ts';
import { createVpcEndpoint, deleteVpcEndpoints, describeVpcEndpoints, modifyVpcEndpoint } from './endpoints.ts';
import {
  describeSecurityGroupReferences,
  describeStaleSecurityGroups,
  getSecurityGroupsForVpc,
} from './group-reads.ts';
import { modifyInstanceAttribute } from './instance-attributes.ts';
import { runInstances } from './instance-launch.ts';
import { describeInstances } from './instance-reads.ts';
import { startInstances, stopInstances, terminateInstances } from './instance-states.ts';
import { describeNetworkInterfaces } from './interface-reads.ts';
import {
  attachNetworkInterface,
  createNetworkInterface,
  deleteNetworkInterface,
  detachNetworkInterface,
  modifyNetworkInterfaceAttribute,
  resetNetworkInterfaceAttribute,
} from './interface-writes.ts';
import type { JsonFields } from './json.ts';
import { createSecurityGroup, deleteSecurityGroup } from './lifecycle.ts';
import { modifySecurityGroupRules, updateDescriptions } from './modify.ts';
import type { Read, Write } from './outcome.ts';
import { describeManagedPrefixLists, describePrefixLists, getManagedPrefixListEntries } from './prefix-list-reads.ts';
import {
  createManagedPrefixList,
  deleteManagedPrefixList,
  modifyManagedPrefixList,
  restoreManagedPrefixListVersion,
} from './prefix-list-writes.ts';
import type { QueryNode } from './query.ts';
import { groupParameters, ruleParameters, tagParameters, wrappedParameters } from './request-parameters.ts';
import { interfaceParameters, launchParameters, plainParameters, withDefaults } from './resource-parameters.ts';
import { revoke } from './revoke.ts';
import {
  associateSubnetCidrBlock,
  createSubnet,
  deleteSubnet,
  describeSubnets,
  disassociateSubnetCidrBlock,
} from './subnets.ts';
import { describeTags } from './tag-reads.ts';
import { createTags, deleteTags } from './tags.ts';
import { associateVpcCidrBlock, createVpc, deleteVpc, describeVpcs, disassociateVpcCidrBlock } from './vpcs.ts';

interface ReadAction {
  readonly kind: 'read';
  readonly run: Read;
}

export interface WriteAction {
  readonly kind: 'write';
  readonly run: Write;
  /** Which of CloudTrail's two ways the response is recorded in. */
  readonly recordedAs: 'plain' | 'wrapped';
  readonly parametersOf: (query: QueryNode) => JsonFields;
}

function read(run: Read): ReadAction {
  return { kind: 'read', run };
}

function plain(run: Write, parametersOf: WriteAction['parametersOf']): WriteAction {
  return { kind: 'write', run, recordedAs: 'plain', parametersOf };
}

type Named = readonly [string, ReadAction | WriteAction];

function wrapped(name: string, run: Write): Named {
  return [name, { kind: 'write', run, recordedAs: 'wrapped', parametersOf: wrappedParameters(name) }];
}

const groups: readonly Named[] = [
  ['DescribeSecurityGroups', read(describeSecurityGroups)],
  ['DescribeSecurityGroupRules', read(describeSecurityGroupRules)],
  ['DescribeSecurityGroupVpcAssociations', read(describeSecurityGroupVpcAssociations)],
  ['DescribeSecurityGroupReferences', read(describeSecurityGroupReferences)],
  ['DescribeStaleSecurityGroups', read(describeStaleSecurityGroups)],
  ['GetSecurityGroupsForVpc', read(getSecurityGroupsForVpc)],
  ['AuthorizeSecurityGroupIngress', plain(authorize('ingress'), ruleParameters)],
  ['AuthorizeSecurityGroupEgress', plain(authorize('egress'), ruleParameters)],
  ['RevokeSecurityGroupIngress', plain(revoke('ingress'), ruleParameters)],
  ['RevokeSecurityGroupEgress', plain(revoke('egress'), ruleParameters)],
  wrapped('ModifySecurityGroupRules', modifySecurityGroupRules),
  wrapped('UpdateSecurityGroupRuleDescriptionsIngress', updateDescriptions('ingress')),
  wrapped('UpdateSecurityGroupRuleDescriptionsEgress', updateDescriptions('egress')),
  ['CreateSecurityGroup', plain(createSecurityGroup, groupParameters)],
  ['DeleteSecurityGroup', plain(deleteSecurityGroup, groupParameters)],
  wrapped('AssociateSecurityGroupVpc', associateSecurityGroupVpc),
  wrapped('DisassociateSecurityGroupVpc', disassociateSecurityGroupVpc),
];

const prefixLists: readonly Named[] = [
  ['DescribeManagedPrefixLists', read(describeManagedPrefixLists)],
  ['DescribePrefixLists', read(describePrefixLists)],
  ['GetManagedPrefixListEntries', read(getManagedPrefixListEntries)],
  wrapped('CreateManagedPrefixList', createManagedPrefixList),
  wrapped('ModifyManagedPrefixList', modifyManagedPrefixList),
  wrapped('RestoreManagedPrefixListVersion', restoreManagedPrefixListVersion),
  wrapped('DeleteManagedPrefixList', deleteManagedPrefixList),
];

const instances: readonly Named[] = [
  ['DescribeInstances', read(describeInstances)],
  ['RunInstances', plain(runInstances, launchParameters)],
  ['StartInstances', plain(startInstances, plainParameters)],
  // Recorded: whether by force is told even where nobody said so.
  ['StopInstances', plain(stopInstances, withDefaults({ force: false }))],
  ['TerminateInstances', plain(terminateInstances, plainParameters)],
  ['ModifyInstanceAttribute', plain(modifyInstanceAttribute, plainParameters)],
  ['DescribeNetworkInterfaces', read(describeNetworkInterfaces)],
  ['CreateNetworkInterface', plain(createNetworkInterface, interfaceParameters)],
  ['DeleteNetworkInterface', plain(deleteNetworkInterface, plainParameters)],
  ['AttachNetworkInterface', plain(attachNetworkInterface, plainParameters)],
  ['DetachNetworkInterface', plain(detachNetworkInterface, withDefaults({ force: false }))],
  ['ModifyNetworkInterfaceAttribute', plain(modifyNetworkInterfaceAttribute, plainParameters)],
  ['ResetNetworkInterfaceAttribute', plain(resetNetworkInterfaceAttribute, plainParameters)],
];

const networks: readonly Named[] = [
  ['DescribeVpcs', read(describeVpcs)],
  ['CreateVpc', plain(createVpc, withDefaults({ instanceTenancy: 'default', amazonProvidedIpv6CidrBlock: false }))],
  ['DeleteVpc', plain(deleteVpc, plainParameters)],
  ['AssociateVpcCidrBlock', plain(associateVpcCidrBlock, plainParameters)],
  ['DisassociateVpcCidrBlock', plain(disassociateVpcCidrBlock, plainParameters)],
  ['DescribeSubnets', read(describeSubnets)],
  ['CreateSubnet', plain(createSubnet, plainParameters)],
  ['DeleteSubnet', plain(deleteSubnet, plainParameters)],
  ['AssociateSubnetCidrBlock', plain(associateSubnetCidrBlock, plainParameters)],
  ['DisassociateSubnetCidrBlock', plain(disassociateSubnetCidrBlock, plainParameters)],
  ['DescribeVpcEndpoints', read(describeVpcEndpoints)],
  wrapped('CreateVpcEndpoint', createVpcEndpoint),
  wrapped('ModifyVpcEndpoint', modifyVpcEndpoint),
  wrapped('DeleteVpcEndpoints', deleteVpcEndpoints),
];

/** Everything the service can do, by the `Action` parameter. */
export const actions: ReadonlyMap<string, ReadAction | WriteAction> = new Map<string, ReadAction | WriteAction>([
  ...groups,
  ...prefixLists,
  ...instances,
  ...networks,
  ['DescribeTags', read(describeTags)],
  ['CreateTags', plain(createTags, tagParameters)],
  ['DeleteTags', plain(deleteTags, tagParameters)],
]);
