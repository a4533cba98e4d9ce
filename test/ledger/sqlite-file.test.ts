import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteLedger } from '../../shared/ledger/sqlite.ts';
import { faultOf } from '../../shared/base/sqlite-file.ts';
import {
  after,
  allDue,
  allSince,
  countTo,
  failed,
  FINE,
  held,
  intended,
  rules,
  sequencesOf,
  START,
  TARGET,
} from './samples.ts';

const CLOCK = { now: (): Date => new Date(START) };

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'portcullis-ledger-'));
  file = join(folder, 'ledger.db');
});

afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

function open(): SqliteLedger {
  return new SqliteLedger(file, CLOCK);
}

/** Does something to the file itself, as no ledger would. */
function behindItsBack(sql: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

function isWhole(): boolean {
  const database = new DatabaseSync(file);
  const answer = database.prepare('PRAGMA integrity_check').get();
  database.close();
  return answer?.['integrity_check'] === 'ok';
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('a ledger in a file', () => {
  it('is there for the next process, with its marks and leases', async () => {
    const first = open();
    const entry = await first.append(TARGET, undefined, held('mode'), after(1_000));
    await first.append(TARGET, undefined, FINE, after(2_000));
    await first.mark(TARGET, 2, { due: undefined, attempts: 3 });
    await first.lease('a', 90_000);
    first.close();
    const second = open();
    expect(await second.entry(TARGET, 1)).toEqual(entry);
    expect(await second.newest(TARGET, 1)).toMatchObject([{ mark: { due: undefined, attempts: 3 } }]);
    expect((await second.due(after(1e9))).rows).toMatchObject([{ sequence: 1 }]);
    expect(await second.lease('a', 90_000)).toEqual({ kind: 'held', until: after(90_000) });
    second.close();
  });

  it('is one for two connections: they share numbers, marks and leases', async () => {
    const ledgers = [open(), open()];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ledgers[index % 2]!.append(TARGET, undefined, failed(String(index)), after(0)),
      ),
    );
    for (const ledger of ledgers) expect(sequencesOf(await ledger.entries(TARGET))).toEqual(countTo(20));
    await ledgers[0]!.mark(TARGET, 7, { due: undefined, attempts: 1 });
    expect((await ledgers[1]!.due(after(0))).rows).toHaveLength(19);
    const asked = await Promise.all(ledgers.map((ledger) => ledger.lease('a', 90_000)));
    expect(asked.map(({ kind }) => kind).sort()).toEqual(['held', 'leased']);
    for (const ledger of ledgers) ledger.close();
  });

  it('that another process writes to is unavailable in time, and nothing is half written', async () => {
    const ledger = open();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const busy = new SqliteLedger(file, CLOCK, 1);
    await expect(busy.append(TARGET, undefined, FINE)).rejects.toMatchObject({ name: 'Fault', kind: 'unavailable' });
    await expect(busy.lease('a', 1_000)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await busy.entries(TARGET)).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    expect((await busy.append(TARGET, undefined, FINE)).sequence).toBe(1);
    busy.close();
    ledger.close();
  });

  it('lets nobody else write between the look at the last number and the entry that follows it', async () => {
    const other = new SqliteLedger(file, CLOCK, 1);
    let tried: Promise<unknown> | undefined;
    // The time is asked for in between.
    const now = (): Date => {
      tried ??= Promise.allSettled([other.append(TARGET, undefined, FINE)]);
      return CLOCK.now();
    };
    const ledger = new SqliteLedger(file, { now });
    expect((await ledger.append(TARGET, undefined, FINE)).sequence).toBe(1);
    expect(await tried).toMatchObject([{ status: 'rejected', reason: { kind: 'unavailable' } }]);
    expect((await other.append(TARGET, undefined, FINE)).sequence).toBe(2);
    ledger.close();
    other.close();
  });

  it('stays whole when a process is killed in the middle of an append, again and again', async () => {
    const here = (path: string): string => JSON.stringify(join(import.meta.dirname, path));
    // Appends big entries without an end, and says which it has.
    const writer = `
      import { SqliteLedger } from ${here('../../shared/ledger/sqlite.ts')};
      import { intended, rules, TARGET } from ${here('samples.ts')};
      const ledger = new SqliteLedger(${JSON.stringify(file)}, { now: () => new Date() });
      for (;;) {
        const { sequence } = await ledger.append(TARGET, undefined, intended(rules(400)), new Date(0));
        process.stdout.write(sequence + '\\n');
      }`;
    let said = 0;
    for (const more of [1, 3]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', writer], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let lines = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        said = Number(line);
        lines += 1;
        if (lines === more) child.kill('SIGKILL');
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
      const ledger = open();
      const entries = await ledger.entries(TARGET);
      expect(sequencesOf(entries)).toEqual(countTo(entries.length));
      // What it said that it had is there, and at most the one that it did not come to speak of.
      expect([said, said + 1]).toContain(entries.length);
      for (const { body } of entries) expect(body).toEqual(intended(rules(400)));
      expect((await allDue(ledger, after(0))).rows).toHaveLength(entries.length);
      ledger.close();
      expect(isWhole()).toBe(true);
    }
  });

  it('loses what a process had written but not committed when it was killed, and nothing else', async () => {
    const ledger = open();
    await ledger.append(TARGET, undefined, FINE);
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(${JSON.stringify(file)});
      database.exec('PRAGMA cache_spill = 1; PRAGMA cache_size = 1; BEGIN IMMEDIATE');
      const append = database.prepare("INSERT INTO entries SELECT target, ?, at, digest, due, attempts, ? FROM entries WHERE sequence = 1");
      for (let index = 2; index < 40; index += 1) append.run(index, 'x'.repeat(100_000));
      process.kill(process.pid, 'SIGKILL');`;
    expect(spawnSync(process.execPath, ['--no-warnings', '-e', script]).signal).toBe('SIGKILL');
    expect(sequencesOf(await ledger.entries(TARGET))).toEqual([1]);
    expect((await ledger.append(TARGET, undefined, FINE)).sequence).toBe(2);
    ledger.close();
    expect(isWhole()).toBe(true);
  });

  it('is for this user alone where it is made here, and keeps the mode that it has', async () => {
    const ledger = open();
    await ledger.append(TARGET, undefined, FINE);
    for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'])
      expect(modeOf(join(folder, name)), name).toBe(0o600);
    ledger.close();
    chmodSync(file, 0o640);
    open().close();
    expect(modeOf(file)).toBe(0o640);
  });

  it('takes every name for a file, also those that SQLite has another meaning for', () => {
    for (const name of ['file:x?mode=memory', 'a b%20c#d.db', "it's.db"]) {
      new SqliteLedger(join(folder, name), CLOCK).close();
      expect(existsSync(join(folder, name)), name).toBe(true);
    }
  });
});

describe('the record in a file', () => {
  it('is not changed or deleted, not even by hand', async () => {
    const ledger = open();
    await ledger.append(TARGET, undefined, FINE);
    expect(() => {
      behindItsBack(`DELETE FROM entries`);
    }).toThrow(/never deleted/);
    for (const column of ['target', 'sequence', 'at', 'digest', 'content']) {
      expect(() => {
        behindItsBack(`UPDATE entries SET ${column} = 7`);
      }, column).toThrow(/never changed/);
    }
    expect(() => {
      behindItsBack(`INSERT OR REPLACE INTO entries SELECT * FROM entries`);
    }).toThrow(/behind the last one/);
    expect(await ledger.entry(TARGET, 1)).toMatchObject({ body: FINE });
    ledger.close();
  });

  it.each([
    ['another body', `content = replace(content, 'mode', 'none')`],
    ['another event', `content = replace(content, '"body"', '"hint":null,"body"')`],
    ['another time', 'at = at + 1'],
    ['another number', 'sequence = 2'],
    ['another target', `target = replace(target, 'eu-central-1', 'eu-central-2')`],
    ['no JSON', `content = ''`],
    ['another digest', `digest = ''`],
  ])('is malformed where somebody gave it %s all the same', async (_what, change) => {
    const ledger = open();
    await ledger.append(TARGET, undefined, held('mode'));
    behindItsBack(`DROP TRIGGER entries_stay_as_they_are; UPDATE entries SET ${change}`);
    const targets = [TARGET, { ...TARGET, region: 'eu-central-2' }];
    const read = targets.map((target) => ledger.newest(target, 10));
    const answers = await Promise.allSettled([...read, ledger.entry(TARGET, 2), ledger.entries(TARGET)]);
    expect(answers).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ kind: 'malformed' }) as Error,
    });
    // Nobody gets anything that was not appended.
    const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value].flat() : []));
    expect(given.filter((one) => one !== undefined)).toEqual([]);
    ledger.close();
  });

  it('shows what was not appended apart from the rest when people look back', async () => {
    const ledger = open();
    for (let index = 0; index < 5; index += 1) await ledger.append(TARGET, undefined, held('mode'));
    behindItsBack(`DROP TRIGGER entries_stay_as_they_are;
      UPDATE entries SET content = '' WHERE sequence = 1;
      UPDATE entries SET target = 'sg-1' WHERE sequence = 2;
      UPDATE entries SET sequence = 0 WHERE sequence = 5`);
    const { entries, damaged } = await allSince(ledger, after(0));
    expect(sequencesOf(entries.map(({ entry }) => entry))).toEqual([3, 4]);
    const why = expect.stringMatching(/^[^\n]*(who wrote to the store)$/) as string;
    expect(damaged).toHaveLength(3);
    expect(damaged).toContainEqual({ target: TARGET, sequence: 1, why });
    expect(damaged).toContainEqual({ target: { cloud: '', account: '', region: '', id: 'sg-1' }, sequence: 2, why });
    expect(damaged).toContainEqual({ target: TARGET, sequence: 0, why });
    ledger.close();
  });

  it('is looked back at by an index, also in a file that was made without one', async () => {
    const ledger = open();
    await ledger.append(TARGET, undefined, FINE);
    ledger.close();
    behindItsBack('DROP INDEX appended');
    const again = open();
    expect((await allSince(again, after(0))).entries).toHaveLength(1);
    const plan = new DatabaseSync(file)
      .prepare(
        'EXPLAIN QUERY PLAN SELECT * FROM entries WHERE (at, target, sequence) > (?, ?, ?) ORDER BY at, target, sequence',
      )
      .all(0, '', 0);
    expect(JSON.stringify(plan)).toContain('USING INDEX appended');
    expect(JSON.stringify(plan)).not.toContain('B-TREE');
    again.close();
  });

  it('shows what is due without its content, which nobody reads for that', async () => {
    const ledger = open();
    await ledger.append(TARGET, undefined, held('mode'), after(0));
    behindItsBack(`DROP TRIGGER entries_stay_as_they_are; UPDATE entries SET content = ''`);
    expect((await ledger.due(after(0))).rows).toHaveLength(1);
    const plan = new DatabaseSync(file)
      .prepare('EXPLAIN QUERY PLAN SELECT target, sequence, due, attempts FROM entries WHERE due <= ?')
      .all(0);
    expect(JSON.stringify(plan)).toContain('COVERING INDEX due');
    ledger.close();
  });
});

describe('a file that cannot be the ledger', () => {
  /** What opening it says. */
  function complaint(path = file): unknown {
    try {
      new SqliteLedger(path, CLOCK).close();
    } catch (error) {
      return error;
    }
    return undefined;
  }

  it('of a newer version says what to do, and stays as it is', () => {
    open().close();
    behindItsBack('PRAGMA user_version = 2');
    const before = readFileSync(file);
    expect(complaint()).toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/ledger\.db`: its version is 2, and this program knows 1; use a newer/) as string,
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that holds something else stays as it is', () => {
    behindItsBack('CREATE TABLE songs (name TEXT)');
    const before = readFileSync(file);
    expect(complaint()).toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/something else/) as string,
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('that is no SQLite file stays as it is', () => {
    const text = 'this is a letter\n'.repeat(1_000);
    writeFileSync(file, text);
    expect(complaint()).toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/no SQLite file/) as string,
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('in a folder that does not exist, or that is a folder, says what to write', () => {
    const help = expect.stringMatching(/^ledger `[^`\n]+`: .*write `sqlite:FILE`/) as string;
    expect(complaint(join(folder, 'no/such/ledger.db'))).toMatchObject({ kind: 'unsupported', message: help });
    mkdirSync(file);
    expect(complaint()).toMatchObject({ kind: 'unsupported', message: help });
    expect(complaint('a\u0000b')).toMatchObject({ kind: 'malformed' });
  });

  it('that is damaged is malformed where the damage is read', async () => {
    const ledger = open();
    await ledger.append(TARGET, undefined, intended(rules(400)));
    ledger.close();
    const bytes = readFileSync(file);
    // All but the first page, which says what the file is.
    writeFileSync(file, bytes.fill(0x2a, 4_096));
    const opened = await Promise.allSettled([
      Promise.resolve()
        .then(open)
        .then((one) => one.entries(TARGET)),
    ]);
    expect(opened).toMatchObject([{ status: 'rejected', reason: { kind: 'malformed' } }]);
  });

  it.each([
    ['read-only', 8, 'forbidden'],
    ['read-only, by an extended code', 8 + 256 * 5, 'forbidden'],
    ["another user's", 3, 'forbidden'],
    ['busy', 5, 'unavailable'],
    ['on a disk that is full', 13, 'unavailable'],
    ['on a disk that fails', 10, 'unavailable'],
    ['damaged', 11, 'malformed'],
  ])('that is %s says so', (_what, errcode, kind) => {
    const error = Object.assign(new Error('sqlite says so'), { errcode });
    expect(faultOf('ledger', file, error)).toMatchObject({ name: 'Fault', kind, cause: error });
  });

  it('meets no other error of which people could do something', () => {
    for (const error of [new Error('a mistake'), Object.assign(new Error('sql'), { errcode: 1 }), 'text', undefined]) {
      expect(faultOf('ledger', file, error)).toBe(error);
    }
  });
});
