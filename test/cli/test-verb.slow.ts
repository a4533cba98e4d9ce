import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AT, folderOf, portcullis } from './command.ts';
import { expectSession } from './golden.ts';
import { DATABASE, POLICY, storyFolder, WEB } from './story.ts';

const PASSING = `version: 1
policy: ../portcullis.yaml
at: ${AT}
firewall: { tags: { env: prod } }
tests:
  - name: the offices keep ssh, nobody else
    rules:
      ingress: [tcp/22 from 0.0.0.0/0, tcp/22 from 203.0.113.0/24]
      egress: [any to anywhere]
    expect:
      allowed: [tcp/443 from anywhere]
      forbidden:
        - tcp/22 from 198.51.100.7
        - { traffic: tcp/23 from 10.0.0.7, by: clear text, mode: enforce }
      after:
        ingress: [tcp/22 from 203.0.113.0/25, tcp/22 from 203.0.113.128/25]
        egress: [tcp/443 to anywhere]
      verdict: apply
      findings: 3
  - name: until the exception ends
    firewall: { id: ${DATABASE} }
    expect: { allowed: [tcp/5432 from 198.51.100.40] }
  - name: and not after it
    at: 2026-12-01T00:00:00Z
    firewall: { id: ${DATABASE} }
    expect: { forbidden: [tcp/5432 from 198.51.100.40] }
`;

const FAILING = `version: 1
at: ${AT}
firewall: { tags: { env: prod }, networks: { vpc-0a1b2c3d: [10.0.0.0/16] } }
tests:
  - name: nothing is as it says here
    rules: { ingress: [tcp/22 from 0.0.0.0/0, tcp/443 from sg:app] }
    expect:
      allowed: [tcp/22 from 198.51.100.7, tcp/443-444 from 198.51.100.7]
      forbidden:
        - tcp/443 from sg:app
        - { traffic: tcp/25 from 10.0.0.7, by: clear text }
        - { traffic: tcp/25 from 10.0.0.7, mode: report }
        - { traffic: tcp/23-25 from 10.0.0.7, by: clear text }
      possible: [tcp/80 from sg:app, tcp/80 from 10.0.0.7]
      after: { ingress: [tcp/22 from 198.51.100.7, tcp/443 from sg:app] }
      verdict: none
      findings: 0
      policies: [web tier]
  - name: nobody governs it
    firewall: { tags: { env: test } }
    expect: { allowed: [tcp/22 from anywhere] }
  - name: this is right
    expect: { allowed: [tcp/443 from anywhere] }
`;

const WRONG = `version: 1
test:
  - name: one
    firewal: { id: sg-1, tags: { env: 1 }, networks: [], account: 111122223333 }
    rules: { ingress: [tcp/22 to anywhere, tcp/22 from internet, ssh from office], outgress: [] }
    peers:
      "sg:x": 10.0.0.0/8
      "prefix-list:pl-0123456789abcdef0": [10.0.0.1/8]
      y: z
      "sg:sg-0123456789abcdef0": sg:sg-0123456789abcdef1
    expect:
      allowed: []
      forbidden:
        - { traffic: tcp/22 from 10.0.0.1, by: clear txt }
        - { traffic: tcp/22 from 10.0.0.1, by: production/ingress/allow/1 }
        - { traffic: tcp/22 from 10.0.0.1, by: production/egress/allow, mode: enforced }
      verdict: aply
      findings: many
      policies: [web teir]
  - name: one
    expect: {}
  - nme: two
    at: tomorrow
  - { name: three, firewall: { from: groups.json, name: web }, rules: {}, expect: { allowed: [{ traffic: tcp/1 from 10.0.0.1, by: x }] } }
`;

let folder = '';

beforeAll(async () => {
  folder = await storyFolder({ 'tests/good.test.yaml': PASSING, 'bad.test.yaml': FAILING, 'wrong.test.yaml': WRONG });
});

