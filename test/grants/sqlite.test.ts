import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../shared/grants/rows.ts';
import { SqliteRows } from '../../shared/grants/sqlite.ts';
import { SqliteLedger } from '../../shared/ledger/sqlite.ts';
import { describeStore } from './contract.ts';
import { after, START } from './samples.ts';

let folder: string;
let file: string;
let opened: SqliteRows[];
const time = { atMs: START };
const CLOCK = { now: (): Date => new Date(time.atMs) };

beforeEach(() => {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'portcullis-grants-'));
  file = join(folder, 'grants.db');
  opened = [];
  time.atMs = START;
});

afterEach(() => {
  for (const one of opened) one.close();
  rmSync(folder, { recursive: true });
});

function open(busyMs?: number): SqliteRows {
  const rows = new SqliteRows(file, CLOCK, busyMs);
  opened.push(rows);
  return rows;
}

function row(key: string, forgetAt?: Date): Row {
  return { key, text: 'text', mac: 'mac', forgetAt };
}

async function keysIn(rows: SqliteRows): Promise<readonly string[]> {
  return (await rows.all()).map(({ key }) => key);
}

describeStore('grants in a file', () => ({ rows: open(), elsewhere: open() }));

describe('a file of grants', () => {
  it('is there for another process, and what that one writes is seen here', async () => {
    const rows = open();
    await rows.add(row('grant/here'));
    const module = JSON.stringify(join(import.meta.dirname, '../../shared/grants/sqlite.ts'));
    const script = `import { SqliteRows } from ${module};
      const rows = new SqliteRows(${JSON.stringify(file)}, { now: () => new Date(${String(START)}) });
      await rows.add({ key: 'grant/there', text: 'text', mac: 'mac', forgetAt: undefined });
      process.stdout.write((await rows.all()).map(({ key }) => key).join());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'grant/here,grant/there', stderr: '' });
    expect(await keysIn(rows)).toEqual(['grant/here', 'grant/there']);
  });

  it('forgets at a write what may be forgotten by then, and nothing else', async () => {
    const rows = open();
    await rows.add(row('grant/a', after(1_000)));
    await rows.add(row('grant/b', after(1_001)));
    await rows.put(row('pause'));
    time.atMs = START + 1_000;
    expect(await keysIn(rows)).toEqual(['grant/a', 'grant/b', 'pause']);
    await rows.remove('grant/none');
    expect(await keysIn(rows)).toEqual(['grant/b', 'pause']);
    time.atMs = START + 1e12;
    expect(await rows.add(row('grant/b', after(2e12)))).toBe(true);
    expect(await keysIn(rows)).toEqual(['grant/b', 'pause']);
  });

  it('is for this user alone', async () => {
    await open().put(row('pause'));
    for (const name of ['', '-wal', '-shm']) expect(statSync(`${file}${name}`).mode & 0o777, name).toBe(0o600);
  });

  it('that another process writes to is unavailable in time, and can be read all the same', async () => {
    const rows = open(1);
    await rows.put(row('pause'));
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(rows.add(row('grant/a'))).rejects.toMatchObject({
      name: 'Fault',
      kind: 'unavailable',
      message: expect.stringMatching(/^grants `[^`]+`: another process is writing/) as string,
    });
    expect(await keysIn(rows)).toEqual(['pause']);
    other.exec('ROLLBACK');
    other.close();
    expect(await rows.add(row('grant/a'))).toBe(true);
  });

  it('is no ledger, and a ledger is none', () => {
    open();
    const ledger = join(folder, 'ledger.db');
    new SqliteLedger(ledger, CLOCK).close();
    const complaint = (noun: string): unknown =>
      expect.objectContaining({
        kind: 'unsupported',
        message: expect.stringMatching(new RegExp(`^${noun} \`.*something else.*made for the ${noun}`)) as string,
      });
    expect(() => new SqliteLedger(file, CLOCK)).toThrow(complaint('ledger'));
    expect(() => new SqliteRows(ledger, CLOCK)).toThrow(complaint('grants'));
  });
});
