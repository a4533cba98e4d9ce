// TestCase x Judgement -> what is not as the test expects it.
import { viewFor } from '../../core/effective.ts';
import type { View, Prohibition } from '../../core/model/view.ts';
import { askedOf, shareOf, surelyIn } from '../../core/explain/asked.ts';
import type { Asked, Share } from '../../core/explain/asked.ts';
import type { Judgement } from '../../core/judge.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Mode } from '../../core/model/policy.ts';
import type { Spot } from '../node.ts';
import { flowsText, trafficText, wantedText } from '../../core/spell.ts';
import * as traffic from '../../core/space/traffic.ts';
import type { Traffic } from '../../core/space/traffic.ts';
import { afterDifferences } from './after.ts';
import type { ExpectedFlow, TestCase } from './case.ts';

/** One thing that is not as expected. */
export interface Failure {
  readonly kind: 'allowed' | 'forbidden' | 'possible' | 'after' | 'verdict' | 'findings' | 'policies';
  /** Where the test expects it. */
  readonly at: Spot;
  readonly message: string;
  /** Of `after`: what was expected and is not let through, and what is let through and was not expected. */
  readonly lacking?: readonly string[];
  readonly extra?: readonly string[];
}

function prepositionOf({ direction }: Asked): 'from' | 'to' {
  return direction === 'ingress' ? 'from' : 'to';
}

function clauseText({ clause, place, policy: { mode } }: Prohibition): string {
  return `\`${clause}\` (${place.file}:${String(place.line)}, mode ${mode})`;
}

/** Whoever forbids some of it: what they surely forbid, or what they may. */
function forbiddersOf(asked: Asked, { prohibitions }: View, hit: (one: Prohibition) => Traffic): string {
  const some = prohibitions.filter((one) => !traffic.isNothing(traffic.intersection(asked.traffic, hit(one))));
  return some.map(clauseText).join(' and ');
}

/** What becomes of the traffic, in words. */
function fateText(asked: Asked, view: View, share: Share): string {
  const surely = (): string => forbiddersOf(asked, view, (one) => one.traffic);
  const maybe = (): string => forbiddersOf(asked, view, (one) => one.could);
  switch (share) {
    case 'all':
      return `it is forbidden by ${surely()}`;
    case 'part': {
      const part = trafficText(surelyIn(asked, view.forbidden), prepositionOf(asked));
      return `of it, ${part} is forbidden, by ${surely()}`;
    }
    case 'possibly':
      return `it is possibly forbidden, by ${maybe()}: that depends on who a named peer is`;
    case 'none':
      return 'it is allowed';
  }
}

/** The mode of the strictest policies that together forbid all of it. */
function modeOf(asked: Asked, { levels }: View): Mode | undefined {
  return levels.find(({ forbidden }) => traffic.equal(surelyIn(asked, forbidden), asked.traffic))?.mode;
}

/** Which of the named clauses do not forbid any of it, or what of it they leave out together. */
function byProblem(asked: Asked, view: View, { by }: ExpectedFlow, kind: 'forbidden' | 'possible'): string | undefined {
  const hit = (one: Prohibition): Traffic => (kind === 'forbidden' ? one.traffic : one.could);
  const named = view.prohibitions.filter(({ clause }) => by.some(({ id }) => id === clause));
  const idle = by.find(
    ({ id }) =>
      !named.some((one) => one.clause === id && !traffic.isNothing(traffic.intersection(asked.traffic, hit(one)))),
  );
  if (idle !== undefined) return `\`${idle.id}\` does not forbid it`;
  if (kind === 'possible' || by.length === 0) return undefined;
  const together = traffic.unionOf(named.map(hit));
  if (traffic.equal(surelyIn(asked, together), asked.traffic)) return undefined;
  const rest = traffic.difference(asked.traffic, surelyIn(asked, together));
  return `${by.length === 1 ? 'that clause leaves' : 'these clauses leave'} out ${trafficText(rest, prepositionOf(asked))}`;
}

const SHARE = { allowed: 'none', forbidden: 'all', possible: 'possibly' } as const;

