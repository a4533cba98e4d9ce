import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { jsonLog } from '../shared/base/log.ts';
import type { Log } from '../shared/base/log.ts';
import { playDemo } from './demo.ts';
import { ACCOUNT, ALEX, REGION, SERVICENOW_PASSWORD, SERVICENOW_USER } from './people.ts';
import { refuseSecond, removeState, writeState } from './state.ts';
import type { State } from './state.ts';
import { tellStory, terminalTeller } from './story.ts';
import type { Teller } from './story.ts';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

const FOLDER = '.portcullis';
const STATE_FILE = `${FOLDER}/local.json`;
const LOG_FILE = `${FOLDER}/local.log`;

/** As shells report a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

const HELP = `usage: npm start -- [--demo] [--policy PATH] [--port PORT]

Starts a local cloud (EC2, ServiceNow, an event bus) with Portcullis' own functions on it.

  --demo         plays a short story by real calls, and ends by itself
  --policy PATH  a policy file or folder (default: examples/policies/web-tier.yaml)
  --port PORT    the first of four ports (default: free ones)
`;

interface Arguments {
  readonly demo: boolean;
  readonly policyPath: string;
  readonly port: number | undefined;
}

/** Undefined where the help was asked for. */
function argumentsOf(args: readonly string[]): Arguments | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      demo: { type: 'boolean', default: false },
      policy: { type: 'string', default: 'examples/policies/web-tier.yaml' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_532)) {
    throw new Error(`\`--port ${values.port ?? ''}\` is no port; write a number from 1 to 65532`);
  }
  return { demo: values.demo, policyPath: values.policy, port };
}

function tellAddresses(world: World, teller: Teller, policyPath: string): void {
  teller.line(teller.paint('bold', 'Portcullis on a local cloud'));
  teller.line(`  EC2         ${world.ec2Url}   region ${REGION}, account ${ACCOUNT}`);
  teller.line(`  ServiceNow  ${world.serviceNowUrl}   user ${SERVICENOW_USER}`);
  teller.line(`  events      ${world.eventsUrl}`);
  teller.line(`  queues      ${world.queuesUrl}`);
  teller.line(`  policy      ${policyPath}`);
  teller.line(`  log         ${LOG_FILE}`);
}

function tellWhatToTry(world: World, teller: Teller): void {
  teller.line(`\nTry it from another terminal:\n`);
  teller.line(`  export AWS_ENDPOINT_URL_EC2=${world.ec2Url} AWS_REGION=${REGION}`);
  teller.line(`  export AWS_ACCESS_KEY_ID=${ALEX.accessKeyId} AWS_SECRET_ACCESS_KEY=${ALEX.secretAccessKey}`);
  teller.line('  aws ec2 create-security-group --group-name web --description web \\');
  teller.line(`    --tag-specifications 'ResourceType=security-group,Tags=[{Key=role,Value=web}]'`);
  teller.line('  aws ec2 authorize-security-group-ingress --group-name web --protocol tcp --port 22 --cidr 0.0.0.0/0');
  teller.line('  npx portcullis check --cloud aws --policy examples/policies/web-tier.yaml\n');
  teller.line('Ctrl-C ends it.\n');
}

function stateOf(world: World): State {
  return {
    ec2: world.ec2Url,
    serviceNow: world.serviceNowUrl,
    events: world.eventsUrl,
    queues: world.queuesUrl,
    region: REGION,
    account: ACCOUNT,
    credentials: ALEX,
    serviceNowUser: SERVICENOW_USER,
    serviceNowPassword: SERVICENOW_PASSWORD,
    pid: process.pid,
  };
}

/** Aborted by Ctrl-C, by whoever ends the process politely, or because its terminal is closed. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

/**
 * Aborted once nobody reads any more what is written: `| head` closes the pipe early (EPIPE), and a terminal may be gone
 * (EIO). Both are no errors.
 */
function lossOfReaders(): AbortSignal {
  const controller = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      controller.abort();
    });
  }
  return controller.signal;
}

async function openLog(): Promise<WriteStream> {
  const file = await open(LOG_FILE, 'a', 0o600).catch((cause: unknown) => {
    throw new Error(`log \`${LOG_FILE}\` cannot be opened; expected a file that you may write to, or none`, { cause });
  });
  const stream = file.createWriteStream();
  stream.on('error', ({ message }) => {
    process.stderr.write(`portcullis: log \`${LOG_FILE}\` cannot be written: ${message}\n`);
  });
  return stream;
}

async function play({ demo, policyPath, port }: Arguments, log: Log, readersLost: AbortSignal): Promise<void> {
  const teller = terminalTeller(process.stdout);
  const interrupted = interruption();
  const ended = AbortSignal.any([interrupted, readersLost]);
  const world = await startWorld({ policyPath, log, port });
  try {
    await writeState(STATE_FILE, stateOf(world));
    tellAddresses(world, teller, policyPath);
    tellStory(world, teller);
    if (demo) {
      await playDemo(world, teller, { policyPath, signal: ended });
      if (interrupted.aborted) process.exitCode = INTERRUPTED;
    } else {
      tellWhatToTry(world, teller);
      if (!ended.aborted) await once(ended, 'abort');
    }
  } finally {
    await removeState(STATE_FILE);
    await world.close();
  }
}

async function run(given: Arguments, readersLost: AbortSignal): Promise<void> {
  await mkdir(FOLDER, { recursive: true }).catch((cause: unknown) => {
    throw new Error(`folder \`${FOLDER}\` cannot be made here; start from a folder that you may write to`, { cause });
  });
  await refuseSecond(STATE_FILE);
  const stream = await openLog();
  const log = jsonLog(
    (line) => stream.write(line),
    () => new Date(),
  );
  try {
    await play(given, log, readersLost);
  } finally {
    stream.end();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isUsage = 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return isUsage ? `${error.message}; \`npm start -- --help\` lists the options` : error.message;
}

const readersLost = lossOfReaders();
try {
  const given = argumentsOf(process.argv.slice(2));
  if (given === undefined) process.stdout.write(HELP);
  else await run(given, readersLost);
} catch (error) {
  process.stderr.write(`portcullis: ${messageOf(error)}\n`);
  process.exitCode = 2;
}
