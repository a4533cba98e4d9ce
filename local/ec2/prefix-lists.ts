import { Ec2Error, missingParameter } from './errors.ts';
import { arnOf, type PrefixEntry, type PrefixList, type Setting, type World } from './world.ts';
import { textAt, type QueryNode } from './query.ts';
import { tagSet } from './rule-items.ts';
import type { XmlFields } from './xml.ts';

/** The owner of the lists that AWS keeps (terraform-provider-aws, acceptance tests, read 2026-11-24). */
const aws = 'AWS';

/**
 * The list of a gateway endpoint's addresses. It has no version and no maximum (the same tests show both as 0, which is
 * how Terraform shows what is absent). Its addresses are a few of those that AWS has published for S3.
 */
export function awsPrefixList(setting: Setting): PrefixList {
  const cidrs = ['3.5.134.0/23', '3.5.136.0/22', '52.219.44.0/22', '52.219.72.0/22'];
  return {
    id: 'pl-6ea54007',
    owner: aws,
    name: `com.amazonaws.${setting.region}.s3`,
    family: 'IPv4',
    maxEntries: undefined,
    versions: [cidrs.map((cidr) => ({ cidr, description: undefined }))],
    state: 'create-complete',
    stateMessage: undefined,
    tags: [],
    sequence: setting.newSequence(),
  };
}

export function isAwsManaged({ owner }: PrefixList): boolean {
  return owner === aws;
}

/** The entries in force; every version is kept, for GetManagedPrefixListEntries can ask for an old one. */
export function currentEntries({ versions }: PrefixList): readonly PrefixEntry[] {
  return versions.at(-1) ?? [];
}

/**
 * How many rules a rule that names the list counts for: as many as the list may have entries (VPC quotas). AWS's own
 * lists have weights of their own, that of S3 is 1 (VPC User Guide, AWS-managed prefix lists; remembered).
 */
export function weightOf({ maxEntries }: PrefixList): number {
  return maxEntries ?? 1;
}

/** Refuses a text that cannot be the id of a prefix list. */
function checkedId(id: string): string {
  if (/^pl-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) return id;
  throw new Ec2Error('InvalidPrefixListId.Malformed', `Invalid id: "${id}" (expecting "pl-...")`);
}

/** The list with the id. A rule that names one that is not there is refused in the same way (floci-io/floci#2271). */
export function prefixListById(world: World, id: string): PrefixList {
  const list = world.prefixLists.get(checkedId(id));
  if (list !== undefined) return list;
  throw new Ec2Error('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
}

/** The list that a call is about. */
export function prefixListNamedBy(world: World, query: QueryNode): PrefixList {
  const id = textAt(query, 'PrefixListId');
  if (id === undefined) throw missingParameter('PrefixListId');
  return prefixListById(world, id);
}

/** A list as the service shows it. `shown` is what an answer shows before the work that it speaks of is done. */
export function prefixListItem(setting: Setting, list: PrefixList, shown: Partial<XmlFields> = {}): XmlFields {
  const owner = isAwsManaged(list) ? 'aws' : list.owner;
  return {
    prefixListId: list.id,
    addressFamily: list.family,
    state: list.state,
    stateMessage: list.stateMessage,
    prefixListArn: arnOf({ ...setting, account: owner }, 'prefix-list', list.id),
    prefixListName: list.name,
    maxEntries: list.maxEntries,
    version: isAwsManaged(list) ? undefined : list.versions.length,
    tagSet: tagSet(list.tags),
    ownerId: list.owner,
    ...shown,
  };
}
