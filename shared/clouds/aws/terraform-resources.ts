// `terraform show -json` -> the resources that will be, or are, each with what is not known of it yet.
import { Fault } from '../../base/fault.ts';
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';

/** One instance of a resource. What is read of it is looked at where it is used. */
export interface Resource {
  /** `module.a.aws_security_group.web["x"]` */
  readonly address: string;
  /** The address of its module: `module.a["b"]`, or nothing for the root. */
  readonly module: string;
  readonly type: string;
  readonly name: string;
  readonly index: string | number | undefined;
  /** What it has after apply, as far as the plan knows it; or what the state holds. */
  readonly values: Fields;
  /** `true` in place of each value that is known after apply only. */
  readonly unknown: Fields;
  /** What it had before, where a plan changes or deletes it. */
  readonly before: Fields | undefined;
}

export interface Resources {
  readonly kind: 'plan' | 'state';
  /** Those that are there after apply, or now. */
  readonly present: readonly Resource[];
  /** Those that the plan deletes: what is read of them is what they had. */
  readonly gone: readonly Resource[];
  readonly data: readonly Resource[];
}

const NOTHING: Fields = {};

/** Own fields only: a document may have a resource called `constructor`. */
export function own(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NOTHING;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Addresses are names and keys of people; none that is longer was ever meant to be read. */
const LONGEST_ADDRESS = 2_000;

function addressIn(resource: unknown): string {
  const address = textOf(own(resource, 'address'));
  if (address === undefined || address.length > LONGEST_ADDRESS) {
    throw new Fault('malformed', 'a resource has no readable `address`; expected the output of `terraform show -json`');
  }
  // A deposed object is still there, beside the one that is to replace it, and has the same address.
  const deposed = textOf(own(resource, 'deposed_key')) ?? textOf(own(resource, 'deposed'));
  return deposed === undefined ? address : `${address} (deposed ${deposed.slice(0, 8)})`;
}

/** All modules below and with a root, without recursion: how deep a document nests is not ours to choose. */
function modulesUnder(root: unknown): readonly unknown[] {
  const modules = [root];
  for (const module of modules) modules.push(...listOf(own(module, 'child_modules')));
  return modules;
}

interface Listed {
  readonly address: string;
  readonly module: string;
  readonly resource: unknown;
}

function listedUnder(values: unknown): readonly Listed[] {
  return modulesUnder(own(values, 'root_module')).flatMap((module) =>
    listOf(own(module, 'resources')).map((resource) => ({
      address: addressIn(resource),
      module: textOf(own(module, 'address')) ?? '',
      resource,
    })),
  );
}

function indexOf(resource: unknown): Resource['index'] {
  const index = own(resource, 'index');
  return typeof index === 'string' || typeof index === 'number' ? index : undefined;
}

function resourceOf({ address, module, resource }: Listed, change: unknown, values: unknown): Resource {
  const before = own(change, 'before');
  const actions = listOf(own(change, 'actions'));
  return {
    address,
    module,
    type: textOf(own(resource, 'type')) ?? '',
    name: textOf(own(resource, 'name')) ?? '',
    index: indexOf(resource),
    values: fieldsOf(values),
    unknown: fieldsOf(own(change, 'after_unknown')),
    before:
      isFields(before) && !actions.every((action) => action === 'no-op' || action === 'read') ? before : undefined,
  };
}

function isData({ resource }: Pick<Listed, 'resource'>): boolean {
  return own(resource, 'mode') === 'data';
}

function resourcesOfState(values: unknown): Resources {
  const listed = listedUnder(values);
  const read = (some: readonly Listed[]): readonly Resource[] =>
    some.map((one) => resourceOf(one, undefined, own(one.resource, 'values')));
  const [data, present] = [listed.filter(isData), listed.filter((one) => !isData(one))];
  return { kind: 'state', present: read(present), gone: [], data: read(data) };
}

/** Terraform deletes what it replaces, and so lists it as one change; what is only deleted has nothing after. */
function isGone(change: unknown): boolean {
  const actions = listOf(own(change, 'actions'));
  return (actions.includes('delete') || actions.includes('forget')) && !actions.includes('create');
}

function resourcesOfPlan(document: unknown): Resources {
  const changes = listOf(own(document, 'resource_changes')).map((resource): Listed & { readonly change: unknown } => ({
    address: addressIn(resource),
    module: textOf(own(resource, 'module_address')) ?? '',
    resource,
    change: own(resource, 'change'),
  }));
  const changeOf = new Map(changes.map(({ address, change }) => [address, change]));
  const planned = listedUnder(own(document, 'planned_values'));
  const isPlanned = new Set(planned.map(({ address }) => address));
  // What is planned is in both lists. Where one of them was cut, the other says it.
  const unlisted = changes.filter((one) => !isPlanned.has(one.address) && !isGone(one.change));
  const managed = [...planned, ...unlisted].filter((one) => !isData(one));
  const before = listedUnder(own(own(document, 'prior_state'), 'values'));
  const read = (one: Listed): Resource => {
    const change = changeOf.get(one.address);
    return resourceOf(one, change, own(one.resource, 'values') ?? own(change, 'after'));
  };
  return {
    kind: 'plan',
    present: managed.map(read),
    gone: changes
      .filter((one) => !isData(one) && isGone(one.change))
      .map((one) => resourceOf(one, one.change, own(one.change, 'before'))),
    data: before.filter(isData).map((one) => resourceOf(one, undefined, own(one.resource, 'values'))),
  };
}

/**
 * The format has a major version, and says itself that a reader has to refuse majors that it does not know (Terraform
 * documentation, JSON output format, 2026-11-24). Versions 0.x were written by Terraform 0.12 to 1.0.
 */
function checkVersion(document: unknown): void {
  const version = textOf(own(document, 'format_version')) ?? '1.0';
  if (/^[01](\.|$)/.test(version)) return;
  throw new Fault('unsupported', `format_version \`${version.slice(0, 20)}\` is not known; expected 0.x or 1.x`);
}

export function resourcesIn(document: unknown): Resources {
  checkVersion(document);
  const isPlan = own(document, 'planned_values') !== undefined || own(document, 'resource_changes') !== undefined;
  return isPlan ? resourcesOfPlan(document) : resourcesOfState(own(document, 'values'));
}
