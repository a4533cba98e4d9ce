import { readFile, rename, rm, writeFile } from 'node:fs/promises';

/** What other programs need to reach the local cloud, and the process that runs it. */
export interface State {
  readonly pid: number;
  readonly ec2: string;
  readonly [name: string]: unknown;
}

function isState(value: unknown): value is State {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('ec2' in value)) return false;
  return Number.isSafeInteger(value.pid) && Number(value.pid) > 0 && typeof value.ec2 === 'string';
}

/** The state that a file has. Undefined where there is none, or something else. */
async function readState(path: string): Promise<State | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isState(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too; we only may not send it anything.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Throws where another process runs a local cloud from this file. A file that a killed one has left behind stands in
 * nobody's way, nor does one with our own id: in a container, each start may get the same one.
 */
export async function refuseSecond(path: string): Promise<void> {
  const state = await readState(path);
  if (state === undefined || state.pid === process.pid || !isAlive(state.pid)) return;
  throw new Error(
    `a local cloud is running here already (pid ${String(state.pid)}, EC2 at \`${state.ec2}\`); end it first, or remove \`${path}\` if that process is another program`,
  );
}

/** Replaces the file whole, so that nobody reads half of it. It has keys in it, and only its owner may read them. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${String(process.pid)}`;
  try {
    await rm(beside, { force: true });
    // `wx` makes the file anew, so that its mode is ours and no link is followed.
    await writeFile(beside, text, { mode: 0o600, flag: 'wx' });
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new Error(`\`${path}\` cannot be written; remove what is there, and let this user write to its folder`, {
      cause,
    });
  }
}

export async function writeState(path: string, state: State): Promise<void> {
  await writeWhole(path, `${JSON.stringify(state, undefined, 2)}\n`);
}

/** Whether it is this process that the file tells of. */
export async function isOwnState(path: string): Promise<boolean> {
  return (await readState(path))?.pid === process.pid;
}

/** Another local cloud may have been started since, and the file is its own then. */
export async function removeState(path: string): Promise<void> {
  if (await isOwnState(path)) await rm(path, { force: true });
}
