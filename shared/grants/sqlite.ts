import type { StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { SqliteFile } from '../base/sqlite-file.ts';
import type { FileKind } from '../base/sqlite-file.ts';
import type { Row, Rows } from './rows.ts';

const ORDERS_FILE: FileKind = {
  noun: 'grants',
  /** `pgrn` in ASCII. */
  application: 0x70_67_72_6e,
  version: 1,
  tables: `CREATE TABLE orders (
    key TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    mac TEXT NOT NULL,
    forget_at INTEGER
  ) STRICT;`,
};

const orderRow = z.object({ key: z.string(), text: z.string(), mac: z.string(), forget_at: z.int().nullable() });

const SQL = {
  all: 'SELECT * FROM orders ORDER BY key',
  put: 'INSERT OR REPLACE INTO orders (key, text, mac, forget_at) VALUES (?, ?, ?, ?)',
  add: 'INSERT INTO orders (key, text, mac, forget_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
  remove: 'DELETE FROM orders WHERE key = ?',
  forget: 'DELETE FROM orders WHERE forget_at <= ?',
} as const;

function rowOf(found: unknown): Row {
  const { key, text, mac, forget_at: forgetAt } = orderRow.parse(found);
  return { key, text, mac, forgetAt: forgetAt === null ? undefined : new Date(forgetAt) };
}

function valuesOf({ key, text, mac, forgetAt }: Row): [string, string, string, number | null] {
  return [key, text, mac, forgetAt?.getTime() ?? null];
}

/** Rows in one file, for any number of processes of one machine. Each write forgets what may be forgotten by then. */
export class SqliteRows implements Rows {
  readonly #clock: Clock;
  readonly #file: SqliteFile;
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

  /** Throws a `Fault` where the file cannot be used. */
  constructor(file: string, clock: Clock, busyMs?: number) {
    const opened = new SqliteFile(file, ORDERS_FILE, busyMs);
    this.#clock = clock;
    this.#file = opened;
    this.#statements = {
      all: opened.statement(SQL.all),
      put: opened.statement(SQL.put),
      add: opened.statement(SQL.add),
      remove: opened.statement(SQL.remove),
      forget: opened.statement(SQL.forget),
    };
  }

  close(): void {
    this.#file.close();
  }

  all(): Promise<readonly Row[]> {
    return this.#file.done(() => this.#statements.all.all().map(rowOf));
  }

  put(row: Row): Promise<void> {
    return this.#written(() => {
      this.#statements.put.run(...valuesOf(row));
    });
  }

  add(row: Row): Promise<boolean> {
    return this.#written(() => this.#statements.add.run(...valuesOf(row)).changes !== 0);
  }

  remove(key: string): Promise<boolean> {
    return this.#written(() => this.#statements.remove.run(key).changes !== 0);
  }

  #written<T>(write: () => T): Promise<T> {
    return this.#file.alone(() => {
      this.#statements.forget.run(this.#clock.now().getTime());
      return write();
    });
  }
}
