import { describe, expect, it } from 'vitest';
import { peerName } from '../../shared/core/model/rule.ts';
import { judgeBroken, setOf } from './policies.ts';

const GROUP = 'sg:sg-0123456789abcdef0';

/** A file whose third line states one instance policy with these keys. */
function file(keys: string): string {
  return `version: 1\npolicies: [{ name: web, ingress: { allow: [] } }]\ninstances: [{ ${keys} }]\n`;
}

describe('instances', () => {
  it('have groups that they must have and groups that they may have', () => {
    const firewalls = `{ require: ["${GROUP}", sg:web], allow: [sg:web, "${GROUP}", "sg:on call", sg:web] }`;
    expect(setOf(file(`name: web tier, match: { tags: { role: web } }, firewalls: ${firewalls}`)).instances).toEqual([
      {
        name: 'web tier',
        place: { file: 'web.yaml', line: 3 },
        match: { tags: { role: ['web'] } },
        require: [peerName('sg', 'sg-0123456789abcdef0'), peerName('sg', 'web')],
        allow: [peerName('sg', 'web'), peerName('sg', 'sg-0123456789abcdef0'), peerName('sg', 'on call')],
      },
    ]);
  });

  it('need not state a match or a group that they must have', () => {
    expect(setOf(file('name: all, firewalls: { allow: sg:web }')).instances).toMatchObject([
      { match: {}, require: [], allow: ['sg:web'] },
    ]);
  });

  it('come in the order of their files', () => {
    const one = (name: string) =>
      file(`name: ${name}, firewalls: { allow: sg:web }`).replace('name: web', `name: ${name}`);
    const { instances } = setOf([
      { name: 'b.yaml', text: one('b') },
      { name: 'a.yaml', text: one('a') },
    ]);
    expect(instances.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

const FORM = 'write `sg:sg-0123456789abcdef0` or `sg:NAME`';
const BOTH = '`firewalls: { require: [...], allow: [...] }`';

describe('broken instances', () => {
  it.each<[keys: string, ...problems: readonly string[]]>([
    ['firewalls: { allow: sg:web }', 'an item of `instances` has no `name`; write `name: web tier`'],
    ['name: a', `an item of \`instances\` has no \`firewalls\`; write ${BOTH}`],
    ['name: a, firewalls: [sg:web]', `\`firewalls\` is a mapping, and this is a list; write ${BOTH}`],
    [
      'name: a, firewalls: { require: sg:web }',
      '`firewalls` has no `allow`; write `allow:` with every group that an interface may have',
    ],
    ['name: a, firewalls: { allow: [] }', '`allow` is an empty list; write at least one item'],
    [
      `name: a, firewalls: { require: [sg:web, sg:db], allow: ["${GROUP}", sg:db] }`,
      '`require` has `sg:web`, which `allow` does not list; add it there in the same spelling, or require another',
    ],
    [
      'name: a, firewalls: { allow: [web, self, 10.0.0.0/8, asg:web] }',
      `\`web\` is no security group; ${FORM}`,
      `\`self\` is no security group; ${FORM}`,
      `\`10.0.0.0/8\` is no security group; ${FORM}`,
      `\`asg:web\` is no security group; ${FORM}`,
    ],
    [
      'name: a, firewalls: { allow: sg-0123456789abcdef0 }',
      'peer `sg-0123456789abcdef0` is a security group; write `sg:sg-0123456789abcdef0`',
    ],
    [
      'name: a, firewalls: { allow: "sg:111122223333/sg-0123456789abcdef0" }',
      "group `sg:111122223333/sg-0123456789abcdef0` is one of an account, which is the instance's own here; write `sg:sg-0123456789abcdef0`",
    ],
    ['name: a, groups: [sg:web]', 'unknown key `groups` in an item of `instances`; write `firewalls`'],
    ['name: a, match: { vpc: vpc-1 }, firewalls: { allow: sg:web }', 'unknown key `vpc` in `match`; write `network`'],
    [
      'name: a, firewalls: { allow: sg:web } }, { name: a, firewalls: { allow: sg:web }',
      'instance name `a` is used twice; the first is in policy `web.yaml` line 3',
    ],
  ])('%s', (keys, ...problems) => {
    judgeBroken(
      keys,
      file(keys),
      problems.map((problem) => `3: ${problem}`),
    );
  });
});
