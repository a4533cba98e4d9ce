import { describe, it } from 'vitest';
import { exceptionWith, judgeBroken, policyWith } from './policies.ts';
import type { BrokenCase } from './policies.ts';

/** Six lists of twelve aliases of the list before: three million values in three hundred bytes. */
function bomb(): string {
  const lists = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index, all) => {
    const item = index === 0 ? 'x' : `*${all[index - 1] ?? ''}`;
    return `&${name} [${`${item},`.repeat(12)}]`;
  });
  return `version: 1\ndefine: [${lists.join(', ')}]\n`;
}

describe('broken YAML', () => {
  it.each<BrokenCase>([
    [
      'a tab',
      'version: 1\npolicies:\n\t- name: web\n',
      ['3: not valid YAML: line is indented with a tab; indent with spaces'],
    ],
    [
      'a list without end',
      'version: 1\npolicies: [\n',
      ['3: not valid YAML: a list that starts with `[` has no `]`, or its lines are not indented'],
    ],
    [
      'two documents',
      'version: 1\n---\nversion: 1\n',
      ['2: second YAML document in one file; give each document its own file'],
    ],
    [
      'a key twice',
      'version: 1\npolicies:\n  - { name: web, ingress: { allow: [] } }\nversion: 1\n',
      ['4: key `version` is written twice; the first is on line 1'],
    ],
    [
      'a text without end',
      'version: 1\npolicies:\n  - name: "web\n',
      ['4: not valid YAML: a text in quotes has no closing quote'],
    ],
    [
      'a colon in a text',
      'version: 1\npolicies:\n  - name: web: tier\n',
      [
        '3: not valid YAML: a `key: value` stands inside another value; line it up with the keys above, or quote a text that has `: ` in it',
      ],
    ],
    [
      'a text that starts with @',
      'version: 1\npolicies:\n  - name: @web\n',
      ['3: not valid YAML: plain text cannot start with `@` or a backtick; put it in quotes'],
    ],
    [
      'a key out of line',
      'version: 1\npolicies:\n  - name: web\n   mode: report\n',
      ['4: not valid YAML: line is neither indented like the keys above it nor a list item that starts with `- `'],
    ],
    [
      'a glob without quotes',
      policyWith('match: { region: *-east-1 }'),
      ['3: alias `*-east-1` has no anchor before it; if the text `*-east-1` was meant, quote it: `"*-east-1"`'],
    ],
    [
      'a star without quotes',
      policyWith('match: { region: * }'),
      ['3: not valid YAML: `*` starts an alias; if a text that starts with `*` was meant, put it in quotes: `"*"`'],
    ],
    [
      'an alias inside itself',
      'version: 1\npolicies: &all [*all]\n',
      ['2: alias `*all` stands inside its own anchor, so it never ends'],
    ],
    [
      'a merge key',
      'version: 1\npolicies:\n  - &a { name: web, ingress: { allow: [] } }\n  - <<: *a\n    name: zone\n',
      ['4: YAML merge key `<<` is not supported; repeat the keys, or use an alias for a whole value'],
    ],
    ...[
      ['a policy file', 'version: 1\n<<: { policies: [] }\n', 2],
      ['a direction', 'version: 1\npolicies:\n  - { name: web, ingress: { <<: { allow: [] } } }\n', 3],
      ['a clause', policyWith('egress: { allow: [{ <<: { service: any, to: private } }] }'), 3],
      [
        'a match',
        policyWith('match: { <<: { id: sg-1 } }, egress: { require: [{ service: any, to: anywhere, open: true }] }'),
        3,
      ],
      ['an exception', exceptionWith('<<: { name: move }'), 5],
      [
        'definitions',
        'version: 1\ndefine: { <<: {} }\npolicies: [{ name: web, egress: { deny: [{ service: ssh, to: office }] } }]\n',
        2,
      ],
    ].map(([what, text, at]): BrokenCase => [
      `a merge key in ${String(what)}`,
      String(text),
      [`${String(at)}: YAML merge key \`<<\` is not supported; repeat the keys, or use an alias for a whole value`],
    ]),
    [
      'a tag',
      'version: !one 1\n',
      [
        '1: not valid YAML: a value has a YAML tag (`!...`) that is not supported; leave the tag out, or put a text that starts with `!` in quotes',
      ],
    ],
    ['a YAML directive', '%YAML 1.1\n---\nversion: 1\n', ['1: `%YAML` directive is not supported; leave it out']],
    [
      'an alias bomb',
      bomb(),
      ['2: file holds more than 200000 values, aliases followed; split it or use fewer aliases'],
    ],
    [
      'deep nesting',
      `version: 1\npolicies: ${'['.repeat(40)}${']'.repeat(40)}\n`,
      ['2: values are nested more than 30 levels deep; write them flatter'],
    ],
    ['brackets without end', '['.repeat(20_000), ['1: not valid YAML: values are nested too deep']],
  ])('%s', judgeBroken);
});
