// A test file -> TestFile, and everything that is wrong with it.
import { documentOf } from '../document.ts';
import type { PolicyFile } from '../document.ts';
import { timeOf } from '../exception.ts';
import { fieldsOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { judgeVersion } from '../load.ts';
import type { Node, Spot } from '../node.ts';
import { quoted } from '../problem.ts';
import type { Complaints } from '../problem.ts';
import { itemsOf, nameIn, textOf } from '../scalar.ts';
import type { TestCase, TestFile } from './case.ts';
import { expectationIn } from './expect.ts';
import { listIn } from './flow.ts';
import { standingsIn } from './peers.ts';
import { TEST, TEST_FILE } from './shapes.ts';
import { subjectOf, withDefaults } from './subject.ts';

const EXAMPLE = '`version: 1` and `tests:`';

function timeIn(fields: Fields, complaints: Complaints): Date | undefined {
  const entry = fields.get('at');
  const text = entry === undefined ? undefined : textOf('at', entry.value, complaints);
  const time = text === undefined ? undefined : timeOf(text);
  if (entry !== undefined && time?.kind === 'wrong') complaints.add(entry.value.at, time.problem);
  return time?.kind === 'meaning' ? time.value : undefined;
}

/** Takes a test's name, or complains: of two tests with one name nobody knows which one failed. */
function claim(name: string, at: Spot, taken: Map<string, Spot>, complaints: Complaints): void {
  const first = taken.get(name);
  if (first === undefined) taken.set(name, at);
  else complaints.add(at, `test ${quoted(name)} is there twice; the first is on line ${String(first.line)}`);
}

function testOf(node: Node, file: Fields, taken: Map<string, Spot>, complaints: Complaints): TestCase | undefined {
  const example = '`- name: the office keeps ssh` with `firewall` and `expect` below it';
  const fields = fieldsOf(node, TEST, example, complaints);
  if (fields === undefined) return undefined;
  const nameField = fields.need('name', '`name: the office keeps ssh`');
  const expectField = fields.need('expect', '`expect: { allowed: ["tcp/443 from anywhere"] }`');
  const name = nameField === undefined ? undefined : nameIn(nameField, complaints);
  if (name !== undefined && nameField !== undefined) claim(name, nameField.value.at, taken, complaints);
  const [firewall, rules] = [fields.get('firewall')?.value, fields.get('rules')];
  const subject = subjectOf({ firewall, rules, at: node.at }, file.get('firewall')?.value, complaints);
  const peers = standingsIn(withDefaults(fields.get('peers')?.value, file.get('peers')?.value), complaints);
  const expect = expectField === undefined ? undefined : expectationIn(expectField, complaints);
  const at = timeIn(fields, complaints) ?? timeIn(file, complaints);
  if (name === undefined || subject === undefined || expect === undefined) return undefined;
  return { name, spot: node.at, at, subject, peers, expect };
}

function policyIn(fields: Fields, complaints: Complaints): TestFile['policy'] {
  const entry = fields.get('policy');
  if (entry === undefined) return undefined;
  return (itemsOf(entry, complaints) ?? []).flatMap((node) => textOf('policy', node, complaints) ?? []);
}

/** The tests of a file; what cannot be read is left out, and a complaint. */
export function testFileOf(file: PolicyFile, complaints: Complaints): TestFile {
  const nothing = { name: file.name, policy: undefined, tests: [] };
  const document = documentOf(file, complaints, EXAMPLE);
  const fields = document === undefined ? undefined : fieldsOf(document, TEST_FILE, EXAMPLE, complaints);
  if (fields === undefined) return nothing;
  judgeVersion(fields, complaints);
  const entry = fields.need('tests', '`tests:` with one test after each `- name: ...`');
  const items = entry === undefined ? undefined : listIn(entry, 'one test after each `- name: ...`', complaints);
  if (entry !== undefined && items?.length === 0)
    complaints.add(entry.value.at, '`tests` is an empty list; write a test');
  const taken = new Map<string, Spot>();
  const tests = (items ?? []).flatMap((node) => testOf(node, fields, taken, complaints) ?? []);
  return { name: file.name, policy: policyIn(fields, complaints), tests };
}
