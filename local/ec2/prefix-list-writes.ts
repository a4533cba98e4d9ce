import { hasRoomFor } from './authorize.ts';
import { Ec2Error, invalidCombination, invalidValue, missingParameter } from './errors.ts';
import { withPrefixList } from './groups.ts';
import type { PrefixEntry, PrefixList, Setting, World } from './world.ts';
import { canonicalIpv4, canonicalIpv6 } from './network.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { currentEntries, isAwsManaged, prefixListItem, prefixListNamedBy } from './prefix-lists.ts';
import { expectOnly, has, integerAt, itemsAt, textAt, type QueryNode } from './query.ts';
import { tagsFor } from './tags.ts';

/** Additions and removals of one call, each (documentation of ModifyManagedPrefixList, read 2026-11-24). */
const mostChanges = 100;
const mostEntries = 1000;

function required(query: QueryNode, name: string): string {
  const text = textAt(query, name);
  if (text === undefined) throw missingParameter(name);
  return text;
}

function nameAt(query: QueryNode): string | undefined {
  const name = textAt(query, 'PrefixListName');
  if (name === undefined) return undefined;
  if (name !== '' && name.length <= 255 && !name.startsWith('com.amazonaws')) return name;
  throw invalidValue(`The prefix list name '${name}' is not valid. It must not start with com.amazonaws`);
}

function maxEntriesAt(query: QueryNode): number | undefined {
  const max = integerAt(query, 'MaxEntries');
  if (max === undefined || (max >= 1 && max <= mostEntries)) return max;
  throw invalidValue(`Value (${String(max)}) for parameter MaxEntries is invalid.`);
}

function cidrAt(node: QueryNode, family: PrefixList['family']): string {
  const cidr = required(node, 'Cidr');
  return family === 'IPv4' ? canonicalIpv4(cidr) : canonicalIpv6(cidr);
}

function entriesAt(query: QueryNode, name: string, family: PrefixList['family']): readonly PrefixEntry[] {
  const entries = itemsAt(query, name).map((node) => {
    expectOnly(node, ['Cidr', 'Description']);
    const description = textAt(node, 'Description') || undefined;
    if ((description?.length ?? 0) > 255) throw invalidValue('The description of an entry has at most 255 characters');
    return { cidr: cidrAt(node, family), description };
  });
  if (new Set(entries.map(({ cidr }) => cidr)).size < entries.length) {
    throw invalidValue('Request cannot contain a Cidr more than once');
  }
  return entries;
}

function checkRoom(entries: readonly PrefixEntry[], maxEntries: number): void {
  if (entries.length <= maxEntries) return;
  // The code is named in public code; its sentence is not verified.
  throw new Ec2Error('PrefixListMaxEntriesExceeded', 'The maximum number of entries of the prefix list is exceeded.');
}

function checkCount(entries: readonly unknown[]): void {
  if (entries.length > mostChanges) {
    throw invalidValue(`The request cannot contain more than ${String(mostChanges)} entry additions or removals`);
  }
}

/** A list that AWS keeps can be changed by nobody else; which code says so is not verified. */
function ownList(world: World, query: QueryNode): PrefixList {
  const list = prefixListNamedBy(world, query);
  if (isAwsManaged(list)) throw new Ec2Error('UnsupportedOperation', 'AWS-managed prefix lists cannot be changed.');
  return list;
}

function wrongVersion(): Ec2Error {
  return new Ec2Error('PrefixListVersionMismatch', 'The prefix list has the incorrect version number.');
}

/** CreateManagedPrefixList: at version 1. `ClientToken` is taken and makes nothing idempotent. */
export const createManagedPrefixList: Write = (world, query, setting): Outcome => {
  const own = ['PrefixListName', 'MaxEntries', 'AddressFamily', 'Entry', 'TagSpecification', 'ClientToken'];
  expectOnly(query, [...commonNames, ...own]);
  const name = nameAt(query);
  if (name === undefined) throw missingParameter('PrefixListName');
  const family = required(query, 'AddressFamily');
  if (family !== 'IPv4' && family !== 'IPv6') throw invalidValue(`Invalid value '${family}' for AddressFamily`);
  const maxEntries = maxEntriesAt(query);
  if (maxEntries === undefined) throw missingParameter('MaxEntries');
  const entries = entriesAt(query, 'Entry', family);
  checkCount(entries);
  checkRoom(entries, maxEntries);
  const list: PrefixList = {
    id: setting.newId('pl-'),
    owner: setting.account,
    name,
    family,
    maxEntries,
    versions: [entries],
    state: 'create-complete',
    stateMessage: undefined,
    tags: tagsFor(query, 'prefix-list', setting),
    sequence: setting.newSequence(),
  };
  // The answer of the real service speaks of work that has begun; here the next read shows it done.
  const prefixList = prefixListItem(setting, list, { state: 'create-in-progress' });
  return { world: withPrefixList(world, list), body: { prefixList } };
};

