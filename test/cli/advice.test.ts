import { describe, expect, test } from 'vitest';
import { adviceFor } from '../../cli/advice.ts';
import { judged, LIST } from './judged.ts';

function closeAdvice(rules: readonly string[], policies: readonly string[]): readonly string[] {
  const { explanation, judgement } = judged(rules, policies);
  return adviceFor(explanation, judgement).filter((sentence) => /^to (close it|be sure)/.test(sentence));
}

const changed = (rule: string, run: string): string =>
  `to close it: change \`${rule}\` as \`portcullis plan\` shows; ${run}`;
const unproven = (rule: string): string =>
  `to be sure that it is closed: remove or narrow \`${rule}\`; a run does not, since it is not proven`;

const NO_SSH = 'ingress: { deny: [{ service: tcp/22, from: anywhere }] }';

describe('what a run does about traffic that must not pass', () => {
  test('it closes a rule for a peer that may be anybody, where nobody is allowed', () => {
    const rule = 'tcp/22 from sg:sg-2';
    expect(closeAdvice([rule], [`{ name: web, mode: enforce, ${NO_SSH} }`])).toEqual([
      changed(rule, 'a run does it by itself'),
    ]);
  });

  test('it leaves a rule alone for a peer that may be somebody who is allowed', () => {
    const rule = 'tcp/22 from sg:sg-2';
    const policy = '{ name: web, mode: enforce, ingress: { allow: [{ service: tcp/22, from: 203.0.113.7 }] } }';
    expect(closeAdvice([rule], [policy])).toEqual([unproven(rule)]);
  });

  test('it closes one rule, and another is not proven', () => {
    const [open, named] = ['tcp/22 from 0.0.0.0/0', 'tcp/22 from sg:sg-2'];
    const policy = '{ name: web, mode: enforce, ingress: { allow: [{ service: tcp/22, from: 203.0.113.7 }] } }';
    expect(closeAdvice([open, named], [policy])).toEqual([changed(open, 'a run does it by itself'), unproven(named)]);
  });

  test('it closes nothing where only a milder mode forbids it, also if another policy is enforced', () => {
    const rule = 'tcp/22-23 from 0.0.0.0/0';
    const other = '{ name: other, mode: enforce, ingress: { deny: [{ service: tcp/23, from: anywhere }] } }';
    expect(closeAdvice([rule], [`{ name: web, mode: report, ${NO_SSH} }`, other])).toEqual([
      changed(rule, 'no run does it by itself, since no policy that forbids it has mode `enforce`'),
    ]);
  });

  test('it closes nothing by `restore`, and nothing that it holds', () => {
    const rule = 'tcp/22-23 from 0.0.0.0/0';
    const restoring = `{ name: web, mode: enforce, revert: restore, ${NO_SSH} }`;
    const held = `{ name: web, mode: enforce, maxFragments: 1, ingress: { deny: [{ service: tcp/22, from: 192.0.2.0/24 }, { service: tcp/22, from: 198.51.100.0/24 }] } }`;
    expect(closeAdvice([rule], [restoring])).toEqual([
      changed(rule, 'no run does it by itself now: `revert: restore` is not carried out yet, so it only reports'),
    ]);
    expect(closeAdvice([rule], [held])).toEqual([changed(rule, 'a run holds it, since it cannot be made exactly')]);
  });

  test('it holds a rule for a list of which a part is forbidden', () => {
    const rule = `tcp/22 from ${LIST}`;
    const policy = '{ name: web, mode: enforce, ingress: { allow: [{ service: tcp/22, from: 203.0.113.7 }] } }';
    expect(closeAdvice([rule], [policy])).toEqual([changed(rule, 'a run holds it, since it cannot be made exactly')]);
  });
});

describe('what would turn the answer round', () => {
  const WEB = 'sg:sg-0123456789abcdef0';
  const advice = (rules: readonly string[], policies: readonly string[], question?: string): string => {
    const { explanation, judgement } = judged(rules, policies, question);
    return adviceFor(explanation, judgement).join('\n');
  };

  test('no exception is proposed against what yields to nothing, and one is where a part does', () => {
    const firm = '{ service: tcp/22, from: anywhere, firm: true }';
    const all = advice([], [`{ name: web, ingress: { deny: [${firm}] } }`]);
    const part = advice(
      [],
      [`{ name: web, ingress: { deny: [${firm}] } }`, '{ name: b, ingress: { allow: [] } }'],
      'tcp from 198.51.100.7',
    );
    expect(all).toContain('no exception helps, since `web/ingress/deny/1` (web.yaml:3) is `firm`');
    expect(all).not.toContain('write an exception');
    expect(part).toContain('write an exception with `until` for `sg-1`; it does not help against `web/ingress/deny/1`');
  });

  test('a peer that may pass by its name is told that the rule which lets it through will go', () => {
    const policy = `{ name: web, mode: enforce, ingress: { allow: [{ service: tcp/22, from: "${WEB}" }] } }`;
    const text = advice(['tcp/22 from 0.0.0.0/0'], [policy], `tcp/22 from ${WEB}`);
    expect(text).toContain('`tcp/22 from 0.0.0.0/0` lets more through than may, see `portcullis plan`');
    expect(text).toContain(`so that this stays: add a rule \`tcp/22 from ${WEB}\` to the firewall`);
  });

  test('what a rule in addresses lets through, too, is judged as that rule is', () => {
    const policy = `{ name: web, ingress: { allow: [{ service: tcp/22, from: "${WEB}" }] } }`;
    const byName = judged([`tcp/22 from ${WEB}`], [policy]).explanation;
    const both = judged([`tcp/22 from ${WEB}`, 'tcp/22 from 0.0.0.0/0'], [policy]).explanation;
    expect([byName.passes, byName.may, byName.onlyAs]).toEqual(['possibly', 'possibly', [WEB]]);
    expect([both.passes, both.may, both.onlyAs]).toEqual(['all', 'none', []]);
  });
});
