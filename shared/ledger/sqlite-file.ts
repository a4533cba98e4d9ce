import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../base/fault.ts';
import type { FaultKind } from '../base/fault.ts';
import { sqliteModule } from './sqlite-module.ts';

/** Marks a file as a ledger of Portcullis: `port` in ASCII. */
const APPLICATION = 0x70_6f_72_74;
const VERSION = 1;

/** How long one process waits for another that is writing. */
export const BUSY_MS = 5_000;

/**
 * INVARIANT: nothing changes or deletes an entry; only its mark does. The content stands last, so that rows are read
 * without it where nobody asks for it. Those that are due have an index of their own.
 */
const SCHEMA = `
  CREATE TABLE entries (
    target TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    due INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL,
    PRIMARY KEY (target, sequence)
  ) STRICT;
  CREATE INDEX due ON entries (due, target, sequence, attempts) WHERE due IS NOT NULL;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'a ledger entry is never deleted'); END;
  CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE OF target, sequence, at, digest, content ON entries
    BEGIN SELECT RAISE(ABORT, 'a ledger entry is never changed'); END;
  CREATE TRIGGER entries_have_no_gap BEFORE INSERT ON entries
    WHEN NEW.sequence <> 1 + (SELECT coalesce(max(sequence), 0) FROM entries WHERE target = NEW.target)
    BEGIN SELECT RAISE(ABORT, 'a ledger entry comes behind the last one'); END;
  CREATE TABLE leases (key TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
  PRAGMA application_id = ${String(APPLICATION)};
  PRAGMA user_version = ${String(VERSION)};
`;

/** By SQLite's primary result codes (its documentation, "Result and Error Codes", 2026-11-24). */
const FAULTS: ReadonlyMap<number, readonly [FaultKind, string]> = new Map([
  [3, ['forbidden', 'this user may not read and write it; change its owner or mode']],
  [5, ['unavailable', 'another process is writing to it; try again']],
  [6, ['unavailable', 'it is being written to; try again']],
  [7, ['unavailable', 'there is no memory left for it']],
  [8, ['forbidden', 'it is read-only; make file and folder writable for this user']],
  [10, ['unavailable', 'the disk does not answer as it should']],
  [11, ['malformed', 'it is damaged; keep it as it is, and go on with a backup or another file']],
  [13, ['unavailable', 'the disk is full']],
  [14, ['unsupported', 'it cannot be opened; write `sqlite:FILE` where FILE is in a folder that exists']],
  [23, ['forbidden', 'this user may not use it; change its owner or mode']],
  [26, ['unsupported', 'it is no SQLite file; write `sqlite:FILE` where FILE is a ledger or does not exist']],
]);

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  // An extended code holds its primary one in the last byte.
  return error.errcode & 0xff;
}

function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}

/** What an error of SQLite means for whoever uses the file. Any other is a mistake in this program and stays as it is. */
export function faultOf(file: string, error: unknown): unknown {
  const [kind, what] = FAULTS.get(codeOf(error) ?? -1) ?? [];
  if (kind === undefined || what === undefined) return error;
  return new Fault(kind, `ledger \`${file}\`: ${what}`, { cause: error });
}

function numberOf(database: DatabaseSync, sql: string): number {
  const [value] = Object.values(database.prepare(sql).get() ?? {});
  if (typeof value === 'number') return value;
  throw new Error(`\`${sql}\` gives no number`);
}

/** Whether the file has the ledger's tables already. Throws a `Fault` where it has something else. */
function isLedger(database: DatabaseSync, file: string): boolean {
  const version = numberOf(database, 'PRAGMA user_version');
  const tables = numberOf(database, 'SELECT count(*) FROM sqlite_schema');
  if (version === 0 && tables === 0) return false;
  if (numberOf(database, 'PRAGMA application_id') !== APPLICATION) {
    const what = 'it holds something else; write `sqlite:FILE` where FILE is a ledger or does not exist';
    throw new Fault('unsupported', `ledger \`${file}\`: ${what}`);
  }
  if (version <= VERSION) return true;
  const versions = `its version is ${String(version)}, and this program knows ${String(VERSION)}`;
  throw new Fault('unsupported', `ledger \`${file}\`: ${versions}; use a newer portcullis, or another file`);
}

/** INVARIANT: nothing is written to a file before it is known to be a ledger of this version, or empty. */
function prepare(database: DatabaseSync, file: string): void {
  const isMade = isLedger(database, file);
  // Readers do not wait for a writer, and what is committed is on the disk, as evidence has to be.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  if (isMade) return;
  // Two processes may be here at once, so the second looks again when it has the file for itself.
  database.exec('BEGIN IMMEDIATE');
  if (!isLedger(database, file)) database.exec(SCHEMA);
  database.exec('COMMIT');
}

/** Nobody but this user may read a ledger that is made here. SQLite gives the files beside it the same mode. */
function create(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // Where it exists it is opened as it is; where it cannot be made, opening it says why.
    if (!isSystemError(error, 'EEXIST', 'ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR')) throw error;
  }
}

/** Opens a ledger's file, and makes it where there is none. Throws a `Fault` that says what to do where it cannot. */
export function openedFile(name: string, busyMs: number): DatabaseSync {
  if (name.includes('\u0000')) throw new Fault('malformed', 'the name of a ledger holds a zero; write `sqlite:FILE`');
  // SQLite takes some names for addresses or for its own memory, an absolute path for neither.
  const file = resolve(name);
  let database: DatabaseSync | undefined;
  try {
    create(file);
    database = new (sqliteModule().DatabaseSync)(file, { timeout: busyMs });
    prepare(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw faultOf(file, error);
  }
}