function flowFailures(
  kind: keyof typeof SHARE,
  { firewall, desired }: Judgement,
  expected: readonly ExpectedFlow[],
): readonly Failure[] {
  return expected.flatMap((one): readonly Failure[] => {
    const { flow, mode } = one;
    const asked = askedOf(flow, firewall);
    const view = viewFor(desired, flow.direction, asked.peer, firewall);
    const share = shareOf(asked, view.forbidden, view.could);
    const fail = (message: string): readonly Failure[] => [
      { kind, at: flow.at, message: `\`${flow.text}\`: ${message}` },
    ];
    if (traffic.isNothing(asked.traffic)) return fail('no such traffic can exist here, so nothing is said of it');
    if (share !== SHARE[kind]) return fail(fateText(asked, view, share));
    const problem = kind === 'allowed' ? undefined : byProblem(asked, view, one, kind);
    if (problem !== undefined) return fail(`${problem}; ${fateText(asked, view, share)}`);
    const actual = modeOf(asked, view);
    if (mode === undefined || mode === actual) return [];
    return fail(`its mode is \`${actual ?? 'none'}\`, and not \`${mode}\`; ${fateText(asked, view, share)}`);
  });
}

function findingText(finding: Finding): string {
  const { kind, certainty, clause, direction } = finding;
  const what = ((): string => {
    switch (finding.kind) {
      case 'excess':
        return flowsText(direction, finding.flows);
      case 'missing':
        return wantedText(direction, finding.missing);
      case 'limit':
        return `${String(finding.count)} ports open to \`internet\``;
      case 'unread':
        return finding.rule;
    }
  })();
  return `${certainty} ${kind} by \`${clause}\`: ${what}`;
}

/** Where the test says what it expects, and if it says nothing of it, where the test stands. */
function spotOf({ expect, spot }: TestCase, key: Failure['kind']): Spot {
  return expect.spots.get(key) ?? spot;
}

function verdictFailures(test: TestCase, { verdict, drift }: Judgement): readonly Failure[] {
  const { expect } = test;
  const failures: Failure[] = [];
  if (expect.verdict !== undefined && expect.verdict !== verdict.kind) {
    const why = verdict.kind === 'hold' && verdict.reasons.length > 0 ? `: ${verdict.reasons.join('; ')}` : '';
    failures.push({
      kind: 'verdict',
      at: spotOf(test, 'verdict'),
      message: `it is \`${verdict.kind}\`, and not \`${expect.verdict}\`${why}`,
    });
  }
  const { findings } = drift;
  if (expect.findings !== undefined && expect.findings !== findings.length) {
    const list = findings.length === 0 ? '' : `: ${findings.map(findingText).join('; ')}`;
    const message = `${String(findings.length)}, and not ${String(expect.findings)}${list}`;
    failures.push({ kind: 'findings', at: spotOf(test, 'findings'), message });
  }
  return failures;
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? 'no policy' : names.map((name) => `\`${name}\``).join(', ');
}

function policyFailures(test: TestCase, { desired }: Judgement): readonly Failure[] {
  const { expect } = test;
  const at = spotOf(test, 'policies');
  const actual = desired.policies.map(({ name }) => name);
  const expected = expect.policies?.map(({ id }) => id);
  if (expected === undefined) {
    if (actual.length > 0) return [];
    const message = 'no policy governs this firewall; look at what each `match` asks for, or expect `policies: []`';
    return [{ kind: 'policies', at, message }];
  }
  const isSame = expected.length === actual.length && expected.every((name) => actual.includes(name));
  if (isSame) return [];
  return [{ kind: 'policies', at, message: `${listText(actual)} governs it, and not ${listText(expected)}` }];
}

/** All that is not as expected; nothing where the test passes. */
export function failuresOf(test: TestCase, judgement: Judgement): readonly Failure[] {
  const { expect } = test;
  const ungoverned = policyFailures(test, judgement);
  // Nothing is forbidden there, so whatever else fails or passes says nothing.
  if (judgement.desired.policies.length === 0 && ungoverned.length > 0) return ungoverned;
  const after = afterDifferences(expect.after, judgement).map(({ direction, lacking, extra }): Failure => ({
    kind: 'after',
    at: spotOf(test, 'after'),
    message: `${direction} is not as expected`,
    lacking,
    extra,
  }));
  return [
    ...ungoverned,
    ...flowFailures('allowed', judgement, expect.allowed),
    ...flowFailures('forbidden', judgement, expect.forbidden),
    ...flowFailures('possible', judgement, expect.possible),
    ...after,
    ...verdictFailures(test, judgement),
  ];
}
