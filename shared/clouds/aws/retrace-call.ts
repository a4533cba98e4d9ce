// Raw event -> Step: what a call did to groups, prefix lists or networks, as far as its record tells.
import type { Direction } from '../../core/model/firewall.ts';
import { elementsOf, fieldOf, isFields, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { listDeed, networkDeed } from './retrace-surroundings.ts';
import type { SurroundingDeed } from './retrace-surroundings.ts';
import { ruleIdOf, ruleOfFields, ruleOfFlatRequest, rulesOfPermissions, tagsOf, tracedRule } from './retrace-rule.ts';
import type { TracedRule } from './retrace-rule.ts';
import { EVENT_SOURCE, GROUP_ID } from './traits.ts';

/** A group as a call names it. In a default VPC the name is enough; then only the answer may tell the id. */
export type GroupRef =
  { readonly id: string; readonly name: string | undefined } | { readonly id?: never; readonly name: string };

export interface Edit {
  readonly id: string;
  readonly rule: TracedRule;
}

export interface Described {
  readonly id: string | undefined;
  /** Of a rule that is named by what it says. */
  readonly key: string | undefined;
  readonly description: string;
}

export type GroupDeed =
  | { readonly kind: 'authorize'; readonly group: GroupRef; readonly rules: readonly TracedRule[] }
  | {
      readonly kind: 'revoke';
      readonly group: GroupRef;
      readonly direction: Direction;
      readonly ids: readonly string[];
      readonly rules: readonly TracedRule[];
    }
  | { readonly kind: 'modify'; readonly group: GroupRef; readonly edits: readonly Edit[] }
  | { readonly kind: 'describe'; readonly group: GroupRef; readonly rules: readonly Described[] }
  | { readonly kind: 'delete group'; readonly group: GroupRef }
  | { readonly kind: 'join'; readonly group: GroupRef; readonly network: string; readonly joins: boolean };

export type Deed =
  | GroupDeed
  | SurroundingDeed
  | {
      readonly kind: 'create group';
      readonly id: string;
      readonly name: string;
      readonly network: string | undefined;
      readonly tags: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'tag';
      readonly ids: readonly string[];
      readonly tags: Readonly<Record<string, string>>;
      readonly sets: boolean;
    };

/** One call that succeeded. */
export interface Step {
  readonly at: Date;
  readonly eventId: string;
  readonly account: string;
  readonly region: string;
  readonly deed: Deed;
}

/** What was asked and what was answered, both unwrapped: newer calls put it all under the name of the call. */
interface Parts {
  readonly name: string;
  readonly request: unknown;
  readonly answer: unknown;
}

function unwrapped(part: unknown, wrapper: string): unknown {
  return isFields(part) && Object.hasOwn(part, wrapper) ? part[wrapper] : part;
}

function groupRef({ request, answer }: Parts): GroupRef | undefined {
  const asked = fieldOf(request, 'groupId');
  const named = fieldOf(request, 'groupName');
  const name = typeof named === 'string' && named !== '' ? named : undefined;
  // A revoke by the ids of rules may leave the group out; then only the answer says it.
  const shown = ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet']
    .flatMap((list) => elementsOf(fieldOf(answer, list)))
    .map((rule) => fieldOf(rule, 'groupId'));
  for (const id of [asked, ...shown]) if (typeof id === 'string' && GROUP_ID.test(id)) return { id, name };
  return name === undefined ? undefined : { name };
}

function rulesAsked({ request }: Parts, direction: Direction): readonly TracedRule[] {
  const list = rulesOfPermissions(fieldOf(request, 'ipPermissions'), direction);
  return list.length > 0 ? list : ruleOfFlatRequest(request, direction);
}

/** The answer is the better source, since it has ids. A record without it is older than 2021. */
function authorized(parts: Parts, direction: Direction): readonly TracedRule[] {
  const shown = elementsOf(fieldOf(parts.answer, 'securityGroupRuleSet'));
  return shown.length > 0 ? shown.map((rule) => ruleOfFields(rule, direction)) : rulesAsked(parts, direction);
}

/** How records write the list of ids is not recorded anywhere, so every way is taken. */
function idsAsked({ request }: Parts): readonly string[] {
  const lists = ['securityGroupRuleIds', 'securityGroupRuleId', 'securityGroupRuleIdSet'].map((name) =>
    fieldOf(request, name),
  );
  return lists
    .flatMap(elementsOf)
    .flatMap((one) => ruleIdOf(isFields(one) ? fieldOf(one, 'securityGroupRuleId') : one) ?? []);
}

function revoked(parts: Parts, group: GroupRef, direction: Direction): GroupDeed {
  const shown = elementsOf(fieldOf(parts.answer, 'revokedSecurityGroupRuleSet')).map((rule) =>
    ruleOfFields(rule, direction),
  );
  const unknown = new Set(
    rulesOfPermissions(fieldOf(parts.answer, 'unknownIpPermissionSet'), direction).map(({ key }) => key),
  );
  const asked = rulesAsked(parts, direction).filter(({ key }) => !unknown.has(key));
  const known = new Set(shown.map(({ key }) => key));
  const ids = [...idsAsked(parts), ...shown.flatMap(({ id }) => id ?? [])];
  const rules = [...shown, ...asked.filter(({ key }) => !known.has(key))];
  return { kind: 'revoke', group, direction, ids: [...new Set(ids)], rules };
}

function edits({ request }: Parts): readonly Edit[] {
  const list = fieldOf(request, 'securityGroupRule') ?? fieldOf(request, 'securityGroupRules');
  return elementsOf(list).flatMap((one): readonly Edit[] => {
    const id = ruleIdOf(fieldOf(one, 'securityGroupRuleId'));
    if (id === undefined) return [];
    const rule = ruleOfFields(fieldOf(one, 'securityGroupRule'));
    return [{ id, rule: tracedRule(id, rule.direction, rule.row) }];
  });
}

function described(parts: Parts, direction: Direction): readonly Described[] {
  const { request } = parts;
  const list = fieldOf(request, 'securityGroupRuleDescription') ?? fieldOf(request, 'securityGroupRuleDescriptions');
  const byId = elementsOf(list).map((one) => ({
    id: ruleIdOf(fieldOf(one, 'securityGroupRuleId')),
    key: undefined,
    description: textOf(one, 'description') ?? '',
  }));
  const byContent = rulesAsked(parts, direction).map(({ key, row }) => ({
    id: undefined,
    key,
    description: textOf(row, 'description') ?? '',
  }));
  return [...byId, ...byContent];
}

function created({ request, answer }: Parts): Deed | undefined {
  const id = fieldOf(answer, 'groupId');
  if (typeof id !== 'string' || !GROUP_ID.test(id)) return undefined;
  const specifications = elementsOf(fieldOf(request, 'tagSpecificationSet') ?? fieldOf(request, 'tagSpecification'));
  const asked = specifications.map((one) => tagsOf(fieldOf(one, 'tags') ?? fieldOf(one, 'tag')));
  const name = fieldOf(request, 'groupName');
  return {
    kind: 'create group',
    id,
    name: typeof name === 'string' ? name : '',
    network: textOf(request, 'vpcId'),
    tags: Object.fromEntries([...asked, tagsOf(fieldOf(answer, 'tagSet'))].flatMap((tags) => Object.entries(tags))),
  };
}

function tagged({ request }: Parts, sets: boolean): Deed {
  const ids = elementsOf(fieldOf(request, 'resourcesSet') ?? fieldOf(request, 'resourceId'))
    .map((one) => (isFields(one) ? fieldOf(one, 'resourceId') : one))
    .filter((id) => typeof id === 'string')
    .filter((id) => GROUP_ID.test(id));
  return { kind: 'tag', ids, tags: tagsOf(fieldOf(request, 'tagSet') ?? fieldOf(request, 'tag')), sets };
}

const DIRECTION_OF: readonly (readonly [end: string, direction: Direction])[] = [
  ['Ingress', 'ingress'],
  ['Egress', 'egress'],
];

function groupDeed(parts: Parts): GroupDeed | undefined {
  const group = groupRef(parts);
  if (group === undefined) return undefined;
  const direction = DIRECTION_OF.find(([end]) => parts.name.endsWith(end))?.[1];
  if (direction !== undefined) {
    if (parts.name.startsWith('Authorize')) return { kind: 'authorize', group, rules: authorized(parts, direction) };
    if (parts.name.startsWith('Revoke')) return revoked(parts, group, direction);
    return { kind: 'describe', group, rules: described(parts, direction) };
  }
  const network = textOf(parts.request, 'vpcId');
  switch (parts.name) {
    case 'ModifySecurityGroupRules':
      return { kind: 'modify', group, edits: edits(parts) };
    case 'DeleteSecurityGroup':
      return { kind: 'delete group', group };
    case 'AssociateSecurityGroupVpc':
    case 'DisassociateSecurityGroupVpc':
      return network === undefined
        ? undefined
        : { kind: 'join', group, network, joins: parts.name === 'AssociateSecurityGroupVpc' };
    default:
      return undefined;
  }
}

function deedOf(parts: Parts, account: string): Deed | undefined {
  switch (parts.name) {
    case 'AuthorizeSecurityGroupIngress':
    case 'AuthorizeSecurityGroupEgress':
    case 'RevokeSecurityGroupIngress':
    case 'RevokeSecurityGroupEgress':
    case 'UpdateSecurityGroupRuleDescriptionsIngress':
    case 'UpdateSecurityGroupRuleDescriptionsEgress':
    case 'ModifySecurityGroupRules':
    case 'DeleteSecurityGroup':
    case 'AssociateSecurityGroupVpc':
    case 'DisassociateSecurityGroupVpc':
      return groupDeed(parts);
    case 'CreateSecurityGroup':
      return created(parts);
    case 'CreateTags':
      return tagged(parts, true);
    case 'DeleteTags':
      return tagged(parts, false);
    default:
      return listDeed(parts, account) ?? networkDeed(parts);
  }
}

function recordIn(raw: unknown): { readonly record: Fields; readonly envelope: Fields } | undefined {
  if (!isFields(raw)) return undefined;
  const detail = raw['detail'];
  return isFields(detail) ? { record: detail, envelope: raw } : { record: raw, envelope: {} };
}

/**
 * What an event tells that was done; undefined where it is about nothing of that, or failed. It never throws: whether an
 * event is malformed is said where it is heard, and what a rule says is read where it is judged.
 */
export function stepOf(raw: unknown): Step | undefined {
  const found = recordIn(raw);
  if (found === undefined) return undefined;
  const { record, envelope } = found;
  const name = record['eventName'];
  if (typeof name !== 'string' || record['eventSource'] !== EVENT_SOURCE) return undefined;
  if (textOf(record, 'errorCode') !== undefined) return undefined;
  const account = textOf(record, 'recipientAccountId') ?? textOf(envelope, 'account') ?? '';
  const region = textOf(record, 'awsRegion') ?? textOf(envelope, 'region') ?? '';
  const at = new Date(textOf(record, 'eventTime') ?? textOf(envelope, 'time') ?? '');
  if (Number.isNaN(at.getTime())) return undefined;
  const request = unwrapped(record['requestParameters'], `${name}Request`);
  const answer = unwrapped(record['responseElements'], `${name}Response`);
  const deed = deedOf({ name, request, answer }, account);
  const eventId = textOf(record, 'eventID') ?? textOf(envelope, 'id') ?? '';
  return deed === undefined ? undefined : { at, eventId, account, region, deed };
}
