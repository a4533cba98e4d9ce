import {
  associateSecurityGroupVpc,
  describeSecurityGroupVpcAssociations,
  disassociateSecurityGroupVpc,
} from './associations.ts';
import { authorize } from './authorize.ts';
import { describeSecurityGroupRules, describeSecurityGroups, describeVpcs } from './describe.ts';
import type { JsonFields } from './json.ts';
import { createSecurityGroup, deleteSecurityGroup } from './lifecycle.ts';
import { modifySecurityGroupRules, updateDescriptions } from './modify.ts';
import type { Read, Write } from './outcome.ts';
import { describeManagedPrefixLists, getManagedPrefixListEntries } from './prefix-list-reads.ts';
import { createManagedPrefixList, deleteManagedPrefixList, modifyManagedPrefixList } from './prefix-list-writes.ts';
import type { QueryNode } from './query.ts';
import { groupParameters, ruleParameters, tagParameters, wrappedParameters } from './request-parameters.ts';
import { revoke } from './revoke.ts';
import { createTags, deleteTags } from './tags.ts';

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

function wrapped(run: Write, action: string): WriteAction {
  return { kind: 'write', run, recordedAs: 'wrapped', parametersOf: wrappedParameters(action) };
}

/** Everything the service can do, by the `Action` parameter. */
export const actions: ReadonlyMap<string, ReadAction | WriteAction> = new Map<string, ReadAction | WriteAction>([
  ['DescribeSecurityGroups', read(describeSecurityGroups)],
  ['DescribeSecurityGroupRules', read(describeSecurityGroupRules)],
  ['DescribeSecurityGroupVpcAssociations', read(describeSecurityGroupVpcAssociations)],
  ['DescribeVpcs', read(describeVpcs)],
  ['DescribeManagedPrefixLists', read(describeManagedPrefixLists)],
  ['GetManagedPrefixListEntries', read(getManagedPrefixListEntries)],
  ['AuthorizeSecurityGroupIngress', plain(authorize('ingress'), ruleParameters)],
  ['AuthorizeSecurityGroupEgress', plain(authorize('egress'), ruleParameters)],
  ['RevokeSecurityGroupIngress', plain(revoke('ingress'), ruleParameters)],
  ['RevokeSecurityGroupEgress', plain(revoke('egress'), ruleParameters)],
  ['ModifySecurityGroupRules', wrapped(modifySecurityGroupRules, 'ModifySecurityGroupRules')],
  [
    'UpdateSecurityGroupRuleDescriptionsIngress',
    wrapped(updateDescriptions('ingress'), 'UpdateSecurityGroupRuleDescriptionsIngress'),
  ],
  [
    'UpdateSecurityGroupRuleDescriptionsEgress',
    wrapped(updateDescriptions('egress'), 'UpdateSecurityGroupRuleDescriptionsEgress'),
  ],
  ['CreateSecurityGroup', plain(createSecurityGroup, groupParameters)],
  ['DeleteSecurityGroup', plain(deleteSecurityGroup, groupParameters)],
  ['CreateManagedPrefixList', wrapped(createManagedPrefixList, 'CreateManagedPrefixList')],
  ['ModifyManagedPrefixList', wrapped(modifyManagedPrefixList, 'ModifyManagedPrefixList')],
  ['DeleteManagedPrefixList', wrapped(deleteManagedPrefixList, 'DeleteManagedPrefixList')],
  ['AssociateSecurityGroupVpc', wrapped(associateSecurityGroupVpc, 'AssociateSecurityGroupVpc')],
  ['DisassociateSecurityGroupVpc', wrapped(disassociateSecurityGroupVpc, 'DisassociateSecurityGroupVpc')],
  ['CreateTags', plain(createTags, tagParameters)],
  ['DeleteTags', plain(deleteTags, tagParameters)],
]);
