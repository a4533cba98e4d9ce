// `expect` of a test -> Expectation.
import { MODES } from '../../core/model/policy.ts';
import { fieldsOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import type { Entry, Node } from '../node.ts';
import { quoted } from '../problem.ts';
import type { Complaints } from '../problem.ts';
import { integerIn, itemsOf, nameIn, textOf, wordIn } from '../scalar.ts';
import { VERDICTS } from './case.ts';
import type { Reference, ExpectedFlow, Expectation } from './case.ts';
import { flowOf, listIn, ruleListsIn } from './flow.ts';
import { EXPECT, EXPECTED_FLOW } from './shapes.ts';

const MOST_FINDINGS = 100_000;

function clausesIn(entry: Entry, complaints: Complaints): readonly Reference[] {
  return (itemsOf(entry, complaints) ?? []).flatMap((node) => {
    const id = textOf(entry.key, node, complaints);
    return id === undefined ? [] : [{ id, at: node.at }];
  });
}

/** One item: traffic alone, or with what decides it. */
function expectedFlowOf(node: Node, key: string, complaints: Complaints): readonly ExpectedFlow[] {
  if (node.kind !== 'map') {
    const flow = flowOf(node, key, complaints);
    return flow === undefined ? [] : [{ flow, by: [], mode: undefined }];
  }
  const example = '`{ traffic: "tcp/22 from 198.51.100.7", by: production/ingress/deny/1 }`';
  const fields = fieldsOf(node, EXPECTED_FLOW, example, complaints);
  const traffic = fields?.need('traffic', '`traffic: "tcp/22 from 198.51.100.7"`');
  const [by, mode] = [fields?.get('by'), fields?.get('mode')];
  // What is only possibly forbidden has no one mode.
  for (const entry of [key === 'allowed' ? by : undefined, key === 'forbidden' ? undefined : mode]) {
    if (entry === undefined) continue;
    complaints.add(
      entry.at,
      `${quoted(entry.key)} is about what is forbidden, and this is ${quoted(key)}; leave it out`,
    );
  }
  const clauses = by === undefined ? [] : clausesIn(by, complaints);
  const word = mode === undefined ? undefined : wordIn(mode, MODES, complaints);
  const flow = traffic === undefined ? undefined : flowOf(traffic.value, 'traffic', complaints);
  return flow === undefined ? [] : [{ flow, by: clauses, mode: word }];
}

function flowsIn(fields: Fields, key: string, complaints: Complaints): readonly ExpectedFlow[] {
  const entry = fields.get(key);
  if (entry === undefined) return [];
  const items = listIn(entry, '`["tcp/443 from 198.51.100.7"]`', complaints);
  if (items?.length === 0) {
    complaints.add(
      entry.value.at,
      `${quoted(key)} is an empty list, which expects nothing; write traffic, or leave it out`,
    );
  }
  return (items ?? []).flatMap((item) => expectedFlowOf(item, key, complaints));
}

function namesIn(entry: Entry, complaints: Complaints): readonly Reference[] {
  const items = listIn(entry, '`[production]`, or `[]` for a firewall that no policy governs', complaints) ?? [];
  return items.flatMap((value) => {
    const id = nameIn({ ...entry, value }, complaints);
    return id === undefined ? [] : [{ id, at: value.at }];
  });
}

/** What a test expects. Undefined, with a complaint, where nobody can tell, or where it is nothing at all. */
export function expectationIn(entry: Entry, complaints: Complaints): Expectation | undefined {
  const example = '`expect: { allowed: ["tcp/443 from anywhere"] }`';
  const fields = fieldsOf(entry.value, EXPECT, example, complaints);
  if (fields === undefined) return undefined;
  const [after, verdict, findings] = [fields.get('after'), fields.get('verdict'), fields.get('findings')];
  const policies = fields.get('policies');
  if (fields.strays.length === 0 && !EXPECT.known.some((key) => fields.get(key) !== undefined)) {
    complaints.add(entry.value.at, `\`expect\` is empty, so the test could never fail; write it like ${example}`);
  }
  return {
    allowed: flowsIn(fields, 'allowed', complaints),
    forbidden: flowsIn(fields, 'forbidden', complaints),
    possible: flowsIn(fields, 'possible', complaints),
    after: after === undefined ? new Map() : ruleListsIn(after, false, complaints),
    verdict: verdict === undefined ? undefined : wordIn(verdict, VERDICTS, complaints),
    findings: findings === undefined ? undefined : integerIn(findings, 0, MOST_FINDINGS, complaints),
    policies: policies === undefined ? undefined : namesIn(policies, complaints),
    spots: new Map(
      EXPECT.known.flatMap((key) => {
        const stated = fields.get(key);
        return stated === undefined ? [] : [[key, stated.at] as const];
      }),
    ),
  };
}
