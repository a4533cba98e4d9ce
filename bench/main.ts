// `npm run bench [-- NAME...]`: measures, prints a table, and keeps the figures in bench/results.json.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { askedFor } from './asked.ts';
import type { Bench, BenchResult } from './bench.ts';
import { eventClose } from './event-close.ts';
import { judging } from './judging.ts';
import { merged, resultsIn, textOf } from './results.ts';
import { sweeps } from './sweep.ts';
import { tableOf } from './table.ts';

const BENCHES: readonly Bench[] = [judging, eventClose, sweeps];
const FILE = join(import.meta.dirname, 'results.json');
const GIGABYTE = 1024 ** 3;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What figures depend on, and nothing that names whose machine it is. */
function machineText(): string {
  const cores = cpus();
  const memory = `${(totalmem() / GIGABYTE).toFixed(0)} GB`;
  return `${cores[0]?.model.trim() ?? 'unknown processor'}, ${String(cores.length)} cores, ${memory}, Node ${process.version}`;
}

async function run(names: ReadonlySet<string>): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const bench of BENCHES) {
    if (!bench.names.some((name) => names.has(name))) continue;
    try {
      results.push(...(await bench.run((name) => names.has(name), say)));
    } catch (error) {
      // What the others measure is still worth having; the exit code says that something is missing.
      process.exitCode = 1;
      console.error(error);
    }
  }
  return results;
}

/** Whoever reads the file meanwhile sees the old one or the new one, never half of one. */
async function keep(results: readonly BenchResult[], names: readonly string[]): Promise<void> {
  const before = await readFile(FILE, 'utf8').catch(() => undefined);
  const known = before === undefined ? undefined : resultsIn(before);
  if (before !== undefined && known === undefined) say(`\`${FILE}\` was no document of version 1; it is written anew`);
  const now = { machine: machineText(), date: new Date().toISOString(), results };
  const draft = `${FILE}.${String(process.pid)}`;
  await writeFile(draft, textOf(merged(known, now, names)));
  await rename(draft, FILE);
}

const names = BENCHES.flatMap((bench) => bench.names);
const asked = askedFor(process.argv.slice(2), names);
if (asked.kind === 'unknown') {
  say(asked.why);
  process.exitCode = 2;
} else {
  const results = await run(asked.names);
  if (results.length > 0) await keep(results, names);
  for (const line of tableOf(results)) process.stdout.write(`${line}\n`);
}
