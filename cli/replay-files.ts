// Paths -> the events in their files, one file in memory at a time.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Fault } from '../shared/base/fault.ts';
import { isFields } from './answer.ts';
import { errorCode } from './input-text.ts';
import { readJson } from './json.ts';

/** One event and where it stands, or what cannot be read there. */
export type FileEvent =
  | { readonly kind: 'event'; readonly where: string; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly where: string; readonly why: string }
  /** A file that is known to hold no events. */
  | { readonly kind: 'passed over'; readonly where: string; readonly why: string };

const unzipped = promisify(gunzip);

/** Files of a folder that are looked into. A file that is named itself may have any name. */
const EVENT_FILE = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/** A log file of CloudTrail has some megabytes; more than this is no log file, or a bomb. */
const MOST_BYTES = 512 * 1024 * 1024;

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesIn(path)));
    else if (EVENT_FILE.test(entry.name)) files.push(path);
  }
  return files;
}

/** The files of all paths, each once. One that is not there is a mistake; silence would look like "nothing happened". */
export async function eventFiles(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (path === '-') {
      files.push(path);
      continue;
    }
    try {
      const found = (await stat(path)).isDirectory() ? await filesIn(path) : [path];
      if (found.length === 0) {
        const expected = 'expected `*.json`, `*.jsonl` or `*.ndjson`, zipped as `.gz` or not';
        throw new Fault('malformed', `folder \`${path}\` has no files of events; ${expected}`);
      }
      files.push(...found);
    } catch (error) {
      if (error instanceof Fault) throw error;
      const code = errorCode(error);
      const what = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
      throw new Fault('malformed', `events \`${path}\` ${what}; write files or folders of events`, { cause: error });
    }
  }
  return [...new Set(files)];
}

/** The bytes without the zip around them, by their first bytes: people rename files. */
async function bytesOf(path: string): Promise<Uint8Array> {
  const bytes = path === '-' ? await buffer(process.stdin) : await readFile(path);
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isZipped ? unzipped(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
}

function unreadableText(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ERR_BUFFER_TOO_LARGE') return `has more than ${String(MOST_BYTES)} bytes unzipped; cut it into parts`;
  if (code.startsWith('Z_')) return `is zipped and broken (${code})`;
  return `cannot be read (${code})`;
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** `aws cloudtrail lookup-events` answers each record as text, beside what it found it by. */
function isLookedUp(value: unknown): boolean {
  return isFields(value) && typeof value['CloudTrailEvent'] === 'string';
}

function* eventsOfLookup(where: string, value: unknown): Generator<FileEvent> {
  const text = isFields(value) ? value['CloudTrailEvent'] : undefined;
  const read = readJson(typeof text === 'string' ? text : '');
  if (read.kind === 'value') yield { kind: 'event', where, value: read.value };
  else yield { kind: 'unreadable', where, why: `\`CloudTrailEvent\` is no JSON: ${read.problem}` };
}

function listIn(value: unknown, field: string): readonly unknown[] | undefined {
  const list = isFields(value) ? value[field] : undefined;
  return Array.isArray(list) ? list : undefined;
}

/** The events in one JSON value: a log file, a list, what `lookup-events` answers, or an event. */
function* eventsIn(where: string, value: unknown): Generator<FileEvent> {
  const list: readonly unknown[] | undefined = Array.isArray(value)
    ? value
    : (listIn(value, 'Records') ?? listIn(value, 'Events'));
  if (list !== undefined) {
    for (const [index, element] of list.entries()) yield* eventsIn(`${where}[${String(index)}]`, element);
  } else if (isLookedUp(value)) yield* eventsOfLookup(where, value);
  else if (isFields(value) && 'digestS3Object' in value) {
    yield { kind: 'passed over', where, why: 'digests of log files hold no events' };
  } else yield { kind: 'event', where, value };
}

/** A text that is no JSON as a whole may be one JSON value a line. */
function* eventsOfLines(where: string, text: string): Generator<FileEvent> {
  let line = 0;
  for (let from = 0; from < text.length;) {
    const next = text.indexOf('\n', from);
    const end = next < 0 ? text.length : next;
    const part = text.slice(from, end);
    from = end + 1;
    line += 1;
    if (part.trim() === '') continue;
    const place = `${where} line ${String(line)}`;
    const read = readJson(part);
    if (read.kind === 'value') yield* eventsIn(place, read.value);
    else yield { kind: 'unreadable', where: `${place} column ${String(read.column)}`, why: read.problem };
  }
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function* eventsOfText(where: string, text: string): Generator<FileEvent> {
  if (text.trim() === '') {
    yield { kind: 'unreadable', where, why: 'is empty; expected events as JSON' };
    return;
  }
  const trimmed = text.trimStart();
  const end = trimmed.indexOf('\n');
  const isLines = end > 0 && trimmed.slice(end).trim() !== '' && isJson(trimmed.slice(0, end));
  if (isLines) {
    yield* eventsOfLines(where, text);
    return;
  }
  const read = readJson(text);
  if (read.kind === 'value') yield* eventsIn(where, read.value);
  else {
    const place = `${where} line ${String(read.line)} column ${String(read.column)}`;
    yield { kind: 'unreadable', where: place, why: read.problem };
  }
}

/** The events of one file. What cannot be read in it does not keep the rest from being read. */
export async function eventsOf(path: string): Promise<Iterable<FileEvent>> {
  const where = nameOf(path);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await bytesOf(path));
    return eventsOfText(where, text);
  } catch (error) {
    const why = error instanceof TypeError ? 'is no UTF-8 text; expected JSON' : unreadableText(error);
    return [{ kind: 'unreadable', where, why }];
  }
}
