import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTestFiles } from '../../shared/policy/files.ts';
import { Complaints } from '../../shared/policy/problem.ts';
import { testFileOf } from '../../shared/policy/testing/read.ts';

const FILES = await readTestFiles(['examples/policies']);
const BITS = [
  '',
  ' ',
  '\n',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '*a',
  '&a ',
  '!!x ',
  '~',
  'true',
  '-1',
  '0x1',
  '<<',
  'from',
  'sg:',
  '\t',
  '\u0000',
];

/** A test file in which some pieces are cut out, put elsewhere or replaced. */
const damaged = fc
  .tuple(
    fc.constantFrom(...FILES),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20), fc.constantFrom(...BITS)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([{ text }, edits]) =>
    edits.reduce((all, [where, length, bit]) => {
      const at = Math.floor(where * all.length);
      return all.slice(0, at) + bit + all.slice(at + length);
    }, text),
  );

it('whatever is wrong with a test file is told of, in lines that say where', () => {
  fc.assert(
    fc.property(damaged, (text) => {
      const complaints = new Complaints('test');
      const { tests } = testFileOf({ name: 'a.test.yaml', text }, complaints);
      for (const { message, line, column } of complaints.sorted()) {
        expect(message).toMatch(/^test `a\.test\.yaml` line \d+ column \d+: \S[^\n]*$/);
        expect(line).toBeLessThanOrEqual(text.split('\n').length);
        expect(column).toBeGreaterThan(0);
      }
      // Nothing is lost in silence.
      if (complaints.count === 0) expect(tests.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
