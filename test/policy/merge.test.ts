import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../shared/policy/load.ts';
import { messagesOf, NOW, setOf } from './policies.ts';

const BASE = 'version: 1\ndefine: { networks: { office: 203.0.113.0/24 } }\n';
const ZONE =
  'version: 1\npolicies:\n  - { name: zone, ingress: { allow: [{ service: any, from: office, name: visitors }] } }\n';

describe('several files', () => {
  it('are one policy: a name of one is known in the other', () => {
    expect(messagesOf(BASE, ZONE)).toEqual([]);
    expect(messagesOf(ZONE, BASE)).toEqual([]);
  });

  it('decide in the order of their names, whatever order they were given in', () => {
    const file = (name: string, policy: string) => ({
      name,
      text: `version: 1\npolicies:\n  - { name: ${policy} 1, ingress: { allow: [] } }\n  - { name: ${policy} 2, ingress: { allow: [] } }\n`,
    });
    const files = [file('10.yaml', 'b'), file('20.yaml', 'c'), file('05.yaml', 'a')];
    expect(setOf(files).policies.map(({ name }) => name)).toEqual(['a 1', 'a 2', 'b 1', 'b 2', 'c 1', 'c 2']);
  });

  it('must not define a name twice, and both places are said', () => {
    expect(messagesOf(BASE, `${BASE}policies: [{ name: a, ingress: { allow: [] } }]`)).toEqual([
      'policy `zone.yaml` line 2: network `office` is defined twice; the first is in policy `web.yaml` line 2',
    ]);
  });

  it('must not use a policy, exception or clause name twice', () => {
    const exception =
      'exceptions:\n  - { name: move, match: { id: sg-1 }, ingress: [{ service: any, from: private }], until: 2026-12-01T00:00:00Z, approved: { by: alex, ticket: CHG0030192 } }\n';
    expect(messagesOf(BASE + ZONE.slice('version: 1\n'.length) + exception, ZONE + exception)).toEqual([
      'policy `zone.yaml` line 3: policy name `zone` is used twice; the first is in policy `web.yaml` line 4',
      'policy `zone.yaml` line 3: clause name `visitors` is used twice; the first is in policy `web.yaml` line 4',
      'policy `zone.yaml` line 5: exception name `move` is used twice; the first is in policy `web.yaml` line 6',
    ]);
  });

  it('must each have a version', () => {
    expect(messagesOf(BASE, ZONE.slice('version: 1\n'.length))).toEqual([
      'policy `zone.yaml` line 1: a policy file has no `version`; write `version: 1` as its first line',
    ]);
  });

  it('have all their problems told at once, by file and line', () => {
    const web =
      'version: 2\npolicies:\n  - { name: a, mode: off, ingress: { allow: [{ service: tcp/x, from: any }] } }\n';
    const loaded = loadPolicy(
      [
        { name: 'b.yaml', text: web.replace('name: a', 'name: b') },
        { name: 'a.yaml', text: web },
      ],
      NOW,
    );
    const problems = loaded.kind === 'problems' ? loaded.problems : [];
    const spots = [
      [1, 10],
      [3, 22],
      [3, 57],
      [3, 70],
    ];
    expect(problems.map(({ file, line, column }) => [file, line, column])).toEqual(
      ['a.yaml', 'b.yaml'].flatMap((file) => spots.map((spot) => [file, ...spot])),
    );
  });

  it('do not blame a name on its use where the file that defines it cannot be read', () => {
    expect(messagesOf('version: 1\ndefine: {\n', ZONE)).toEqual([
      'policy `web.yaml` line 3: not valid YAML: a mapping that starts with `{` has no `}`, or its lines are not indented',
    ]);
    expect(messagesOf(BASE.replace('define', 'defin'), ZONE)).toEqual([
      'policy `web.yaml` line 2: unknown key `defin` in a policy file; did you mean `define`?',
    ]);
  });

  it('need a policy between them', () => {
    expect(messagesOf(BASE, 'version: 1\npolicies: []\n')).toEqual([
      'policy `web.yaml` line 1: no file has a policy; write at least one under `policies:`',
    ]);
    expect(loadPolicy([], NOW).kind).toBe('problems');
  });

  it('do not count a require as forbidden because another clause of its policy is broken', () => {
    const text =
      'version: 1\npolicies:\n  - name: web\n    match: { id: sg-1 }\n    ingress:\n      allow: [{ service: tcp/443x, from: anywhere }]\n      require: [{ service: tcp/443, from: anywhere, open: true }]\n';
    expect(messagesOf(text)).toEqual([
      'policy `web.yaml` line 6: port `443x` in `tcp/443x` is no number; write `tcp/443` or `tcp/8000-8100`',
    ]);
  });
});
