import type { Clause, Exception, InstancePolicy, Policy, PolicySet } from '../core/model/policy.ts';
import { networksOf, servicesOf } from './define.ts';
import { documentOf } from './document.ts';
import type { PolicyFile } from './document.ts';
import { exceptionOf } from './exception.ts';
import { fieldsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { instanceOf } from './instance.ts';
import { Moments } from './moments.ts';
import { nounOf } from './node.ts';
import type { Entry, Node, Spot } from './node.ts';
import { overallOf } from './overall.ts';
import { policyOf } from './policy.ts';
import { Complaints, quoted } from './problem.ts';
import type { Problem } from './problem.ts';
import { Bound, Names } from './reading.ts';
import type { Reading } from './reading.ts';
import { mapIn } from './scalar.ts';
import { DEFINE, FILE } from './shapes.ts';

export type { PolicyFile } from './document.ts';
export type { Problem } from './problem.ts';

/** What policy files mean, or everything that is wrong with them. */
export type Loaded =
  | { readonly kind: 'policy'; readonly set: PolicySet }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

const EXAMPLE = '`version: 1` and `policies:`';

/** Every kind of file says which version of the language it is written in. */
export function judgeVersion(fields: Fields, complaints: Complaints): void {
  const value = fields.need('version', '`version: 1` as its first line')?.value;
  if (value === undefined || (value.kind === 'number' && value.text === '1')) return;
  if (value.kind === 'text' && value.text === '1')
    complaints.add(value.at, '`version` is a text; write `version: 1` without quotes');
  else {
    const was = value.kind === 'text' || value.kind === 'number' ? quoted(value.text) : nounOf(value);
    complaints.add(value.at, `\`version\` is ${was}, which this release does not know; write \`version: 1\``);
  }
}

/** Names may stand where nobody can read them: then a name that is not known is not blamed on its use. */
function markIncomplete({ networks, services }: Reading): void {
  networks.markIncomplete();
  services.markIncomplete();
}

/** Whether a key of the file that nobody reads would hold definitions. */
function hidesDefinitions(file: Fields): boolean {
  const isMisplaced = file.strays.some((key) => DEFINE.known.includes(key));
  return isMisplaced || (file.tries('define') && file.get('define') === undefined);
}

function takeDefinitions(define: Entry, reading: Reading): void {
  const { complaints } = reading;
  const fields = fieldsOf(define.value, DEFINE, '`define:` with `networks` or `services` below it', complaints);
  if (fields === undefined || fields.strays.length > 0) markIncomplete(reading);
  if (define.value.kind === 'map' && define.value.entries.length === 0) {
    complaints.add(define.value.at, '`define` is empty; write `networks` or `services` below it, or remove it');
  }
  for (const [key, definitions] of [
    ['networks', reading.networks],
    ['services', reading.services],
  ] as const) {
    const entry = fields?.get(key);
    const map = entry === undefined ? undefined : mapIn(entry, complaints);
    if (map?.entries.length === 0)
      complaints.add(map.at, `${quoted(key)} is empty; write \`name: value\` lines below it, or remove it`);
    for (const definition of map?.entries ?? []) definitions.define(definition);
  }
}

/**
 * The items of a list at the top of a file, none where it is not stated. Undefined, with a complaint, where it is stated
 * but no list: `policies:` with all of it in comments is a slip, not an empty list.
 */
function itemsIn(file: Fields, key: string, complaints: Complaints): readonly Node[] | undefined {
  const value = file.get(key)?.value;
  if (value === undefined) return file.tries(key) ? undefined : [];
  if (value.kind === 'list') return value.items;
  complaints.add(
    value.at,
    `${quoted(key)} is ${nounOf(value)}; write a list, each item after \`- name: ...\`, or remove it`,
  );
  return undefined;
}

/** The fields of each file that could be read at all. */
function readAll(
  files: readonly PolicyFile[],
  reading: Reading,
): { readonly fields: readonly Fields[]; readonly whole: boolean } {
  const { complaints } = reading;
  const names = new Names();
  let whole = true;
  const fields = files.flatMap((file): readonly Fields[] => {
    names.claim('file', file.name, { file: file.name, line: 1, column: 1 }, complaints);
    const document = documentOf(file, complaints);
    const found = document === undefined ? undefined : fieldsOf(document, FILE, EXAMPLE, complaints);
    if (found === undefined) whole = false;
    return found === undefined ? [] : [found];
  });
  return { fields, whole };
}

function readingOf(now: Date): Reading {
  const complaints = new Complaints();
  const networks = networksOf(complaints);
  const services = servicesOf(complaints);
  return {
    complaints,
    networks,
    services,
    names: new Names(),
    spots: new Map<Clause, Spot>(),
    lost: [],
    bound: new Bound(),
    moments: new Moments(now),
    now,
  };
}

function byName(a: PolicyFile, b: PolicyFile): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * Policy files as one policy, in deciding order: by file name, then position. Never an empty one: everything that is
 * wrong is a problem, all of them at once, and then there is no policy at all. `now` bounds how far ahead an exception may end.
 */
export function loadPolicy(files: readonly PolicyFile[], now: Date): Loaded {
  const reading = readingOf(now);
  const { complaints, networks, services } = reading;
  const sorted = [...files].sort(byName);
  const { fields, whole } = readAll(sorted, reading);
  if (!whole || fields.some(hidesDefinitions)) markIncomplete(reading);
  for (const file of fields) {
    judgeVersion(file, complaints);
    const define = file.get('define');
    if (define !== undefined) takeDefinitions(define, reading);
  }
  networks.resolveAll();
  services.resolveAll();
  const policyLists = fields.map((file) => itemsIn(file, 'policies', complaints));
  const policyNodes = policyLists.flatMap((items) => items ?? []);
  const instanceNodes = fields.flatMap((file) => itemsIn(file, 'instances', complaints) ?? []);
  const exceptionNodes = fields.flatMap((file) => itemsIn(file, 'exceptions', complaints) ?? []);
  const { maxExceptionDays, ...overall } = overallOf(fields, whole, complaints);
  const policies: readonly Policy[] = policyNodes.flatMap((node) => policyOf(node, reading) ?? []);
  const exceptions: readonly Exception[] = exceptionNodes.flatMap(
    (node) => exceptionOf(node, maxExceptionDays, reading) ?? [],
  );
  const instances: readonly InstancePolicy[] = instanceNodes.flatMap((node) => instanceOf(node, reading) ?? []);
  // Where a file tries to have policies, its own problem says more than this one would.
  if (whole && !policyLists.includes(undefined) && policyNodes.length === 0) {
    const at = { file: sorted[0]?.name ?? '', line: 1, column: 1 };
    complaints.add(at, 'no file has a policy; write at least one under `policies:`');
  }
  if (complaints.count > 0) return { kind: 'problems', problems: complaints.sorted() };
  return { kind: 'policy', set: { policies, exceptions, instances, ...overall } };
}
