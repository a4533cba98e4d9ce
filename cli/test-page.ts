import type { Failure } from '../shared/policy/testing/outcome.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line } from './page.ts';
import type { FileOutcome, TestOutcome } from './test-run.ts';
import { counted } from './words.ts';

const LABELS = 8;
const LINES = 9;

function failureLines({ kind, message, at, lacking = [], extra = [] }: Failure): readonly Line[] {
  const indent = 2 + LABELS;
  return [
    row(indent, LINES, `line ${String(at.line)}`, toned('strong', `${kind}: `), message),
    ...lacking.map((text) =>
      row(indent + LINES, 2, toned('bad', '-'), text, toned('faint', ' expected, and not let through')),
    ),
    ...extra.map((text) =>
      row(indent + LINES, 2, toned('good', '+'), text, toned('faint', ' let through, and not expected')),
    ),
  ];
}

function outcomeLines({ test, failures }: TestOutcome): readonly Line[] {
  if (failures.length === 0) return [row(2, LABELS, toned('good', 'ok'), test.name)];
  return [row(2, LABELS, toned('bad', 'FAILED'), toned('strong', test.name)), ...failures.flatMap(failureLines)];
}

/** Every test with its name, and of those that failed what is not as expected. */
export function testLines(files: readonly FileOutcome[]): readonly Line[] {
  const outcomes = files.flatMap((file) => file.outcomes);
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  const count = `${counted(outcomes.length, 'test')}: `;
  const end = failed === 0 ? toned('good', 'all passed') : toned('bad', `${String(failed)} failed`);
  return [
    ...files.flatMap(({ file, outcomes: own }) => [
      line(0, toned('strong', file)),
      ...own.flatMap(outcomeLines),
      BLANK,
    ]),
    line(0, count, end),
  ];
}
