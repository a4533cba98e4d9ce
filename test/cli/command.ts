import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const COMMAND = resolve(import.meta.dirname, '../../cli/portcullis.mjs');

/** The moment as of which every test judges that does not say another. */
export const AT = '2026-11-24T12:00:00Z';

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own with these files in it; values that are not texts are written as JSON. */
export async function folderOf(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-cli-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    await writeFile(join(folder, name), isRaw ? content : JSON.stringify(content, undefined, 2));
  }
  return folder;
}

/** Nothing of the environment of whoever runs the tests may change an answer. */
const BARE = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  TZ: 'Asia/Shanghai',
  // Compiled once for all the processes of the tests: they start in half the time.
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../node_modules/.cache/cli-tests'),
};

/** Runs the real command as a process of its own. */
export async function portcullis(
  folder: string,
  args: readonly string[],
  more: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: { ...BARE, ...more.env } });
  child.stdin.on('error', () => undefined);
  child.stdin.end(more.stdin ?? '');
  const closed = new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** What a reader of the command's output saw, and what its exit code was. `2>&1` may be one of the arguments. */
export async function portcullisInto(folder: string, args: readonly string[], reader: string): Promise<Said> {
  // A shell's pipeline has the exit code of its reader, so the command's own one goes round it.
  const quoted = args.map((arg) => (arg === '2>&1' ? arg : `'${arg}'`)).join(' ');
  const line = `{ { "$0" "$1" ${quoted}; echo "$?" >&3; } | ${reader} >&4; } 4>&1 3>&1 | cat`;
  const child = spawn('/bin/sh', ['-c', line, process.execPath, COMMAND], { cwd: folder, env: BARE });
  const [all, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [, stdout = '', code] = /^([^]*?)(\d+)\n$/.exec(all) ?? [];
  return { code: code === undefined ? null : Number(code), stdout, stderr };
}

/** Runs it on a terminal of 80 columns, made by script(1) of util-linux; `answer` is typed once it asks. */
export async function portcullisOnTerminal(
  folder: string,
  args: readonly string[],
  { answer, env }: { readonly answer: string; readonly env: Readonly<Record<string, string>> },
): Promise<Said> {
  const quoted = [process.execPath, COMMAND, ...args].map((arg) => `'${arg}'`).join(' ');
  const line = `stty cols 80 -echo; exec ${quoted}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env: { ...BARE, ...env } });
  child.stdin.on('error', () => undefined);
  let stdout = '';
  let isAnswered = false;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    stdout += chunk;
    if (isAnswered || !stdout.includes('is taken: ')) return;
    isAnswered = true;
    child.stdin.write(`${answer}\n`);
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  // A terminal's line ends, and what moves its cursor about the question.
  const plain = stdout
    .replaceAll('\r\n', '\n')
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replaceAll('\r', '');
  return { code, stdout: plain, stderr: '' };
}
