// Results -> a table for people.
import type { BenchResult } from './bench.ts';

/** Whole numbers as they are, others with three digits that count. */
function figure(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function ratios({ ratioTo = {} }: BenchResult): string {
  return Object.entries(ratioTo)
    .map(([name, ratio]) => `${name} ${figure(ratio)}`)
    .join(', ');
}

/** A line for each result: name, value, unit, and ours divided by theirs. 100 columns are enough for the names that there are. */
export function tableOf(results: readonly BenchResult[]): readonly string[] {
  const rows = results.map((one) => [one.name, figure(one.value), one.unit, ratios(one)] as const);
  const head = ['name', 'value', 'unit', results.some(({ ratioTo }) => ratioTo !== undefined) ? 'ours / theirs' : ''];
  const all = [head, ...rows];
  const widthOf = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const [names, values, units] = [widthOf(0), widthOf(1), widthOf(2)];
  return all.map(([name = '', value = '', unit = '', ratio = '']) =>
    `${name.padEnd(names)}  ${value.padStart(values)}  ${unit.padEnd(units)}  ${ratio}`.trimEnd(),
  );
}
