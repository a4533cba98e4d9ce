import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Recordings of the real cloud may lie beside the project; they are of others, so they are not in it.
const folder = process.env['PORTCULLIS_FIXTURES'] ?? join(import.meta.dirname, '../../../shared/fixtures');

export const hasRecordings = existsSync(folder);
if (!hasRecordings) {
  console.info(
    `no recordings in ${folder}: the tests against them are skipped; PORTCULLIS_FIXTURES names another folder`,
  );
}

export interface Recording {
  readonly file: string;
  readonly value: unknown;
}

/** The JSON files of some folders; none where there are no recordings. */
export function recordingsIn(...folders: readonly string[]): readonly Recording[] {
  if (!hasRecordings) return [];
  return folders.flatMap((name) =>
    jsonFilesIn(join(folder, name)).map(({ file, value }) => ({ file: `${name}/${file}`, value })),
  );
}

export function jsonFilesIn(path: string): readonly Recording[] {
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, value: JSON.parse(readFileSync(join(path, file), 'utf8')) as unknown }));
}

/** A file holds one event, an array of them, or a log file's `Records`. */
export function eventsOf({ file, value }: Recording): readonly Recording[] {
  const inside: unknown = typeof value === 'object' && value !== null && 'Records' in value ? value.Records : value;
  if (!Array.isArray(inside)) return [{ file, value: inside }];
  return inside.map((event: unknown, index) => ({ file: `${file} ${String(index + 1)}`, value: event }));
}