/** The entries after a modification; that a CIDR with another description is refused, too, is not verified. */
function entriesAfter(list: PrefixList, query: QueryNode): readonly PrefixEntry[] {
  const added = entriesAt(query, 'AddEntry', list.family);
  const removed = itemsAt(query, 'RemoveEntry').map((node) => {
    expectOnly(node, ['Cidr']);
    return cidrAt(node, list.family);
  });
  checkCount(added);
  checkCount(removed);
  const both = added.find(({ cidr }) => removed.includes(cidr));
  if (both !== undefined) {
    throw invalidValue(
      `Request cannot contain Cidr ${both.cidr} in both AddPrefixListEntries and RemovePrefixListEntries`,
    );
  }
  const before = currentEntries(list);
  const missing = removed.find((cidr) => !before.some((entry) => entry.cidr === cidr));
  if (missing !== undefined) {
    throw new Ec2Error('InvalidPrefixListModification', `The entry with the CIDR (${missing}) does not exist.`);
  }
  const known = added.find(({ cidr }) => before.some((entry) => entry.cidr === cidr));
  if (known !== undefined) {
    const words = `An entry with the CIDR (${known.cidr}) and description (${known.description ?? ''}) already exists.`;
    throw new Ec2Error('InvalidPrefixListModification', words);
  }
  return [...before.filter(({ cidr }) => !removed.includes(cidr)), ...added];
}

/** The list with another maximum; where a group has no room for it, the list says so and stays as it was. */
function resized(world: World, { quotas }: Setting, list: PrefixList, maxEntries: number): PrefixList {
  const larger: PrefixList = { ...list, maxEntries, state: 'modify-complete', stateMessage: undefined };
  const room = { lists: withPrefixList(world, larger).prefixLists, quotas };
  const full = [...world.groups].filter(
    (group) =>
      group.rules.some(({ peer }) => peer.kind === 'prefixList' && peer.id === list.id) &&
      !(hasRoomFor(group.rules, 'ingress', room) && hasRoomFor(group.rules, 'egress', room)),
  );
  if (full.length === 0) return larger;
  const ids = full.slice(0, 10).map(({ id }) => id);
  return { ...list, state: 'modify-failed', stateMessage: `No room for the new maximum size in ${ids.join(', ')}` };
}

/** ModifyManagedPrefixList: new entries make a new version; a new name or maximum does not. */
export const modifyManagedPrefixList: Write = (world, query, setting): Outcome => {
  const own = ['PrefixListId', 'CurrentVersion', 'PrefixListName', 'AddEntry', 'RemoveEntry', 'MaxEntries'];
  expectOnly(query, [...commonNames, ...own]);
  const list = ownList(world, query);
  const version = integerAt(query, 'CurrentVersion');
  const maxEntries = maxEntriesAt(query);
  const changesEntries = has(query, 'AddEntry') || has(query, 'RemoveEntry');
  if (version !== undefined && version !== list.versions.length) {
    throw wrongVersion();
  }
  if (changesEntries && maxEntries !== undefined) {
    throw invalidCombination(
      'You cannot modify the entries and the maximum entries for the prefix list in the same request.',
    );
  }
  // That it is needed is reported (aws re:Post); with which code it is missed is not verified.
  if (changesEntries && version === undefined) throw missingParameter('CurrentVersion');
  const name = nameAt(query) ?? list.name;
  let next: PrefixList = { ...list, name };
  if (changesEntries) {
    const entries = entriesAfter(list, query);
    checkRoom(entries, list.maxEntries ?? mostEntries);
    next = { ...next, versions: [...list.versions, entries], state: 'modify-complete', stateMessage: undefined };
  } else if (maxEntries !== undefined) {
    checkRoom(currentEntries(list), maxEntries);
    next = resized(world, setting, next, maxEntries);
  } else if (!has(query, 'PrefixListName')) {
    throw new Ec2Error('InvalidRequest', 'The request received was invalid.');
  }
  const shown = { state: 'modify-in-progress', stateMessage: undefined, version: list.versions.length };
  const prefixList = prefixListItem(setting, next, shown);
  return { world: withPrefixList(world, next), body: { prefixList } };
};

/** RestoreManagedPrefixListVersion: the entries of an older version become a new one. */
export const restoreManagedPrefixListVersion: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'PrefixListId', 'PreviousVersion', 'CurrentVersion']);
  const list = ownList(world, query);
  const previous = integerAt(query, 'PreviousVersion');
  const current = integerAt(query, 'CurrentVersion');
  if (previous === undefined) throw missingParameter('PreviousVersion');
  if (current === undefined) throw missingParameter('CurrentVersion');
  if (current !== list.versions.length) throw wrongVersion();
  const entries = previous === current ? undefined : list.versions[previous - 1];
  // Which code a version meets that there never was is not verified.
  if (entries === undefined) throw invalidValue(`The prefix list version ${String(previous)} cannot be restored`);
  checkRoom(entries, list.maxEntries ?? mostEntries);
  const versions = [...list.versions, entries];
  const next: PrefixList = { ...list, versions, state: 'restore-complete', stateMessage: undefined };
  const shown = { state: 'restore-in-progress', version: current };
  return { world: withPrefixList(world, next), body: { prefixList: prefixListItem(setting, next, shown) } };
};

/** DeleteManagedPrefixList: one that a rule names stays, in the state `delete-failed`; the words are not verified. */
export const deleteManagedPrefixList: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'PrefixListId']);
  const list = ownList(world, query);
  const prefixList = prefixListItem(setting, list, { state: 'delete-in-progress', stateMessage: undefined });
  const users = [...world.groups].filter(({ rules }) =>
    rules.some(({ peer }) => peer.kind === 'prefixList' && peer.id === list.id),
  );
  if (users.length > 0) {
    const stateMessage = `The prefix list is in use by ${users.map(({ id }) => id).join(', ')}`;
    return { world: withPrefixList(world, { ...list, state: 'delete-failed', stateMessage }), body: { prefixList } };
  }
  return { world: { ...world, prefixLists: world.prefixLists.without(list.id) }, body: { prefixList } };
};