describe('what people read', () => {
  test.concurrent.each([
    ['test-passed', ['test', 'tests']],
    ['test-failed', ['test', 'bad.test.yaml']],
    ['test-problems', ['test', 'wrong.test.yaml', '--policy', 'portcullis.yaml']],
  ])('%s', async (name, args) => {
    await expectSession(name, args, await portcullis(folder, args));
  });
});

const failure = z.strictObject({
  kind: z.enum(['allowed', 'forbidden', 'possible', 'after', 'verdict', 'findings', 'policies']),
  line: z.int(),
  message: z.string(),
  lacking: z.array(z.string()).optional(),
  extra: z.array(z.string()).optional(),
});
const document = z.strictObject({
  version: z.literal(1),
  summary: z.strictObject({ tests: z.int(), passed: z.int(), failed: z.int() }),
  tests: z.array(
    z.strictObject({
      file: z.string(),
      line: z.int(),
      name: z.string(),
      passed: z.boolean(),
      failures: z.array(failure),
    }),
  ),
});

/** One test, of which only `keys` matter, as a file beside the story. */
async function saidOf(keys: string, more: Readonly<Record<string, unknown>> = {}, args: readonly string[] = []) {
  const own = await storyFolder({ 'a.test.yaml': `version: 1\ntests:\n  - name: it\n    ${keys}\n`, ...more });
  return portcullis(own, ['test', 'a.test.yaml', ...args]);
}

