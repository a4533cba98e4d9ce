import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AT, folderOf, portcullis } from './command.ts';
import { APP, namedFolder, NODES } from './named-story.ts';
import { ALL_INPUTS, groupOf, permissionOf, storyFolder, WEB } from './story.ts';

// The shapes of INTERFACES, version 1, key by key: a strict object refuses every key that is not named.

const mode = z.enum(['enforce', 'approve', 'report', 'observe']);
const direction = z.enum(['ingress', 'egress']);
const range = z.tuple([z.int(), z.int()]);
const trafficKeys = {
  protocol: z.union([z.string(), z.int()]),
  ports: range.optional(),
  icmp: z.strictObject({ type: z.int(), code: z.int().optional() }).optional(),
  peer: z.string(),
  sourcePorts: range.optional(),
  own: z.string().optional(),
};
const traffic = z.strictObject(trafficKeys);
const rule = z.strictObject({
  ...trafficKeys,
  id: z.string().optional(),
  action: z.literal('allow'),
  description: z.string().optional(),
});
const target = z.strictObject({
  cloud: z.literal('aws'),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().min(1),
  networks: z.array(z.string()),
  id: z.string(),
  name: z.string(),
  tags: z.record(z.string(), z.string()),
});
const finding = z.strictObject({
  id: z.string(),
  target,
  direction,
  kind: z.enum(['excess', 'missing', 'limit', 'attachment', 'ungoverned', 'unread']),
  certainty: z.enum(['proven', 'possible']),
  policies: z.array(z.string()).min(1),
  clause: z.string(),
  at: z.string().regex(/:\d+$/),
  why: z.string().optional(),
  rule: z.string().nullable(),
  traffic: z.array(traffic),
  text: z.string(),
  mode,
});
const checkKeys = {
  version: z.literal(1),
  at: z.literal('2026-11-24T12:00:00.000Z'),
  summary: z.strictObject({
    firewalls: z.int(),
    governed: z.int(),
    ungoverned: z.int(),
    findings: z.int(),
    proven: z.int(),
    possible: z.int(),
  }),
  findings: z.array(finding),
};
const check = z.strictObject(checkKeys);
const change = z.strictObject({
  kind: z.enum(['remove', 'narrow', 'restore', 'add', 'attach', 'detach']),
  direction,
  rule: rule.optional(),
  becomes: z.array(rule).optional(),
  held: z.string().optional(),
});
const rules = z.strictObject({ ingress: z.array(rule), egress: z.array(rule) });
const plan = z.strictObject({
  ...checkKeys,
  plans: z.array(
    z.strictObject({
      target,
      mode: mode.nullable(),
      verdict: z.enum(['apply', 'hold', 'none']),
      reasons: z.array(z.string()),
      changes: z.array(change),
      collateral: z.array(z.strictObject({ ...trafficKeys, direction })),
      before: rules,
      after: rules,
    }),
  ),
});
const clause = z.strictObject({
  clause: z.string(),
  effect: z.enum(['allow', 'exception', 'cut', 'deny', 'left-out', 'require']),
  of: z.string(),
  at: z.string().regex(/:\d+$/),
  mode: mode.optional(),
  until: z.string().optional(),
  during: z.string().optional(),
  firm: z.literal(true).optional(),
  why: z.string().optional(),
  depends: z.array(z.string()).min(1).optional(),
  text: z.string(),
});
const explain = z.strictObject({
  version: z.literal(1),
  at: z.literal('2026-11-24T12:00:00.000Z'),
  target,
  direction,
  traffic: z.array(traffic),
  policies: z.array(z.string()),
  governing: z.array(z.strictObject({ policy: z.string(), at: z.string().regex(/:\d+$/), mode })),
  managedBy: z.string().optional(),
  lowered: z.array(z.string()),
  passes: z.enum(['all', 'part', 'none', 'possibly']),
  rules: z.array(rule.extend({ certainty: z.enum(['surely', 'possibly']) })),
  unread: z.array(z.strictObject({ rule: z.string(), why: z.string() })),
  may: z.union([z.boolean(), z.enum(['part', 'possibly'])]),
  depends: z.array(z.string()),
  clauses: z.array(clause),
  notNow: z.array(clause),
  advice: z.array(z.string()),
});

let folder = '';

beforeAll(async () => {
  folder = await storyFolder();
});

