import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

let folder: string;
const running: Started[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-start-'));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.kill();
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves once the output has this. */
  told(text: string): Promise<void>;
  send(signal: NodeJS.Signals): void;
  /** As `| head` does once it has read enough. */
  stopReading(): void;
  kill(): Promise<unknown>;
}

/** `npm start -- ARGS`, from a folder of its own. */
function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [join(ROOT, 'local/main.ts'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  const started: Started = {
    pid: child.pid ?? 0,
    ended,
    told: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        void ended.then(() => {
          reject(new Error(`it ended without \`${text}\`: ${stdout}${stderr}`));
        });
        look();
      }),
    send: (signal) => {
      child.kill(signal);
    },
    stopReading: () => {
      child.stdout.destroy();
    },
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
  running.push(started);
  return started;
}

const WEB_TIER = join(ROOT, 'examples/policies/web-tier.yaml');

function serve(): Started {
  return start('--policy', WEB_TIER);
}

const READY = 'Ctrl-C ends it.';

describe('an end', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)('by %s is clean', async (signal) => {
    const cloud = serve();
    await cloud.told(READY);
    cloud.send(signal);
    expect(await cloud.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(await readdir(join(folder, '.portcullis'))).toEqual(['local.log']);
  });

  it.each([
    ['the demo', ['--demo']],
    ['the local cloud', []],
  ])('of whoever reads what %s tells is no error', async (_what, args) => {
    const cloud = start(...args, '--policy', WEB_TIER);
    cloud.stopReading();
    expect(await cloud.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(await readdir(join(folder, '.portcullis'))).toEqual(['local.log']);
  });
});

it('a second start says that one is running, and leaves that one alone', async () => {
  const first = serve();
  await first.told(READY);
  const { code, stdout, stderr } = await serve().ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    new RegExp(`^portcullis: a local cloud is running here already \\(pid ${String(first.pid)}, EC2 at [^\\n]*\\n$`),
  );
  const state: unknown = JSON.parse(await readFile(join(folder, '.portcullis/local.json'), 'utf8'));
  expect(state).toMatchObject({ pid: first.pid });
});

it('a log that is a folder is told in one line', async () => {
  await mkdir(join(folder, '.portcullis/local.log'), { recursive: true });
  const { code, stdout, stderr } = await serve().ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^portcullis: log `\.portcullis\/local\.log` cannot be opened; expected a file [^\n]*\n$/);
});
