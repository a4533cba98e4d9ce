import { describe, expect, it } from 'vitest';
import { askedFor } from '../../bench/asked.ts';
import { merged, resultsIn, textOf } from '../../bench/results.ts';
import { tableOf } from '../../bench/table.ts';

const NAMES = ['judging-2', 'judging-20', 'event-close', 'event-close-ms'];

describe('what is asked for', () => {
  it.each<[string, string[], string[]]>([
    ['nothing: all', [], NAMES],
    ['a whole name, and what starts so', ['event-close'], ['event-close', 'event-close-ms']],
    ['the beginning of names', ['judging'], ['judging-2', 'judging-20']],
    ['several words, in the order of the names', ['event-close-ms', 'judging-20'], ['judging-20', 'event-close-ms']],
  ])('%s', (_what, words, names) => {
    expect(askedFor(words, NAMES)).toEqual({ kind: 'names', names: new Set(names) });
  });

  it('a word that no name starts with is told with all names, and nothing is run', () => {
    expect(askedFor(['event', 'close', 'x'], NAMES)).toEqual({
      kind: 'unknown',
      why: 'no bench is called `close`, `x`; write the beginning of one of: judging-2, judging-20, event-close, event-close-ms',
    });
  });
});

describe('the file of figures', () => {
  const at = (date: string, machine = 'two cores') => ({ date, machine });
  const figure = (name: string, value: number) => ({ name, unit: 'ms', value });

  it('keeps what this run did not measure, in the order of the names', () => {
    const before = merged(
      undefined,
      { ...at('monday'), results: [figure('event-close', 2), figure('judging-2', 9)] },
      NAMES,
    );
    const after = merged(before, { ...at('tuesday'), results: [figure('event-close', 3)] }, NAMES);
    expect(after).toEqual({
      version: 1,
      machine: 'two cores',
      date: 'tuesday',
      results: [figure('judging-2', 9), figure('event-close', 3)],
    });
  });

  it('drops figures of another machine, and of names that are no more', () => {
    const before = merged(undefined, { ...at('monday'), results: [figure('event-close', 2)] }, NAMES);
    const elsewhere = merged(before, { ...at('tuesday', 'one core'), results: [figure('judging-2', 9)] }, NAMES);
    expect(elsewhere.results).toEqual([figure('judging-2', 9)]);
    expect(merged(before, { ...at('tuesday'), results: [] }, ['judging-2']).results).toEqual([]);
  });

  it('is read as it was written', () => {
    const results = merged(
      undefined,
      { ...at('monday'), results: [{ ...figure('judging-2', 9), ratioTo: { cedar: 3 } }, figure('event-close', 2)] },
      NAMES,
    );
    expect(resultsIn(textOf(results))).toEqual(results);
  });

  it.each([
    '',
    'null',
    '{}',
    '{"version":2,"machine":"","date":"","results":[]}',
    '{"version":1,"machine":"","date":"","results":[{}]}',
  ])('is none: %s', (text) => {
    expect(resultsIn(text)).toBeUndefined();
  });
});

describe('the table', () => {
  it('has a line for each figure, with ratios where there are any', () => {
    const table = tableOf([
      { name: 'judging-2', unit: 'rules/s', value: 123456.7, ratioTo: { 'json-parse': 1.234, cedar: 12 } },
      { name: 'event-close', unit: 'round trips', value: 2 },
      { name: 'sweep', unit: 's', value: 0.012345 },
    ]);
    expect(table).toEqual([
      'name          value  unit         ours / theirs',
      'judging-2    123457  rules/s      json-parse 1.23, cedar 12',
      'event-close       2  round trips',
      'sweep        0.0123  s',
    ]);
  });
});