describe('portcullis test', () => {
  test('as JSON: every test, and what is not as expected', async () => {
    const said = await portcullis(folder, ['test', 'bad.test.yaml', '--json']);
    const { summary, tests } = document.parse(JSON.parse(said.stdout));
    expect([said.code, said.stderr, summary]).toEqual([1, '', { tests: 3, passed: 1, failed: 2 }]);
    expect(tests.map(({ line, passed }) => [line, passed])).toEqual([
      [5, false],
      [19, false],
      [22, true],
    ]);
    expect(tests[0]?.failures.find(({ kind }) => kind === 'after')).toMatchObject({
      lacking: ['tcp/22 from 198.51.100.7/32'],
      extra: ['tcp/22 from 203.0.113.0/24'],
    });
  });

  test('a firewall of a saved answer, by its id', async () => {
    const firewall = `firewall: { from: [groups.json, rules.json, vpcs.json], id: ${WEB} }`;
    const dated = ['--at', AT];
    const right = await saidOf(`${firewall}\n    expect: { findings: 5, verdict: apply }`, {}, dated);
    const wrong = await saidOf(`${firewall}\n    expect: { findings: 4 }`, {}, dated);
    const absent = await saidOf(
      `firewall: { from: groups.json, id: sg-0123456789abcdef0 }\n    expect: { findings: 1 }`,
    );
    const nowhere = await saidOf(`firewall: { from: gruops.json }\n    expect: { findings: 1 }`);
    expect([right.code, wrong.code, absent.code, nowhere.code]).toEqual([0, 1, 2, 2]);
    expect(absent.stderr).toContain('line 4 column 17: there is no firewall `sg-0123456789abcdef0` in `groups.json`');
    expect(nowhere.stderr).toContain('line 4 column 17: input `gruops.json` does not exist');
  });

  test('what the command line names as policy goes before what the file names', async () => {
    const stricter = POLICY.replace(
      'service: tcp/443, from: anywhere, why: public site',
      'service: tcp/443, from: offices',
    );
    const own = await storyFolder({ 'tests/good.test.yaml': PASSING, 'stricter.yaml': stricter });
    const codeOf = async (...args: readonly string[]) => (await portcullis(own, ['test', 'tests', ...args])).code;
    expect([await codeOf(), await codeOf('--policy', 'stricter.yaml')]).toEqual([0, 1]);
  });

  test('a test that depends on the moment has to say which', async () => {
    const keys = `firewall: { id: ${DATABASE} }\n    expect: { policies: [] }`;
    const [clock, dated] = await Promise.all([saidOf(keys), saidOf(keys, {}, ['--at', AT])]);
    expect([clock.code, dated.code]).toEqual([2, 0]);
    expect(clock.stderr).toContain(
      'line 3 column 5: exception `vendor migration` ends, so this test depends on when it is run; say as of when',
    );
  });

  test('a group is known by its name, by the id that stands for it, and by nothing else', async () => {
    const policy =
      'version: 1\npolicies: [{ name: p, ingress: { allow: [{ service: tcp/22, from: "sg:bastion" }] } }]\n';
    const keys = (peers: string) =>
      `firewall: { networks: { vpc-1: [10.0.0.0/16] } }\n    ${peers}\n    ` +
      'expect: { allowed: [tcp/22 from sg:bastion], forbidden: [tcp/22 from sg:sg-0aaaaaaaaaaaaaaaa] }';
    const stands = 'peers: { "sg:bastion": sg:sg-0aaaaaaaaaaaaaaaa }';
    const codeOf = async (peers: string) =>
      (await saidOf(keys(peers), { 'p.yaml': policy }, ['--policy', 'p.yaml'])).code;
    // Where the id is another group's, it is forbidden; where it is the bastion's, it is allowed.
    expect(await Promise.all(['rules: {ingress: []}', stands].map(codeOf))).toEqual([0, 1]);
  });

  test('a policy with problems is no policy to test, and is told of once', async () => {
    const own = await folderOf({
      'portcullis.yaml': 'version: 2\npolicies: []\n',
      'a.test.yaml': 'version: 1\ntests: [{ name: a, expect: { findings: 0 } }]\n',
      'b.test.yaml': 'version: 1\npolicy: portcullis.yaml\ntests: [{ name: a, expect: { finding: 0 } }]\n',
    });
    const { code, stdout, stderr } = await portcullis(own, ['test', '.']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n')).toEqual([
      'portcullis: test `b.test.yaml` line 3 column 30: unknown key `finding` in `expect`; did you mean `findings`?',
      expect.stringContaining('policy `portcullis.yaml` line 1:'),
      expect.stringContaining('policy `portcullis.yaml` line 1:'),
    ]);
  });

  test.each([
    [['absent.test.yaml'], 'test `absent.test.yaml` does not exist; write the path of a test file'],
    [['tests', 'empty'], 'test folder `empty` holds no test file; put a `*.test.yaml` file there'],
    [[], 'missing required argument'],
  ])('%j', async (args, message) => {
    const own = await storyFolder({ 'tests/good.test.yaml': PASSING, 'empty/a.yaml': POLICY });
    const { code, stdout, stderr } = await portcullis(own, ['test', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

test('the example of the guide passes', async () => {
  const root = join(import.meta.dirname, '../..');
  const guide = await readFile(join(root, 'docs/guide.md'), 'utf8');
  const [, example = ''] = /```yaml\n(version: 1\npolicy: web\.yaml[^]*?)```/.exec(guide) ?? [];
  const policy = await readFile(join(root, 'examples/policies/web-tier.yaml'), 'utf8');
  const own = await folderOf({ 'web.yaml': policy, 'web.test.yaml': example });
  const { code, stdout } = await portcullis(own, ['test', '.']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('1 test: all passed')]);
});

describe('tests beside policies', () => {
  test('are no policies, and a policy that is only called so is one', async () => {
    const own = await folderOf({
      'policies/a.yaml': POLICY,
      'policies/a.test.yaml': PASSING,
      'policies/b.test.json': { version: 1, tests: [] },
      'policies/stage.test.yaml': 'version: 1\npolicies: [{ name: stage, ingress: { allow: [] } }]\n',
      'policies/tags.test.json': {
        version: 1,
        policies: [{ name: 't', match: { tags: { tests: 'x' } }, ingress: { deny: [] } }],
      },
    });
    const { code, stdout } = await portcullis(own, ['validate']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('4 policies, 1 exception, 3 files: valid')]);
  });
});
