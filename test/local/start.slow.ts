import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'cli/main.ts');

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

/** What a local cloud leaves behind for whoever wants to know what happened: nothing that opens anything. */
const LEFT = ['grants.db', 'grants.key', 'ledger.db', 'local.log'];

describe('an end', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)('by %s is clean', async (signal) => {
    const cloud = serve();
    await cloud.told(READY);
    cloud.send(signal);
    expect(await cloud.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(await readdir(join(folder, '.portcullis'))).toEqual(LEFT);
  });

  it.each([
    ['the demo', ['--demo']],
    ['the local cloud', []],
  ])('of whoever reads what %s tells is no error', async (_what, args) => {
    const cloud = start(...args, '--policy', WEB_TIER);
    cloud.stopReading();
    expect(await cloud.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(await readdir(join(folder, '.portcullis'))).toEqual(LEFT);
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

it('starts again after it was killed, with a record of its own', async () => {
  const first = serve();
  await first.told('opened, about sg-');
  await first.kill();
  expect(await readdir(join(folder, '.portcullis'))).toContain('local.json');
  const second = serve();
  await second.told(READY);
  const state: unknown = JSON.parse(await readFile(join(folder, '.portcullis/local.json'), 'utf8'));
  expect(state).toMatchObject({ pid: second.pid, places: expect.arrayContaining([expect.anything()]) as unknown });
  await second.told('opened, about sg-');
  second.send('SIGINT');
  expect(await second.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(join(folder, '.portcullis'))).toEqual(LEFT);
});

it('gives a shell the settings with which the command line works', async () => {
  const cloud = start('--policy', join(ROOT, 'examples/fleet/fleet.yaml'));
  await cloud.told(READY);
  const settings = join(folder, '.portcullis/local.env');
  expect((await stat(settings)).mode & 0o777).toBe(0o600);
  const check = spawn(
    'sh',
    ['-c', `. .portcullis/local.env && exec "$0" "$1" check --cloud aws`, process.execPath, CLI],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], AWS_PROFILE: 'nobody', AWS_SESSION_TOKEN: 'old' },
    },
  );
  let page = '';
  check.stdout.on('data', (data: Buffer) => (page += data.toString()));
  const code = await new Promise((resolve) => check.on('close', resolve));
  expect(page).toMatch(/28 firewalls, 28 governed, 0 ungoverned\n$/);
  expect(code).toBe(1);
});

it('refuses a policy that is wrong from the start', async () => {
  await writeFile(join(folder, 'policy.yaml'), 'version: 1\npolicies:\n  - { name: a, ingress: { alow: [] } }\n');
  const { code, stdout, stderr } = await start('--policy', 'policy.yaml').ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^portcullis: policy `policy\.yaml` line 3: unknown key `alow`/);
  expect(await readdir(join(folder, '.portcullis'))).toEqual(['grants.key', 'local.log']);
});

it('tells of a mistake in the policy while it runs', async () => {
  const path = join(folder, 'policy.yaml');
  const policy = await readFile(WEB_TIER, 'utf8');
  await writeFile(path, policy);
  const cloud = start('--policy', 'policy.yaml');
  await cloud.told(READY);
  await writeFile(path, policy.replace('from: anywhere', 'form: anywhere'));
  await cloud.told('policy `policy.yaml` line 19: unknown key `form`');
  await cloud.told('nothing has changed: the last good policy still holds');
  await writeFile(path, policy);
  await cloud.told('read again, and in force from now on');
  cloud.send('SIGINT');
  expect(await cloud.ended).toMatchObject({ code: 0, stderr: '' });
});
