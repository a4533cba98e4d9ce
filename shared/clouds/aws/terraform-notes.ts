// What a plan or a state does not say, or what is not read of it -> warnings for people.
import { DIRECTIONS } from '../../core/model/firewall.ts';
import { noted } from './declared.ts';
import type { DeclaredGroup } from './declared.ts';
import { isGroup, isWrittenIn } from './terraform-groups.ts';
import type { Parts } from './terraform-groups.ts';

import type { Networks } from './terraform-networks.ts';
import { idOf, isKnown } from './terraform-references.ts';
import { listOf, own, textOf } from './terraform-resources.ts';
import type { Resource } from './terraform-resources.ts';

/** Other resources that make groups or rules. */
const NOT_READ = /^(awscc_ec2_security_group(_(in|e)gress)?|aws_cloudformation_stack(_set)?)$/;

function notesOnDocument(document: unknown): readonly string[] {
  const deferred = listOf(own(document, 'deferred_changes')).flatMap(
    (one) => textOf(own(own(one, 'resource_change'), 'address')) ?? [],
  );
  return [
    ...(own(document, 'errored') === true
      ? ['planning ended with an error; what it did not come to is not judged']
      : []),
    ...(own(document, 'complete') === false
      ? ['the plan is not complete (as with `-target`); what it leaves out is not judged']
      : []),
    ...noted(deferred, (names) => `the plan puts off ${names}; what they will be is not judged`),
  ];
}

/** New groups with no rules that the plan shows, in themselves or beside them. */
function silent(parts: Parts): readonly string[] {
  const isSilent = (group: Resource): boolean =>
    !parts.ownRules.written.has(idOf(group)) &&
    DIRECTIONS.some((direction) => own(group.unknown, direction) === true && !isWrittenIn(parts, group, direction));
  return parts.resources.present
    .filter(isGroup)
    .filter(isSilent)
    .map(({ address }) => address);
}

export function notesOn(
  document: unknown,
  parts: Parts,
  groups: readonly DeclaredGroup[],
  { unknown }: Networks,
): readonly string[] {
  const { present } = parts.resources;
  const inGroups = present.filter(isGroup);
  const addresses = (some: readonly Resource[]): readonly string[] => some.map(({ address }) => address);
  const isUnknown = (argument: string) => (resource: Resource) => !isKnown(own(resource.unknown, argument));
  const orphans = addresses(parts.ownRules.orphans);
  return [
    ...notesOnDocument(document),
    ...noted(
      orphans,
      (names) =>
        `which group ${names} will be of is known after apply, and none of the plan's fits; they are not judged`,
    ),
    ...noted(
      parts.ids.byKey,
      (names) =>
        `${names} refer by their own keys to what exists after apply; each is taken to mean the instance with its key`,
    ),
    ...noted(
      silent(parts),
      (names) =>
        `the plan shows no rules of its own in ${names} in one direction or both; it would not show those of a ` +
        '`dynamic` block that is known after apply either',
    ),
    ...noted(
      groups.filter(({ name }) => name === '').map(({ place }) => place),
      (names) => `the names of ${names} are known after apply, so no policy that matches by name fits them`,
    ),
    ...noted(
      groups.filter(({ network }) => network === undefined).map(({ place }) => place),
      (names) => `the VPC of ${names} is not known, so no policy that matches by network fits them`,
    ),
    ...noted(
      addresses(inGroups.filter(isUnknown('tags'))),
      (names) => `some tags of ${names} are known after apply, so policies that match by them may fit then`,
    ),
    ...noted(unknown, (names) => `not all ranges of ${names} are known, so \`network\` is not known there`),
    ...noted(
      addresses(present.filter(({ type }) => NOT_READ.test(type))),
      (names) => `${names} may make security groups or rules of a kind that is not read; they are not judged`,
    ),
  ];
}
