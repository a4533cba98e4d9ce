// The document that `npm run bench` keeps: what was measured, on which machine, and when.
import { z } from 'zod';
import type { BenchResult } from './bench.ts';

const figures = z.record(z.string(), z.number());
const result = z
  .object({ name: z.string(), unit: z.string(), value: z.number(), ratioTo: figures.optional() })
  .transform(({ ratioTo, ...rest }): BenchResult => (ratioTo === undefined ? rest : { ...rest, ratioTo }));
const document = z.object({
  version: z.literal(1),
  machine: z.string(),
  date: z.string(),
  results: z.array(result).readonly(),
});

export type Results = Readonly<z.infer<typeof document>>;

/** The document in a text, or undefined where the text is none of this version. */
export function resultsIn(text: string): Results | undefined {
  try {
    return document.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function textOf(results: Results): string {
  return `${JSON.stringify(results, undefined, 2)}\n`;
}

/**
 * What was measured before and now, in the order of `names`. A run of some names keeps the figures of the others, but
 * only those of this machine: two machines in one document would be compared by whoever reads it. What has no name any
 * more is dropped. The date is that of the newest run.
 */
export function merged(
  before: Results | undefined,
  now: Pick<Results, 'machine' | 'date' | 'results'>,
  names: readonly string[],
): Results {
  const kept = before?.machine === now.machine ? before.results : [];
  const byName = new Map([...kept, ...now.results].map((one) => [one.name, one]));
  const results = names.flatMap((name) => byName.get(name) ?? []);
  return { version: 1, machine: now.machine, date: now.date, results };
}
