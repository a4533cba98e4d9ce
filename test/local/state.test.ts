import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseSecond, removeState, writeState } from '../../local/state.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-state-'));
  path = join(folder, 'local.json');
});
afterEach(() => rm(folder, { recursive: true }));

const MINE = { pid: process.pid, ec2: 'http://127.0.0.1:1', secret: 'key' };
/** A process that lives, and is not this one. */
const OTHER = { ...MINE, pid: process.ppid };
/** Beyond what Linux gives out. */
const DEAD = { ...MINE, pid: 2 ** 22 + 1 };

async function leave(state: object): Promise<void> {
  await writeFile(path, JSON.stringify(state), { mode: 0o644 });
}

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777;
}

describe('writing', () => {
  it.each([
    ['where there is none', () => Promise.resolve()],
    ['over one that everybody may read', () => leave(DEAD)],
    ['beside what a killed process has left half written', () => writeFile(`${path}.${String(process.pid)}`, '{')],
  ])('makes a file for its owner only, and nothing beside it, %s', async (_where, prepare) => {
    await prepare();
    for (const file of await readdir(folder)) await chmod(join(folder, file), 0o666);
    await writeState(path, MINE);
    expect(await modeOf(path)).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(MINE);
    expect(await readdir(folder)).toEqual(['local.json']);
  });

  it('replaces a link, and leaves what it leads to as it is', async () => {
    const other = join(folder, 'other.txt');
    await writeFile(other, 'untouched');
    await symlink('other.txt', path);
    await writeState(path, MINE);
    expect(await readFile(other, 'utf8')).toBe('untouched');
    expect(await modeOf(path)).toBe(0o600);
  });

  it('says in one line where it cannot, and leaves nothing beside it', async () => {
    await mkdir(path);
    await expect(writeState(path, MINE)).rejects.toThrow(/^`[^`]*local\.json` cannot be written; [^\n]*$/);
    expect(await readdir(folder)).toEqual(['local.json']);
  });
});

describe('a second start', () => {
  it('is refused while the first one lives, with its process and its address', async () => {
    await leave(OTHER);
    await expect(refuseSecond(path)).rejects.toThrow(
      `a local cloud is running here already (pid ${String(OTHER.pid)}, EC2 at \`http://127.0.0.1:1\`); end it first, or`,
    );
  });

  it.each([
    ['of a process that is dead', JSON.stringify(DEAD)],
    ['with our own id, as containers give it again', JSON.stringify(MINE)],
    ['of no process', JSON.stringify({ ...MINE, pid: -1 })],
    ['of something else', '[]'],
    ['that is half written', '{"pid": 1,'],
  ])('is not refused by a file %s', async (_what, text) => {
    await writeFile(path, text);
    await expect(refuseSecond(path)).resolves.toBeUndefined();
  });

  it('is not refused where there is no file', async () => {
    await expect(refuseSecond(path)).resolves.toBeUndefined();
  });
});

describe('removing', () => {
  it('takes away our own file', async () => {
    await writeState(path, MINE);
    await removeState(path);
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves another one's", async () => {
    await leave(OTHER);
    await removeState(path);
    expect(await readdir(folder)).toEqual(['local.json']);
  });
});
