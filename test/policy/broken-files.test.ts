import { describe, it } from 'vitest';
import { judgeBroken } from './policies.ts';
import type { BrokenCase } from './policies.ts';

describe('broken whole files', () => {
  it.each<BrokenCase>([
    ['an empty file', '', ['1: file is empty; write `version: 1` and `policies:`']],
    ['comments alone', '# nothing here yet\n', ['1: file is empty; write `version: 1` and `policies:`']],
    ['a text', 'hello', ['1: a policy file is a mapping, and this is `hello`; write `version: 1` and `policies:`']],
    [
      'a list',
      '- name: web\n',
      ['1: a policy file is a mapping, and this is a list; write `version: 1` and `policies:`'],
    ],
    [
      'no version',
      'policies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['1: a policy file has no `version`; write `version: 1` as its first line'],
    ],
    [
      'version 2',
      'version: 2\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['1: `version` is `2`, which this release does not know; write `version: 1`'],
    ],
    [
      'version in quotes',
      'version: "1"\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['1: `version` is a text; write `version: 1` without quotes'],
    ],
    ['no policies', 'version: 1\n', ['1: no file has a policy; write at least one under `policies:`']],
    [
      'policies all in comments',
      'version: 1\npolicies:\n  # - name: web\n',
      ['2: `policies` is empty; write a list, each item after `- name: ...`, or remove it'],
    ],
    [
      'a misspelt key at the top',
      'version: 1\npolices: []\n',
      [
        '1: no file has a policy; write at least one under `policies:`',
        '2: unknown key `polices` in a policy file; did you mean `policies`?',
      ],
    ],
    [
      'policies as a mapping',
      'version: 1\npolicies: { name: web }\n',
      ['2: `policies` is a mapping; write a list, each item after `- name: ...`, or remove it'],
    ],
    [
      'a file of more than 1 MB',
      `version: 1\n# ${'x'.repeat(1024 * 1024)}`,
      ['1: file has 1048589 bytes; at most 1048576 are read, so split it'],
    ],
  ])('%s', judgeBroken);
});
