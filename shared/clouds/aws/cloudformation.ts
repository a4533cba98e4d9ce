// A CloudFormation template -> the firewalls that it makes.
import { blockOf } from '../../core/space/cidr.ts';
import { GROUP, groupsIn, networkOf, ofType, outsideIn, ownRulesIn, tagsOf } from './cloudformation-groups.ts';
import type { Parts } from './cloudformation-groups.ts';
import { textIn } from './cloudformation-rules.ts';
import { own, Values } from './cloudformation-values.ts';
import { countedKinds, noted } from './declared.ts';
import type { Declared, DeclaredGroup, DeclaredNetwork, Surroundings } from './declared.ts';
import { isFields } from './fields.ts';

/** Whether a value is a template. */
export function isTemplate(value: unknown): boolean {
  const resources = own(value, 'Resources');
  if (own(value, 'AWSTemplateFormatVersion') !== undefined) return true;
  return (
    isFields(resources) &&
    Object.values(resources).some((resource) => {
      const type = own(resource, 'Type');
      return typeof type === 'string' && type.startsWith('AWS::');
    })
  );
}

interface Networks {
  readonly networks: readonly DeclaredNetwork[];
  readonly unknown: readonly string[];
}

/** The VPCs of the template with all their ranges, where all are known. */
function networksIn(parts: Parts): Networks {
  const { values } = parts;
  const rangeOf = (id: string, property: string): string | undefined => {
    const text = textIn(values.worthOf(values.propertyOf(id, property)));
    return text === undefined || blockOf(text) === undefined ? undefined : text;
  };
  const vpcs = new Map(ofType(parts, 'AWS::EC2::VPC').map((id) => [id, [rangeOf(id, 'CidrBlock')]]));
  for (const id of ofType(parts, 'AWS::EC2::VPCCidrBlock')) {
    // Amazon's own IPv6 ranges, and those of pools, are known when the template is deployed.
    vpcs.get(networkOf(parts, id) ?? '')?.push(rangeOf(id, 'CidrBlock') ?? rangeOf(id, 'Ipv6CidrBlock'));
  }
  const all = [...vpcs].map(([id, ranges]) => ({ id, cidrs: ranges.flatMap((range) => range ?? []), ranges }));
  return {
    networks: all.filter(({ cidrs, ranges }) => cidrs.length === ranges.length),
    unknown: all.filter(({ cidrs, ranges }) => cidrs.length < ranges.length).map(({ id }) => id),
  };
}

/** What is carried out on the whole template when it is deployed. */
function transformsOf(template: unknown, ids: readonly string[]): readonly string[] {
  const stated = own(template, 'Transform');
  const all: readonly unknown[] = Array.isArray(stated) ? stated : stated === undefined ? [] : [stated];
  const names = all.map((one) => (typeof one === 'string' ? one : own(one, 'Name')));
  const inResources = ids.filter((id) => id.startsWith('Fn::'));
  return [...names.map((name) => (typeof name === 'string' ? name : 'Transform')), ...inResources];
}

/** Types of resources that make others. */
const MAKERS = /^(AWS::CloudFormation::(Stack|StackSet)|.*::MODULE)$/;

function notesOn(
  template: unknown,
  parts: Parts,
  groups: readonly DeclaredGroup[],
  orphans: readonly string[],
  unknown: readonly string[],
): readonly string[] {
  const { values, ids } = parts;
  const conditional = ids.filter((id) => {
    const isOurs = values.typeOf(id).startsWith(GROUP) || values.typeOf(id).startsWith('AWS::EC2::VPC');
    return isOurs && own(own(own(template, 'Resources'), id), 'Condition') !== undefined;
  });
  const ofGroups = (some: readonly DeclaredGroup[]): readonly string[] => some.map(({ id }) => id);
  const isParameter = (network: string | undefined): boolean =>
    own(own(template, 'Parameters'), network ?? '') !== undefined;
  const waiting = groups.filter(({ network }) => isParameter(network));
  return [
    ...noted(
      transformsOf(template, ids),
      (names) => `${names} is carried out when the template is deployed; what it makes is not judged`,
    ),
    ...noted(
      ids.filter((id) => MAKERS.test(values.typeOf(id))),
      (names) => `${names} makes resources of other templates, which are not judged`,
    ),
    ...noted(conditional, (names) => `${names} is made under a condition; it is judged as if the condition were true`),
    ...noted(values.defaults, (names) => `parameters are taken at their defaults: ${names}`),
    ...noted(
      orphans,
      (names) => `of which group ${names} is, is known when the template is deployed; it is not judged`,
    ),
    ...noted(
      ofGroups(groups.filter(({ name }) => name === '')),
      (names) =>
        `the names of ${names} are known when the template is deployed, so no policy that matches by name fits`,
    ),
    ...noted(
      ofGroups(groups.filter(({ id }) => !tagsOf(parts, id).isWhole)),
      (names) =>
        `some tags of ${names} are known when the template is deployed, so policies that match by them may fit then`,
    ),
    ...noted(
      ofGroups(waiting),
      (names) =>
        `the VPC of ${names} is a parameter without a default, so no policy that matches by network fits; its ranges ` +
        `can be said as \`--network ${waiting[0]?.network ?? ''}=10.0.0.0/16\``,
    ),
    ...noted(
      ofGroups(groups.filter(({ network }) => network === undefined)),
      (names) => `the VPC of ${names} is not known, so no policy that matches by network fits`,
    ),
    ...noted(unknown, (names) => `not all ranges of ${names} are known, so \`network\` is not known there`),
  ];
}

/** Throws nothing: what cannot be known before the template is deployed is unread, or a note. */
export function declaredInTemplate(template: unknown, surroundings: Surroundings): Declared {
  const values = new Values(template, surroundings);
  const resources = own(template, 'Resources');
  const ids = isFields(resources) ? Object.keys(resources) : [];
  const start: Parts = { values, ids, networks: [], surroundings };
  const { networks, unknown } = networksIn(start);
  const parts = { ...start, networks };
  const ownRules = ownRulesIn(parts);
  const groups = groupsIn(parts, ownRules);
  return {
    what: 'a CloudFormation template',
    holds: countedKinds(ids.map((id) => values.typeOf(id))),
    groups,
    outside: outsideIn(parts, ownRules),
    networks,
    notes: notesOn(template, parts, groups, ownRules.orphans, unknown),
  };
}
