import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Recordings of the real cloud may lie beside the project; they are of others, so they are not in it. */
const recordings = process.env.PORTCULLIS_FIXTURES ?? join(import.meta.dirname, '../../../shared/fixtures');
export const present = existsSync(recordings);
if (!present) console.info(`no recordings in ${recordings}: the tests against them are skipped`);

export function recordedText(path: string): string {
  return readFileSync(join(recordings, path), 'utf8');
}

export function namesIn(folder: string, pattern: RegExp): readonly string[] {
  return present ? readdirSync(join(recordings, folder)).filter((name) => pattern.test(name)) : [];
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type Fields = Readonly<Record<string, Json>>;

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A time is a time, however it was recorded. */
const time = 'a time';

/** An answer as plain data: without the protocol's part, without what is undefined. */
export function plain(value: unknown): Json {
  if (value instanceof Date) return time;
  if (Array.isArray(value)) return value.map(plain);
  if (isFields(value)) {
    if (value['__class__'] === 'datetime') return time;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, one]) => one !== undefined && !/^(\$metadata|ResponseMetadata|NextToken)$/.test(name))
        .map(([name, one]) => [name, plain(one)]),
    );
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

export function parsed(path: string): unknown {
  const value: unknown = JSON.parse(recordedText(path));
  return isFields(value) && 'data' in value ? value['data'] : value;
}

/** With every known id exchanged, and what stands inside texts, as an account in an ARN. */
export function translated(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return ids.get(value) ?? [...ids].reduce((all, [a, b]) => all.replaceAll(a, b), value);
  if (Array.isArray(value)) return value.map((one: Json) => translated(one, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, translated(one, ids)]));
}

type Difference = `${string}: only recorded` | `${string}: only ours` | `${string}: ${string} is not ${string}`;

/**
 * Field by field. Where a value was not ours to give, as of a fresh id, its kind is compared alone: those are the paths
 * that `free` names.
 */
export function differences(recorded: Json, ours: Json, free: RegExp, path = ''): readonly Difference[] {
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    const [rows, others] = [sorted(recorded), sorted(ours)];
    const own = Array.from({ length: Math.max(rows.length, others.length) }, (_, index) => {
      const [a, b] = [rows[index], others[index]];
      if (a === undefined) return [`${path}[]: only ours` as const];
      if (b === undefined) return [`${path}[]: only recorded` as const];
      return differences(a, b, free, `${path}[]`);
    });
    return own.flat();
  }
  if (isRecord(recorded) && isRecord(ours)) {
    return [...new Set([...Object.keys(recorded), ...Object.keys(ours)])].flatMap((name) => {
      const [a, b, at] = [recorded[name], ours[name], path === '' ? name : `${path}.${name}`];
      if (a === undefined) return [`${at}: only ours` as const];
      if (b === undefined) return [`${at}: only recorded` as const];
      return differences(a, b, free, at);
    });
  }
  const isFree = free.test(path) && typeof recorded === typeof ours;
  return isFree || JSON.stringify(recorded) === JSON.stringify(ours)
    ? []
    : [`${path}: ${JSON.stringify(recorded)} is not ${JSON.stringify(ours)}`];
}

function isRecord(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists of rules and tags have no order that anyone promises. */
function sorted(rows: readonly Json[]): readonly Json[] {
  const keyed = rows.map((row) => {
    const key = isRecord(row)
      ? [
          row.IpProtocol,
          row.FromPort,
          row.ToPort,
          row.CidrIp,
          row.CidrIpv6,
          row.GroupId,
          row.GroupName,
          row.Key,
          row.PrivateIpAddress,
          row.amiLaunchIndex,
        ]
      : [row];
    return { row, key: JSON.stringify(key) };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
}
