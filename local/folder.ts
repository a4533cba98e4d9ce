import type { WriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { makeKeyFile } from '../shared/grants/key-file.ts';
import { userSettings } from './environment.ts';
import type { OrderSettings } from './environment.ts';
import { SERVICENOW_PASSWORD, SERVICENOW_USER } from './people.ts';
import { isOwnState, removeState, writeState, writeWhole } from './state.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

/* The folder that a local cloud has in the one it was started in, and what other programs find there. */

const FOLDER = '.portcullis';
export const STATE_FILE = `${FOLDER}/local.json`;
const SETTINGS_FILE = `${FOLDER}/local.env`;
export const LOG_FILE = `${FOLDER}/local.log`;
export const LEDGER_FILE = `${FOLDER}/ledger.db`;
const GRANTS_FILE = `${FOLDER}/grants.db`;
const KEY_FILE = `${FOLDER}/grants.key`;

/** The record of this start, for every program that has the settings: its path is whole, wherever they are read. */
export const LEDGER = `sqlite:${resolve(LEDGER_FILE)}`;

/** What operators order in this start. */
export const ORDERS: OrderSettings = { store: `sqlite:${resolve(GRANTS_FILE)}`, key: `file:${resolve(KEY_FILE)}` };

export async function makeFolder(): Promise<void> {
  await mkdir(FOLDER, { recursive: true }).catch((cause: unknown) => {
    throw new Error(`folder \`${FOLDER}\` cannot be made here; start from a folder that you may write to`, { cause });
  });
}

/** The local cloud starts anew, and so does what is recorded of it and ordered in it. */
export async function renewRecord(): Promise<void> {
  for (const file of [LEDGER_FILE, GRANTS_FILE]) {
    // SQLite keeps the newest writes beside the file; without it they would be somebody else's.
    for (const ending of ['', '-wal', '-shm']) await rm(`${file}${ending}`, { force: true });
  }
  await rm(KEY_FILE, { force: true });
  await makeKeyFile(KEY_FILE);
}

export async function openLog(): Promise<WriteStream> {
  const file = await open(LOG_FILE, 'a', 0o600).catch((cause: unknown) => {
    throw new Error(`log \`${LOG_FILE}\` cannot be opened; expected a file that you may write to, or none`, { cause });
  });
  const stream = file.createWriteStream();
  stream.on('error', ({ message }) => {
    process.stderr.write(`portcullis: log \`${LOG_FILE}\` cannot be written: ${message}\n`);
  });
  return stream;
}

function stateOf({ places, common: { addresses } }: World): State {
  const [{ site: first }] = places;
  return {
    ...addresses,
    region: first.region,
    account: first.account,
    credentials: first.staff.user,
    places: places.map(({ site: { account, name, region, staff } }) => ({
      account,
      name,
      region,
      credentials: staff.user,
    })),
    serviceNowUser: SERVICENOW_USER,
    serviceNowPassword: SERVICENOW_PASSWORD,
    pid: process.pid,
  };
}

/** A value as a shell takes it, whatever is in it. */
function shellText(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** The settings of a command line in the first place, for `. .portcullis/local.env`. */
export function settingsText({ places: [{ site }], common }: Pick<World, 'places' | 'common'>): string {
  const lines = Object.entries(userSettings(site, common)).map(([name, value]) => `export ${name}=${shellText(value)}`);
  // Both would be asked before the keys that stand here.
  return ['unset AWS_PROFILE AWS_SESSION_TOKEN', ...lines, ''].join('\n');
}

/** Lets other programs find the world. The state comes last: whoever sees it finds the rest, too. */
export async function publish(world: World): Promise<void> {
  await writeWhole(SETTINGS_FILE, settingsText(world));
  await writeState(STATE_FILE, stateOf(world));
}

/** Another local cloud may have been started since, and the files are its own then. */
export async function withdraw(): Promise<void> {
  if (!(await isOwnState(STATE_FILE))) return;
  await rm(SETTINGS_FILE, { force: true });
  await removeState(STATE_FILE);
}
