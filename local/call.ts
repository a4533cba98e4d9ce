import type { BusEvent } from './bus/event.ts';

type Detail = BusEvent['detail'];

function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === key)?.[1] : undefined,
    value,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function firstText(...values: readonly unknown[]): string {
  return values.map(textOf).find((text) => text !== '') ?? '';
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined ? [] : [value];
}

/** Who made a call, as CloudTrail tells it: the user's name, or the role of a session. */
export function callerOf(detail: Detail): string {
  const identity = detail['userIdentity'];
  return firstText(fieldOf(identity, 'userName'), fieldOf(identity, 'sessionContext', 'sessionIssuer', 'userName'));
}

const MODIFY = 'ModifySecurityGroupRulesRequest';

/** The group that a call was about: its id where the record has it, else its name. */
export function groupOf(detail: Detail): string {
  const request = detail['requestParameters'];
  const [firstRule] = listOf(fieldOf(detail, 'responseElements', 'securityGroupRuleSet', 'items'));
  return firstText(
    fieldOf(request, 'groupId'),
    fieldOf(request, MODIFY, 'GroupId'),
    fieldOf(detail, 'responseElements', 'groupId'),
    fieldOf(firstRule, 'groupId'),
    fieldOf(request, 'groupName'),
  );
}

/** A protocol with its ports, as people write it. */
function serviceText(protocol: string, from: string, to: string): string {
  if (protocol === '-1') return 'every protocol';
  if (from === '' || from === '-1') return protocol;
  return `${protocol}/${from === to ? from : `${from}-${to}`}`;
}

/** One rule of `securityGroupRuleSet` in an answer. */
function ruleText(rule: unknown): string {
  const service = serviceText(
    textOf(fieldOf(rule, 'ipProtocol')),
    textOf(fieldOf(rule, 'fromPort')),
    textOf(fieldOf(rule, 'toPort')),
  );
  const peer = firstText(
    fieldOf(rule, 'cidrIpv4'),
    fieldOf(rule, 'cidrIpv6'),
    fieldOf(rule, 'prefixListId'),
    fieldOf(rule, 'referencedGroupInfo', 'groupId'),
  );
  return `${service} ${fieldOf(rule, 'isEgress') === true ? 'to' : 'from'} ${peer}`;
}

/** One edit of ModifySecurityGroupRules. Its record spells fields with capitals. */
function editText(edit: unknown): string {
  const rule = fieldOf(edit, 'SecurityGroupRule');
  const peer = firstText(
    fieldOf(rule, 'CidrIpv4'),
    fieldOf(rule, 'CidrIpv6'),
    fieldOf(rule, 'PrefixListId'),
    fieldOf(rule, 'ReferencedGroupId'),
  );
  const service = serviceText(
    textOf(fieldOf(rule, 'IpProtocol')),
    textOf(fieldOf(rule, 'FromPort')),
    textOf(fieldOf(rule, 'ToPort')),
  );
  return `${textOf(fieldOf(edit, 'SecurityGroupRuleId'))} to ${service}, ${peer}`;
}

/** What a call did, in words, where its record tells. */
export function callText(detail: Detail): string {
  const name = textOf(detail['eventName']);
  const failed = textOf(detail['errorCode']);
  const group = groupOf(detail);
  if (failed === 'Client.DryRunOperation') return `tried whether ${name} on ${group} is allowed, by a dry run`;
  if (failed !== '') return `tried ${name} on ${group}, and was refused (${failed})`;
  const rules = listOf(fieldOf(detail, 'responseElements', 'securityGroupRuleSet', 'items'));
  const edits = listOf(fieldOf(detail, 'requestParameters', MODIFY, 'SecurityGroupRule'));
  if (name.startsWith('Authorize')) return `opened ${rules.map(ruleText).join(' and ')} on ${group}`;
  if (name === 'ModifySecurityGroupRules') return `changed ${edits.map(editText).join(' and ')} on ${group}`;
  if (name === 'CreateSecurityGroup') return `made the group ${group}`;
  return `${name} on ${group}`;
}

/** The event's name, for a line that only lists calls. */
export function callName(detail: Detail): string {
  return textOf(detail['eventName']);
}

/** The firewall and the ledger entry that a published outcome tells of. */
export function outcomeOf(detail: Detail): { readonly id: string; readonly sequence: number } {
  return { id: textOf(fieldOf(detail, 'target', 'id')), sequence: Number(detail['sequence']) };
}
