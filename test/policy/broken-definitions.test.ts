import { describe, expect, it } from 'vitest';
import { judgeBroken, messagesOf } from './policies.ts';
import type { BrokenCase } from './policies.ts';

describe('broken definitions', () => {
  it.each<BrokenCase>([
    [
      'an empty define',
      'version: 1\ndefine:\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['2: `define` is a mapping, and this is empty; write `define:` with `networks` or `services` below it'],
    ],
    [
      'no networks',
      'version: 1\ndefine: { networks: {} }\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['2: `networks` is empty; write `name: value` lines below it, or remove it'],
    ],
    [
      'a circle',
      'version: 1\ndefine:\n  networks:\n    east: [west, 10.0.0.0/8]\n    west: north\n    north: east\npolicies:\n  - { name: web, ingress: { allow: [{ service: any, from: east }] } }\n',
      ['4: network `east` is defined by itself: `east` -> `west` -> `north` -> `east`'],
    ],
    [
      'a word of the language',
      'version: 1\ndefine: { services: { tcp: tcp/22 } }\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['2: service name `tcp` reads like a word or a value of the language; choose another name'],
    ],
    [
      'an address as a name',
      'version: 1\ndefine: { networks: { 10.0.0.1: 10.0.0.2 } }\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['2: network name `10.0.0.1` reads like a word or a value of the language; choose another name'],
    ],
    [
      'an odd name',
      'version: 1\ndefine: { networks: { "-office": 10.0.0.2 } }\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['2: network name `-office` is not usable; write letters, digits, `-`, `_`, `.` and blanks, a letter first'],
    ],
    [
      'a misspelt use',
      'version: 1\ndefine: { networks: { office: 203.0.113.0/24 } }\npolicies:\n  - { name: web, ingress: { allow: [{ service: any, from: offcie }] } }\n',
      ['4: unknown network `offcie`; did you mean `office`?'],
    ],
    [
      'a slip in an unused name',
      'version: 1\ndefine: { services: { web: tcp/80-443-8080 } }\npolicies:\n  - { name: web, ingress: { allow: [] } }\n',
      ['2: port `80-443-8080` in `tcp/80-443-8080` is no number; write `tcp/443` or `tcp/8000-8100`'],
    ],
  ])('%s', judgeBroken);
});

describe('a policy beyond any machine', () => {
  it('is refused in one sentence', () => {
    const list = Array.from(
      { length: 3000 },
      (_, index) => `10.${String(index >> 7)}.${String((index & 127) * 2)}.0/24`,
    );
    const clauses = Array.from({ length: 1000 }, (_, port) => `{ service: tcp/${String(port * 2)}, from: office }`);
    const define = `define: { networks: { office: [${list.join(', ')}] } }`;
    const text = `version: 1\n${define}\npolicies:\n  - name: web\n    ingress: { allow: [\n      ${clauses.join(',\n      ')}] }\n`;
    expect(messagesOf(text)).toEqual([
      'policy `web.yaml` line 672: the clauses up to here hold more than 2000000 address ranges together; use wider networks or fewer clauses',
    ]);
  });
});
