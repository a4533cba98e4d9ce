import { Ec2Error, invalidValue, missingParameter, notModelled } from './errors.ts';
import { groupById, withGroup, withPrefixList, checkedRuleId, ruleOwner, type Tag, type World } from './groups.ts';
import { commonNames, type Outcome } from './outcome.ts';
import { isAwsManaged, prefixListById } from './prefix-lists.ts';
import { expectOnly, itemsAt, textAt, textsAt, type QueryNode } from './query.ts';
import { isXmlText } from './xml.ts';

const tagLimit = 50;

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

/** The tags that a create call gives to what it creates; another resource type there is an error. */
export function specifiedTags(query: QueryNode, resourceType: string): readonly Tag[] {
  const tags = itemsAt(query, 'TagSpecification').flatMap((specification) => {
    expectOnly(specification, ['ResourceType', 'Tag']);
    const type = textAt(specification, 'ResourceType');
    if (type === undefined) throw missingParameter(`${specification.path}.ResourceType`);
    if (type !== resourceType)
      throw invalidValue(`'${type}' is not a valid taggable resource type for this operation.`);
    return tagsAt(specification);
  });
  return mergedTags([], tags);
}

function mergedTags(before: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const merged = new Map(before.map((tag) => [tag.key, tag]));
  for (const tag of added) merged.set(tag.key, tag);
  if (merged.size > tagLimit) {
    throw new Ec2Error('TagLimitExceeded', `The maximum number of tags for a resource is ${String(tagLimit)}`);
  }
  return [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

type TagChange = (tags: readonly Tag[]) => readonly Tag[];

function withTags(world: World, resourceId: string, change: TagChange): World {
  if (resourceId.startsWith('sgr-')) {
    const group = ruleOwner(world, checkedRuleId(resourceId));
    const rules = group.rules.map((rule) => (rule.id === resourceId ? { ...rule, tags: change(rule.tags) } : rule));
    return withGroup(world, { ...group, rules });
  }
  if (resourceId.startsWith('sg-')) {
    const group = groupById(world, resourceId);
    return withGroup(world, { ...group, tags: change(group.tags) });
  }
  if (resourceId.startsWith('pl-')) {
    const list = prefixListById(world, resourceId);
    if (isAwsManaged(list)) throw notModelled(`tags on '${resourceId}'`);
    return withPrefixList(world, { ...list, tags: change(list.tags) });
  }
  if (/^[a-z]+-[0-9a-f]{8,17}$/.test(resourceId)) throw notModelled(`tags on '${resourceId}'`);
  throw new Ec2Error('InvalidID', `The ID '${resourceId}' is not valid`);
}

function tagged(world: World, query: QueryNode, change: TagChange): Outcome {
  const ids = textsAt(query, 'ResourceId');
  if (ids.length === 0) throw missingParameter('resourceIdSet');
  return { world: ids.reduce((next, id) => withTags(next, id, change), world), body: { return: true } };
}

/** CreateTags: adds tags or replaces the value of those that exist. */
export function createTags(world: World, query: QueryNode): Outcome {
  expectOnly(query, [...commonNames, 'ResourceId', 'Tag']);
  const tags = tagsAt(query);
  if (tags.length === 0) throw missingParameter('tagSet');
  return tagged(world, query, (before) => mergedTags(before, tags));
}

/** DeleteTags: by key, by key and value where a value is given, or all if no tag is named. */
export function deleteTags(world: World, query: QueryNode): Outcome {
  expectOnly(query, [...commonNames, 'ResourceId', 'Tag']);
  const named = itemsAt(query, 'Tag').map((item) => ({ key: keyAt(item), value: textAt(item, 'Value') }));
  const isNamed = (tag: Tag): boolean =>
    named.some((name) => name.key === tag.key && (name.value === undefined || name.value === tag.value));
  return tagged(world, query, (before) => (named.length === 0 ? [] : before.filter((tag) => !isNamed(tag))));
}
