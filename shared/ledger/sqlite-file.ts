import type { FileKind } from '../base/sqlite-file.ts';

/**
 * INVARIANT: nothing changes or deletes an entry; only its mark does. The content stands last, so that rows are read
 * without it where nobody asks for it. Those that are due have an index of their own.
 */
const TABLES = `
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
`;

/**
 * What a look back goes by. Files made before 2026-11-24 get it when they are opened: it takes nothing from a program that
 * does not know of it, so the version stays.
 */
const ADDITIONS = 'CREATE INDEX IF NOT EXISTS appended ON entries (at, target, sequence);';

export const LEDGER_FILE: FileKind = {
  noun: 'ledger',
  /** `port` in ASCII. */
  application: 0x70_6f_72_74,
  version: 1,
  tables: TABLES,
  additions: ADDITIONS,
};
