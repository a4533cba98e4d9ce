import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Fault } from './fault.ts';
import type { FaultKind } from './fault.ts';
import { sqliteModule } from './sqlite-module.ts';

/** What a file is for, and how it is told from any other. */
export interface FileKind {
  /** What it is called in messages, such as `ledger`. */
  readonly noun: string;
  /** SQLite's `application_id` of such files. */
  readonly application: number;
  /** The newest version of the tables that this program knows, as `user_version`. */
  readonly version: number;
  /** What makes the tables of an empty file. */
  readonly tables: string;
  /** What older files of the same version may lack, and older programs do not mind; it does nothing where it is there. */
  readonly additions?: string;
}

/** How long one process waits for another that is writing. */
const BUSY_MS = 5_000;

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
  [26, ['unsupported', 'it is no SQLite file; write `sqlite:FILE` where FILE is made by portcullis or does not exist']],
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
export function faultOf(noun: string, file: string, error: unknown): unknown {
  const [kind, what] = FAULTS.get(codeOf(error) ?? -1) ?? [];
  if (kind === undefined || what === undefined) return error;
  return new Fault(kind, `${noun} \`${file}\`: ${what}`, { cause: error });
}

function numberOf(database: DatabaseSync, sql: string): number {
  const [value] = Object.values(database.prepare(sql).get() ?? {});
  if (typeof value === 'number') return value;
  throw new Error(`\`${sql}\` gives no number`);
}

/** Whether the file has its tables already. Throws a `Fault` where it has something else. */
function isMade(database: DatabaseSync, file: string, { noun, application, version: known }: FileKind): boolean {
  const version = numberOf(database, 'PRAGMA user_version');
  const tables = numberOf(database, 'SELECT count(*) FROM sqlite_schema');
  if (version === 0 && tables === 0) return false;
  if (numberOf(database, 'PRAGMA application_id') !== application) {
    const what = `it holds something else; write \`sqlite:FILE\` where FILE is made for the ${noun} or does not exist`;
    throw new Fault('unsupported', `${noun} \`${file}\`: ${what}`);
  }
  if (version <= known) return true;
  const versions = `its version is ${String(version)}, and this program knows ${String(known)}`;
  throw new Fault('unsupported', `${noun} \`${file}\`: ${versions}; use a newer portcullis, or another file`);
}

function make(database: DatabaseSync, file: string, kind: FileKind): void {
  // Two processes may be here at once, so the second looks again when it has the file for itself.
  database.exec('BEGIN IMMEDIATE');
  if (!isMade(database, file, kind)) {
    const { tables, application, version } = kind;
    database.exec(tables);
    database.exec(`PRAGMA application_id = ${String(application)}; PRAGMA user_version = ${String(version)};`);
  }
  database.exec('COMMIT');
}

/** INVARIANT: nothing is written to a file before it is known to be of this kind and version, or empty. */
function prepare(database: DatabaseSync, file: string, kind: FileKind): void {
  const isThere = isMade(database, file, kind);
  // Readers do not wait for a writer, and what is committed is on the disk, as evidence and orders have to be.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  if (!isThere) make(database, file, kind);
  if (kind.additions !== undefined) database.exec(kind.additions);
}

/** Nobody but this user may read a file that is made here. SQLite gives the files beside it the same mode. */
function create(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // Where it exists it is opened as it is; where it cannot be made, opening it says why.
    if (!isSystemError(error, 'EEXIST', 'ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR')) throw error;
  }
}

function opened(name: string, kind: FileKind, busyMs: number): DatabaseSync {
  if (name.includes('\u0000')) {
    throw new Fault('malformed', `the name of the file for the ${kind.noun} holds a zero; write \`sqlite:FILE\``);
  }
  // SQLite takes some names for addresses or for its own memory, an absolute path for neither.
  const file = resolve(name);
  let database: DatabaseSync | undefined;
  try {
    create(file);
    database = new (sqliteModule().DatabaseSync)(file, { timeout: busyMs });
    prepare(database, file, kind);
    return database;
  } catch (error) {
    database?.close();
    throw faultOf(kind.noun, file, error);
  }
}

/**
 * A store of ours in one file, for any number of processes of one machine. Nothing here waits for anything but the file,
 * so what is done is done when the call returns.
 */
export class SqliteFile {
  readonly #name: string;
  readonly #noun: string;
  readonly #database: DatabaseSync;

  /** Opens it, and makes it where there is none. Throws a `Fault` that says what to do where it cannot. */
  constructor(name: string, kind: FileKind, busyMs = BUSY_MS) {
    this.#name = name;
    this.#noun = kind.noun;
    this.#database = opened(name, kind, busyMs);
  }

  statement(sql: string): StatementSync {
    return this.#database.prepare(sql);
  }

  close(): void {
    this.#database.close();
  }

  /** Does something with the file, and rejects with a `Fault` where SQLite cannot. */
  done<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        resolve(work());
      } catch (error) {
        // eslint wants an Error, and whatever is thrown here is one.
        const fault = faultOf(this.#noun, this.#name, error);
        reject(fault instanceof Error ? fault : new Error(String(fault)));
      }
    });
  }

  /** The same, while no other process writes; all of it is kept or nothing. */
  alone<T>(work: () => T): Promise<T> {
    return this.done(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }
}
