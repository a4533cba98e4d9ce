import { expect } from 'vitest';
import { play } from './machine.ts';

/**
 * Law 6: however events are lost, doubled, delayed or reordered, and wherever the process dies, the groups end up right
 * after the next sweep, each breach has exactly one incident, each write of ours an intent with the state before it, and
 * nothing that people made and the policies allow is lost on the way.
 */

const MOST_TOLD = 3;

/** Plays these seeds. A failure tells what is wrong and the seed, which alone plays the same history again. */
export async function expectLaw6(seeds: Iterable<number>): Promise<Readonly<Record<string, number>>> {
  const sums: Record<string, number> = { histories: 0 };
  const failures: string[] = [];
  for (const seed of seeds) {
    const { wrongs, story, counts } = await play(seed);
    sums['histories'] = (sums['histories'] ?? 0) + 1;
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
    if (wrongs.length === 0) continue;
    failures.push(`seed ${String(seed)}\n  ${wrongs.join('\n  ')}\n${story.map((line) => `    ${line}`).join('\n')}`);
    if (failures.length === MOST_TOLD) break;
  }
  expect(failures.join('\n\n')).toBe('');
  return sums;
}

export function* from(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed += 1) yield seed;
}

export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(', ');
}
