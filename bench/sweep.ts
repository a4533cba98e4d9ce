// A sweep of a whole account: seconds, calls, and memory of our side.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Bench, BenchResult } from './bench.ts';
import { SlowCloud } from './slow-cloud.ts';
import { groupId, groupOf, OPEN_EVERY, POLICY } from './fleet.ts';
import type { HostFigures, Hosted } from './sweep-host.ts';
import type { SweepFigures } from './sweep-run.ts';
import { simulatedTime } from './toll-time.ts';
import { roundTripsOf } from './tolls.ts';

const SIZES = [1_000, 10_000, 100_000] as const;
const MEGABYTE = 1024 ** 2;

const hostedShape: z.ZodType<Hosted> = z.object({ ec2Url: z.string(), eventsUrl: z.string() });
const hostFiguresShape: z.ZodType<HostFigures> = z.object({ calls: z.number() });
const figuresShape: z.ZodType<SweepFigures> = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  heapBytes: z.number(),
  firstHeapBytes: z.number(),
  memoryBytes: z.number(),
  ledgerReads: z.number(),
  firewalls: z.number(),
  reverted: z.number(),
  errors: z.array(z.string()),
});

/** A program of this folder in a process of its own. It ends with this one. */
function started(program: string, args: readonly string[], flags: readonly string[] = []): ChildProcess {
  return fork(join(import.meta.dirname, program), args, { execArgv: [...flags] });
}

/** The next thing that a process tells. Throws where it ends without a word. */
async function told<T>(child: ChildProcess, shape: z.ZodType<T>): Promise<T> {
  const isOver = new AbortController();
  const { signal } = isOver;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process of the bench ended with ${String(code)}`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as readonly unknown[];
    return shape.parse(message);
  } finally {
    isOver.abort();
  }
}

interface Swept extends SweepFigures {
  readonly calls: number;
}

async function sweptOf(size: number): Promise<Swept> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const host = started('sweep-host.ts', [String(size)], ['--max-old-space-size=8192']);
  try {
    await writeFile(join(folder, 'policy.yaml'), POLICY);
    const { ec2Url, eventsUrl } = await told(host, hostedShape);
    const ours = started('sweep-run.ts', [ec2Url, eventsUrl, folder], ['--expose-gc']);
    const figures = await told(ours, figuresShape);
    host.send('figures');
    return { ...figures, ...(await told(host, hostFiguresShape)) };
  } finally {
    // It ends then; where it has ended before, there is nobody to tell.
    if (host.connected) host.disconnect();
    await rm(folder, { recursive: true });
  }
}

/** Figures of a sweep that did not do its work would be worth nothing. */
function check(size: number, { firewalls, reverted, errors }: Swept): void {
  // The VPC's default group is there beside the fleet.
  const isWhole = firewalls === size + 1 && reverted === Math.ceil(size / OPEN_EVERY) && errors.length === 0;
  if (isWhole) return;
  throw new Error(
    `the sweep of ${String(size)} groups saw ${String(firewalls)} and reverted ${String(reverted)}: ${errors.slice(0, 3).join('; ')}`,
  );
}

function linesOf(size: number, swept: Swept): readonly BenchResult[] {
  const name = `sweep-${String(size)}`;
  return [
    { name, unit: 's', value: swept.seconds },
    { name: `${name}-cpu`, unit: 's of our own processor time', value: swept.cpuSeconds },
    { name: `${name}-heap`, unit: 'MB of heap in use, at most', value: swept.heapBytes / MEGABYTE },
    { name: `${name}-memory`, unit: 'MB of memory of the process, at most', value: swept.memoryBytes / MEGABYTE },
    { name: `${name}-calls`, unit: 'calls to EC2', value: swept.calls },
    { name: `${name}-ledger`, unit: 'reads of the ledger', value: swept.ledgerReads },
  ];
}

function namesOf(size: number): readonly string[] {
  return ['', '-cpu', '-heap', '-memory', '-calls', '-ledger'].map((what) => `sweep-${String(size)}${what}`);
}

/** As many firewalls as a part of a sweep has. */
const PART = 50;
const PART_CALLS = 'sweep-part-calls';

/** How many calls a part of right firewalls makes one after the other; the process has had a part before. */
export async function callsOfPart(): Promise<number> {
  const groups = Array.from({ length: PART }, (_, number) => ({ ...groupOf(number + 1), id: groupId(number) }));
  const cloud = await SlowCloud.open(POLICY, simulatedTime(), groups);
  try {
    const ids = groups.map(({ id }) => id);
    await cloud.swept(ids);
    return roundTripsOf(await cloud.swept(ids));
  } finally {
    await cloud.close();
  }
}

export const sweeps: Bench = {
  names: [PART_CALLS, ...SIZES.flatMap(namesOf)],
  async run(isWanted, say) {
    const results: BenchResult[] = [];
    if (isWanted(PART_CALLS)) {
      results.push({ name: PART_CALLS, unit: 'calls in a row, all clouds', value: await callsOfPart() });
    }
    for (const size of SIZES) {
      if (!namesOf(size).some(isWanted)) continue;
      say(`a sweep of ${String(size)} groups`);
      const swept = await sweptOf(size);
      check(size, swept);
      results.push(...linesOf(size, swept).filter(({ name }) => isWanted(name)));
    }
    return results;
  },
};
