import { invalidValue } from './errors.ts';
import { filterOf, type Fields } from './filters.ts';
import type { Read } from './outcome.ts';
import { commonNames } from './outcome.ts';
import { pageOf } from './paging.ts';
import { currentEntries, isAwsManaged, prefixListById, prefixListItem, prefixListNamedBy } from './prefix-lists.ts';
import { expectOnly, integerAt, textsAt } from './query.ts';
import type { PrefixList } from './world.ts';

/** Both calls take pages of 1 to 100 (their documentation, read 2026-11-24). */
const pages = { smallest: 1, largest: 100 };

/** DescribeManagedPrefixLists: the lists without their entries. */
export const describeManagedPrefixLists: Read = (world, query, setting) => {
  expectOnly(query, [...commonNames, 'Filter', 'MaxResults', 'NextToken', 'PrefixListId']);
  const fields: Fields<PrefixList> = {
    'owner-id': (list) => list.owner,
    'prefix-list-id': (list) => list.id,
    'prefix-list-name': (list) => list.name,
  };
  const passes = filterOf(query, fields, (list) => list.tags);
  const named = new Set(textsAt(query, 'PrefixListId').map((id) => prefixListById(world, id)));
  const found = [...world.prefixLists].filter((list) => (named.size === 0 || named.has(list)) && passes(list));
  const { items, nextToken } = pageOf(query, found, pages);
  return { prefixListSet: items.map((list) => prefixListItem(setting, list)), nextToken };
};

/** GetManagedPrefixListEntries: the entries of the current version, or of an older one. */
export const getManagedPrefixListEntries: Read = (world, query) => {
  expectOnly(query, [...commonNames, 'PrefixListId', 'TargetVersion', 'MaxResults', 'NextToken']);
  const list = prefixListNamedBy(world, query);
  const target = integerAt(query, 'TargetVersion');
  const entries = target === undefined ? currentEntries(list) : list.versions[target - 1];
  if (entries === undefined || (target !== undefined && isAwsManaged(list))) {
    // Which code the service gives is not verified, nor that a list without versions has none to ask for.
    throw invalidValue(`The specified value for version is not valid. The version ${String(target)} does not exist.`);
  }
  const numbered = entries.map((entry, index) => ({ entry, sequence: index + 1 }));
  const { items, nextToken } = pageOf(query, numbered, pages);
  return { entrySet: items.map(({ entry: { cidr, description } }) => ({ cidr, description })), nextToken };
};

/** DescribePrefixLists: AWS's own lists alone, with their networks. */
export const describePrefixLists: Read = (world, query) => {
  expectOnly(query, [...commonNames, 'Filter', 'MaxResults', 'NextToken', 'PrefixListId']);
  const fields: Fields<PrefixList> = {
    'prefix-list-id': (list) => list.id,
    'prefix-list-name': (list) => list.name,
  };
  const passes = filterOf(query, fields, (list) => list.tags);
  const named = new Set(textsAt(query, 'PrefixListId').map((id) => prefixListById(world, id)));
  const own = [...world.prefixLists].filter(isAwsManaged);
  const found = own.filter((list) => (named.size === 0 || named.has(list)) && passes(list));
  const { items, nextToken } = pageOf(query, found);
  return {
    prefixListSet: items.map((list) => ({
      prefixListId: list.id,
      prefixListName: list.name,
      cidrSet: currentEntries(list).map(({ cidr }) => cidr),
    })),
    nextToken,
  };
};
