import { once } from 'node:events';
import { jsonLog } from '../shared/base/log.ts';
import type { Log } from '../shared/base/log.ts';
import { argumentsOf, HELP } from './arguments.ts';
import type { Arguments } from './arguments.ts';
import { playDemo } from './demo.ts';
import { interruption, lossOfReaders } from './ending.ts';
import { fleetOf } from './fleet/fleet.ts';
import { followPolicy } from './follow-policy.ts';
import {
  LEDGER,
  LEDGER_FILE,
  LOG_FILE,
  makeFolder,
  openLog,
  ORDERS,
  publish,
  renewRecord,
  STATE_FILE,
  withdraw,
} from './folder.ts';
import { SERVICENOW_USER } from './people.ts';
import type { PolicyRead } from './policy-watch.ts';
import { hasScreen, Show } from './show/show.ts';
import { refuseSecond } from './state.ts';
import { tellPolicy, tellStory, terminalTeller } from './story.ts';
import type { Teller } from './story.ts';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

/** As shells report a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** One seed is one fleet: whoever starts it again finds the groups where they were. */
const SEED = 'portcullis';

function tellAddresses({ common, places }: World, teller: Teller): void {
  const { addresses, policyPath } = common;
  teller.line(teller.paint('bold', 'Portcullis on a local cloud'));
  for (const [index, { site }] of places.entries()) {
    const start = index === 0 ? `EC2         ${addresses.ec2}` : ' '.repeat(`EC2         ${addresses.ec2}`.length);
    teller.line(`  ${start}   region ${site.region}, account ${site.account}`);
  }
  teller.line(`  ServiceNow  ${addresses.serviceNow}   user ${SERVICENOW_USER}`);
  teller.line(`  events      ${addresses.events}`);
  teller.line(`  queues      ${addresses.queues}`);
  teller.line(`  policy      ${policyPath}`);
  teller.line(`  log         ${LOG_FILE}`);
}

function tellWhatToTry({ places }: World, teller: Teller): void {
  const groups = [...places[0].ec2.world().groups];
  const web = groups.find(({ tags }) => tags.some(({ key, value }) => key === 'role' && value === 'web'));
  teller.line(`\nTry it from another terminal:\n`);
  teller.line('  . .portcullis/local.env');
  teller.line('  npx portcullis check --cloud aws');
  teller.line(
    `  aws ec2 authorize-security-group-ingress --group-id ${web?.id ?? ''} --protocol tcp --port 22 --cidr 0.0.0.0/0\n`,
  );
  teller.line('Ctrl-C ends it.\n');
}

/** The story of the fleet, line by line, for pipes and simple terminals. */
async function tell(world: World, teller: Teller, ended: AbortSignal): Promise<void> {
  tellAddresses(world, teller);
  tellStory(world, teller);
  tellWhatToTry(world, teller);
  for (const place of world.places) place.sweep();
  if (!ended.aborted) await once(ended, 'abort');
}

async function keepRunning(world: World, ended: AbortSignal): Promise<void> {
  const teller = terminalTeller(process.stdout);
  const show = hasScreen(process.stdout, process.env) ? new Show(world) : undefined;
  const tellOf = (read: PolicyRead): void => {
    if (show === undefined) tellPolicy(read, teller);
    else show.policyRead(read);
  };
  const watch = await followPolicy(world, world.common.policyPath, tellOf, (policies) => show?.begin(policies));
  try {
    if (show === undefined) {
      await tell(world, teller, ended);
    } else {
      await show.run(ended);
      teller.line(`${show.summary}\nThe log is in ${LOG_FILE}, the record in ${LEDGER_FILE}.`);
    }
  } finally {
    watch.close();
  }
}

async function playOnce(world: World, policyPath: string, ended: AbortSignal): Promise<void> {
  const teller = terminalTeller(process.stdout);
  tellAddresses(world, teller);
  tellStory(world, teller);
  await playDemo(world, teller, { policyPath, signal: ended });
}

async function play({ demo, policyPath, port }: Arguments, log: Log, readersLost: AbortSignal): Promise<void> {
  const interrupted = interruption();
  const ended = AbortSignal.any([interrupted, readersLost]);
  const places = demo ? {} : { places: fleetOf(SEED) };
  const world = await startWorld({ policyPath, log, port, ledger: LEDGER, orders: ORDERS, ...places });
  try {
    await publish(world);
    if (demo) {
      await playOnce(world, policyPath, ended);
      if (interrupted.aborted) process.exitCode = INTERRUPTED;
    } else {
      await keepRunning(world, ended);
    }
  } finally {
    await withdraw();
    await world.close();
  }
}

async function run(given: Arguments, readersLost: AbortSignal): Promise<void> {
  await makeFolder();
  await refuseSecond(STATE_FILE);
  await renewRecord();
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