describe('JSON documents', () => {
  test('check', async () => {
    const { code, stdout, stderr } = await portcullis(folder, ['check', ...ALL_INPUTS, '--json', '--at', AT]);
    const document = check.parse(JSON.parse(stdout));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(document.summary).toEqual({
      firewalls: 3,
      governed: 2,
      ungoverned: 1,
      findings: document.findings.length,
      proven: document.findings.length,
      possible: 0,
    });
    expect(document.findings.map(({ kind, rule: id, clause }) => `${kind} ${id ?? '-'} ${clause}`).toSorted()).toEqual([
      'excess sgr-0a1b2c3d4e5f61002 production/ingress/allow',
      'excess sgr-0a1b2c3d4e5f61003 production/ingress/allow',
      'excess sgr-0a1b2c3d4e5f61004 production/egress/allow',
      'excess sgr-0a1b2c3d4e5f61005 production/ingress/allow',
      'missing - web tier/ingress/require/2',
    ]);
  });

  test('plan: a rule is narrowed to what is allowed, and the rest of it stays open', async () => {
    const group = groupOf({ IpPermissions: [permissionOf(443, 444, [{ CidrIp: '0.0.0.0/0', Description: 'site' }])] });
    const own = await folderOf({
      'p.yaml': `version: 1
policies:
  - name: web
    mode: enforce
    ingress: { allow: [{ service: tcp/443, from: anywhere }] }
`,
      'g.json': { SecurityGroups: [group] },
    });
    const said = await portcullis(own, ['plan', '--policy', 'p.yaml', '--input', 'g.json', '--json', '--at', AT]);
    const [only] = plan.parse(JSON.parse(said.stdout)).plans;
    expect(said.code).toBe(1);
    expect(only).toMatchObject({ verdict: 'apply', reasons: [], mode: 'enforce', collateral: [] });
    expect(only?.changes).toHaveLength(1);
    expect(only?.changes[0]).toMatchObject({
      kind: 'narrow',
      becomes: [{ protocol: 'tcp', ports: [443, 443], peer: '0.0.0.0/0' }],
    });
    expect(only?.after.ingress).toEqual([
      { action: 'allow', protocol: 'tcp', ports: [443, 443], peer: '0.0.0.0/0', description: 'site' },
    ]);
  });

  test('plan: the whole story', async () => {
    const { code, stdout } = await portcullis(folder, ['plan', ...ALL_INPUTS, '--json', '--at', AT]);
    const document = plan.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(document.plans.map(({ target: { id }, verdict, changes }) => [id, verdict, changes.length])).toEqual([
      ['sg-0a1b2c3d4e5f60001', 'apply', 5],
      ['sg-0a1b2c3d4e5f60002', 'none', 0],
      ['sg-0a1b2c3d4e5f60003', 'none', 0],
    ]);
  });

  test('explain', async () => {
    const question = ['--firewall', WEB, '--traffic', 'tcp/443-444 from anywhere'];
    const { code, stdout } = await portcullis(folder, ['explain', ...ALL_INPUTS, ...question, '--json', '--at', AT]);
    const document = explain.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(document).toMatchObject({
      direction: 'ingress',
      traffic: [
        { protocol: 'tcp', ports: [443, 444], peer: '0.0.0.0/0' },
        { protocol: 'tcp', ports: [443, 444], peer: '::/0' },
      ],
      policies: ['production', 'web tier'],
      passes: 'part',
      may: 'part',
    });
    expect(document.clauses.map(({ clause, effect }) => [clause, effect])).toEqual([
      ['production/ingress/allow/1', 'allow'],
      ['production/ingress/allow', 'left-out'],
      ['web tier/ingress/require/1', 'require'],
    ]);
  });

  test('explain, of a peer by name', async () => {
    const own = await namedFolder();
    const answer = async (firewall: string, traffic: string): Promise<z.infer<typeof explain>> => {
      const inputs = ['--input', 'groups.json', 'vpcs.json', '--firewall', firewall];
      const { stdout } = await portcullis(own, ['explain', ...inputs, '--traffic', traffic, '--json', '--at', AT]);
      return explain.parse(JSON.parse(stdout));
    };
    const denied = await answer(APP, 'tcp/9000 from 10.20.1.7');
    expect(denied).toMatchObject({ may: 'possibly', depends: ['sg:jump'] });
    expect(denied.clauses.find(({ effect }) => effect === 'deny')?.depends).toEqual(['sg:jump']);
    const named = await answer(APP, 'tcp/9000 from sg:jump');
    expect(named).toMatchObject({ may: false, depends: [], lowered: [] });
    expect(named.traffic).toEqual([{ protocol: 'tcp', ports: [9000, 9000], peer: 'sg:sg-0a1b2c3d4e5f60013' }]);
    expect(named.notNow.map(({ clause: id, during }) => [id, during])).toEqual([['quiet weekend', 'sat-sun UTC']]);
    const tended = await answer(NODES, 'tcp/25 from 192.0.2.7');
    expect(tended).toMatchObject({ managedBy: 'tag `kubernetes.io/cluster/blue`', lowered: ['app'] });
    expect(tended.governing).toEqual([{ policy: 'app', at: 'portcullis.yaml:3', mode: 'report' }]);
  });

  test('validate', async () => {
    const own = await folderOf({ 'p.yaml': 'version: 2\npolicies: []\n' });
    const good = await portcullis(folder, ['validate', '--json']);
    const bad = await portcullis(own, ['validate', '--policy', 'p.yaml', '--json']);
    const problem = z.strictObject({ file: z.literal('p.yaml'), line: z.int(), column: z.int(), message: z.string() });
    const valid = z.strictObject({
      version: z.literal(1),
      valid: z.literal(true),
      problems: z.tuple([]),
      warnings: z.array(z.strictObject({ ...problem.shape, file: z.literal('portcullis.yaml') })).min(1),
    });
    expect([good.code, valid.safeParse(JSON.parse(good.stdout)).error]).toEqual([0, undefined]);
    const document = z
      .strictObject({
        version: z.literal(1),
        valid: z.literal(false),
        problems: z.array(problem).min(2),
        warnings: z.tuple([]),
      })
      .parse(JSON.parse(bad.stdout));
    expect([bad.code, bad.stderr, document.problems[0]?.line]).toEqual([2, '', 1]);
  });
});
