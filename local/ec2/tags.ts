import { Ec2Error, invalidValue, missingParameter, notModelled } from './errors.ts';
import { checkedRuleId, groupById, ruleOwner, withGroup, withPrefixList } from './groups.ts';
import { endpointById, instanceById, interfaceById, subnetById, vpcById } from './ids.ts';
import { commonNames, type Outcome } from './outcome.ts';
import { isAwsManaged, prefixListById } from './prefix-lists.ts';
import { expectOnly, itemsAt, textAt, textsAt, type QueryNode } from './query.ts';
import { checkTagCount } from './quotas.ts';
import { resourceTypes, type ResourceType, type Setting, type Tag, type World } from './world.ts';
import { isXmlText } from './xml.ts';

function checkedTag(tag: Tag): Tag {
  if (tag.key === '' || tag.key.length > 128 || !isXmlText(tag.key)) throw invalidValue(`Invalid tag key '${tag.key}'`);
  if (tag.value.length > 256 || !isXmlText(tag.value)) throw invalidValue(`Invalid value for tag '${tag.key}'`);
  if (tag.key.toLowerCase().startsWith('aws:')) {
    throw invalidValue(
      `Value ( ${tag.key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
    );
  }
  return tag;
}

function keyAt(node: QueryNode): string {
  expectOnly(node, ['Key', 'Value']);
  const key = textAt(node, 'Key');
  if (key === undefined) throw missingParameter(`${node.path}.Key`);
  return key;
}

/** The tags written as `Tag.N.Key` and `Tag.N.Value` below `node`. */
function tagsAt(node: QueryNode): readonly Tag[] {
  const tags = itemsAt(node, 'Tag').map((item) => checkedTag({ key: keyAt(item), value: textAt(item, 'Value') ?? '' }));
  const twice = tags.find((tag, index) => tags.some((other, at) => at < index && other.key === tag.key));
  if (twice !== undefined) throw invalidValue(`Duplicate tag key '${twice.key}' specified.`);
  return tags;
}

/** The tags that a create call gives to one type of what it makes; a type that it does not make is an error. */
export function tagsFor(
  query: QueryNode,
  type: ResourceType,
  setting: Setting,
  allowed: readonly string[] = [type],
): readonly Tag[] {
  const tags = itemsAt(query, 'TagSpecification').flatMap((specification) => {
    expectOnly(specification, ['ResourceType', 'Tag']);
    const named = textAt(specification, 'ResourceType');
    if (named === undefined) throw missingParameter(`${specification.path}.ResourceType`);
    if (!allowed.includes(named)) {
      throw invalidValue(`'${named}' is not a valid taggable resource type for this operation.`);
    }
    return named === type ? tagsAt(specification) : [];
  });
  return mergedTags(setting, [], tags);
}

function mergedTags({ quotas }: Setting, before: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const merged = new Map(before.map((tag) => [tag.key, tag]));
  for (const tag of added) merged.set(tag.key, tag);
  checkTagCount(merged.size, quotas);
  return [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

type TagChange = (tags: readonly Tag[]) => readonly Tag[];

function changed<T extends { readonly tags: readonly Tag[] }>(thing: T, change: TagChange): T {
  return { ...thing, tags: change(thing.tags) };
}

function withRuleTags(world: World, id: string, change: TagChange): World {
  const group = ruleOwner(world, checkedRuleId(id));
  return withGroup(world, {
    ...group,
    rules: group.rules.map((rule) => (rule.id === id ? changed(rule, change) : rule)),
  });
}

function withListTags(world: World, id: string, change: TagChange): World {
  const list = prefixListById(world, id);
  if (isAwsManaged(list)) throw notModelled(`tags on '${id}'`);
  return withPrefixList(world, changed(list, change));
}

/** The type of a thing by the prefix of its id. */
function typeOf(id: string): ResourceType | undefined {
  const prefix = id.slice(0, id.indexOf('-'));
  for (const [known, type] of Object.entries(resourceTypes)) if (known === prefix) return type;
  return undefined;
}

function withTags(world: World, id: string, change: TagChange): World {
  switch (typeOf(id)) {
    case 'security-group':
      return withGroup(world, changed(groupById(world, id), change));
    case 'security-group-rule':
      return withRuleTags(world, id, change);
    case 'prefix-list':
      return withListTags(world, id, change);
    case 'vpc':
      return { ...world, vpcs: world.vpcs.with(changed(vpcById(world, id), change)) };
    case 'subnet':
      return { ...world, subnets: world.subnets.with(changed(subnetById(world, id), change)) };
    case 'network-interface':
      return { ...world, interfaces: world.interfaces.with(changed(interfaceById(world, id), change)) };
    case 'instance':
      return { ...world, instances: world.instances.with(changed(instanceById(world, id), change)) };
    case 'vpc-endpoint':
      return { ...world, endpoints: world.endpoints.with(changed(endpointById(world, id), change)) };
    case undefined:
      if (/^[a-z]+-[0-9a-f]{8,17}$/.test(id)) throw notModelled(`tags on '${id}'`);
      throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`);
  }
}

function tagged(world: World, query: QueryNode, change: TagChange): Outcome {
  const ids = textsAt(query, 'ResourceId');
  if (ids.length === 0) throw missingParameter('resourceIdSet');
  // "Up to 1000 resources" (API Reference, CreateTags); the code is not verified.
  if (ids.length > 1000) throw invalidValue('The request cannot contain more than 1000 resources');
  return { world: ids.reduce((next, id) => withTags(next, id, change), world), body: { return: true } };
}

/** CreateTags: adds tags or replaces the value of those that exist. */
export function createTags(world: World, query: QueryNode, setting: Setting): Outcome {
  expectOnly(query, [...commonNames, 'ResourceId', 'Tag']);
  const tags = tagsAt(query);
  if (tags.length === 0) throw missingParameter('tagSet');
  return tagged(world, query, (before) => mergedTags(setting, before, tags));
}

/** DeleteTags: by key, by key and value where a value is given, or all if no tag is named. */
export function deleteTags(world: World, query: QueryNode): Outcome {
  expectOnly(query, [...commonNames, 'ResourceId', 'Tag']);
  const named = itemsAt(query, 'Tag').map((item) => ({ key: keyAt(item), value: textAt(item, 'Value') }));
  const isNamed = (tag: Tag): boolean =>
    named.some((name) => name.key === tag.key && (name.value === undefined || name.value === tag.value));
  return tagged(world, query, (before) => (named.length === 0 ? [] : before.filter((tag) => !isNamed(tag))));
}
