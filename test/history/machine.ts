import type { Chance } from '../../local/chance.ts';
import { fairWeather as fairBus } from '../../local/bus/weather.ts';
import { fairWeather as fairEc2 } from '../../local/ec2/weather.ts';
import { ticketWrongs } from '../oracle/history-tickets.ts';
import { People } from './people.ts';
import { BOOKS } from './policies.ts';
import { rollbackWrongs } from './rollbacks.ts';
import { HistoryStage } from './stage.ts';

/** One random history from its seed: what happens, how it is left, and all that is wrong with it. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const PAUSES_MS = [0, 0, 300, 2 * SECOND, 5 * SECOND, 20 * SECOND, 70 * SECOND, 4 * MINUTE, 16 * MINUTE];
/** The lag of reads at its longest, and what a run takes before it is killed. */
const LAG_MS = 150 * SECOND;
const RUN_MS = 65 * SECOND;
/** One history in so many goes on after its end: what was reverted last is rolled back. That takes as long again. */
const ROLLBACK_EVERY = 4;

export interface Played {
  readonly seed: number;
  readonly wrongs: readonly string[];
  readonly story: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

function stormy(stage: HistoryStage, chance: Chance): void {
  const { bus, ec2, serviceNow, fates } = stage;
  const seldom = (value: number): number => (chance.happens(0.3) ? value : 0);
  Object.assign(bus.weather, {
    lost: seldom(0.4),
    doubled: seldom(0.4),
    late: seldom(0.5),
    shuffled: seldom(0.5),
    redelivered: seldom(0.2),
  });
  Object.assign(ec2.weather, {
    throttled: seldom(0.15),
    refused: seldom(0.1),
    answersLost: seldom(0.2),
    slow: seldom(0.2),
    stale: seldom(0.3),
  });
  serviceNow.down = chance.happens(0.15);
  serviceNow.answersLost = chance.happens(0.1);
  fates.ledgerFails = seldom(0.05);
  if (chance.happens(0.3)) {
    fates.death = { left: chance.between(1, 25), when: chance.happens(0.5) ? 'before' : 'after' };
  }
}

function calm({ bus, ec2, serviceNow, fates }: HistoryStage): void {
  Object.assign(bus.weather, fairBus());
  Object.assign(ec2.weather, fairEc2());
  serviceNow.down = false;
  serviceNow.answersLost = false;
  fates.ledgerFails = 0;
  fates.death = undefined;
}

async function played(stage: HistoryStage, chance: Chance): Promise<void> {
  const people = new People(stage);
  people.begin();
  await stage.time.advanceBy(SECOND);
  const steps = chance.between(2, 6);
  for (let step = 0; step < steps; step += 1) {
    if (chance.happens(0.4)) stormy(stage, chance);
    const acts = chance.happens(0.25) ? chance.between(2, 3) : 1;
    for (let act = 0; act < acts; act += 1) people.act();
    await stage.time.advanceBy(PAUSES_MS[chance.between(0, PAUSES_MS.length - 1)] ?? 0);
  }
  calm(stage);
  // What is still on its way arrives, leases run out, and then the sweep comes.
  await stage.time.advanceBy(16 * MINUTE);
}

async function judged(stage: HistoryStage): Promise<readonly string[]> {
  const { judge, serviceNow, bus, ledger, time } = stage;
  const incidents = serviceNow.incidents().map(({ fields }) => ({
    number: fields.number,
    correlationId: fields.correlation_id,
    description: fields.description,
  }));
  const letters = bus.deadLetters().map(({ queue, reason }) => `a dead letter of ${queue}: ${reason}`);
  const { rows } = await ledger.due(time.now());
  const due = rows.map(({ target, sequence }) => `entry ${String(sequence)} of ${target.id} is still due`);
  return [...judge.wrongs, ...ticketWrongs(incidents, judge.told(), judge.everBreached), ...letters, ...due];
}

export async function play(seed: number): Promise<Played> {
  const namesList = seed % 3 === 0;
  const book = namesList ? BOOKS.listed : BOOKS.plain;
  const stage = new HistoryStage({ seed, book, namesList, windowMs: LAG_MS + RUN_MS });
  const chance = stage.chance.fork('machine');
  await played(stage, chance);
  stage.judge.judgeEnd(stage.time.now().getTime());
  // People hear of everything a little later: an outcome that nobody took is told again.
  await stage.time.advanceBy(32 * MINUTE);
  const left = await judged(stage);
  const { rolledBack, wrongs } =
    seed % ROLLBACK_EVERY === 0 ? await rollbackWrongs(stage) : { rolledBack: 0, wrongs: [] };
  const told = (text: string): number => stage.story.filter((line) => line.includes(text)).length;
  const counts = {
    ...stage.judge.counts,
    rolledBack,
    incidents: stage.serviceNow.incidents().length,
    deaths: told('a process dies'),
    refused: told(' Client.RequestLimitExceeded') + told(' Server.'),
  };
  const closing = stage.bus.close();
  await stage.time.advanceBy(0);
  await closing;
  return { seed, wrongs: [...left, ...wrongs], story: stage.story, counts };
}
