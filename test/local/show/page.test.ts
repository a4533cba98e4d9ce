import { expect, it } from 'vitest';
import { pageOf } from '../../../local/show/page.ts';
import type { Frame } from '../../../local/show/row.ts';
import type { Scene } from '../../../local/show/scene.ts';
import { expectGolden } from '../../golden.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

function ago(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000);
}

const allowed = { kind: 'allowed' } as const;

const SCENE: Scene = {
  now: NOW,
  addresses: { ec2: 'http://127.0.0.1:41001', serviceNow: 'http://127.0.0.1:41002' },
  policyPath: 'examples/fleet/fleet.yaml',
  policy: { kind: 'ok', policies: 9, mended: undefined },
  places: [
    {
      name: 'production',
      region: 'us-east-1',
      problem: undefined,
      open: {
        groups: 28,
        open: 6,
        against: 2,
        onlyReported: 1,
        firstAgainst: 10,
        unread: 2,
        services: [
          { text: 'tcp/22', kind: 'enforced' },
          { text: 'tcp/8080', kind: 'reported' },
          { text: 'tcp/443', ...allowed },
        ],
      },
    },
    {
      name: 'production',
      region: 'eu-west-1',
      problem: undefined,
      open: {
        groups: 19,
        open: 4,
        against: 0,
        onlyReported: 0,
        firstAgainst: 0,
        unread: 0,
        services: [{ text: 'tcp/443', ...allowed }],
      },
    },
    { name: 'staging', region: 'us-east-1', problem: undefined, open: undefined },
    { name: 'shared', region: 'us-east-1', problem: 'EC2 does not answer', open: undefined },
  ],
  events: [
    {
      at: ago(2),
      place: 'production us-east-1',
      firewall: 'web-frontend',
      who: 'priya',
      text: 'opened tcp/22 from 0.0.0.0/0',
    },
    {
      at: ago(75),
      place: 'production eu-west-1',
      firewall: 'alb-public',
      who: 'deploybot',
      text: 'RevokeSecurityGroupIngress',
    },
  ],
  changes: [
    {
      at: ago(2),
      place: 'production us-east-1',
      firewall: 'web-frontend',
      kind: 'done',
      seconds: 0.061,
      text: 'narrowed tcp/22 from 0.0.0.0/0 to tcp/22 from 10.0.0.0/8',
    },
    {
      at: ago(74),
      place: 'production eu-west-1',
      firewall: 'alb-public',
      kind: 'done',
      seconds: 0.3,
      text: 'added tcp/443 from 0.0.0.0/0',
    },
    {
      at: ago(3700),
      place: 'production us-east-1',
      firewall: 'a-name-that-is-longer-than-its-column',
      kind: 'open',
      seconds: undefined,
      text: 'held: it would make 21 changes to this firewall, more than the 20 allowed at once',
    },
  ],
  incidents: Array.from({ length: 12 }, (_, index) => ({
    number: `INC00100${String(12 - index).padStart(2, '0')}`,
    state: index === 1 ? 'In Progress' : 'New',
    title: 'web-frontend (sg-008b3813fb1187166) was open, and is closed: tcp/22 from 0.0.0.0/0 but 10.0.0.0/8',
  })),
  counts: { events: 2, reverts: 14, incidents: 12, seconds: [0.061, 0.3], lost: 0 },
  next: [
    '. .portcullis/local.env',
    'npx portcullis explain --cloud aws --firewall sg-008b3813fb1187166 --traffic "tcp/22 from 198.51.100.7"',
    'npx portcullis check --cloud aws',
  ],
  notice: undefined,
};

const BROKEN: Scene = {
  ...SCENE,
  policy: {
    kind: 'broken',
    since: ago(1),
    problems: [
      'policy `examples/fleet/fleet.yaml` line 30: unknown key `form` in an `allow` clause; did you mean `from`?',
      'policy `examples/fleet/fleet.yaml` line 31: port range `443-80` is reversed; write `80-443`',
    ],
  },
  notice: 'EC2 refused that on web-frontend (InvalidPermission.Duplicate: the rule is there already)',
};

/** What has just begun. */
const EMPTY: Scene = {
  ...SCENE,
  events: [],
  changes: [],
  incidents: [],
  counts: { events: 0, reverts: 0, incidents: 0, seconds: [], lost: 3 },
};

function shown(scene: Scene, width: number, height: number): string {
  return `${pageOf(scene, { width, height, colour: false }).join('\n')}\n`;
}

it.each([
  ['80x24', SCENE, 80, 24],
  ['120x40', SCENE, 120, 40],
  ['broken-80x24', BROKEN, 80, 24],
  ['empty-80x24', EMPTY, 80, 24],
] as const)('looks as it should: %s', async (name, scene, width, height) => {
  await expectGolden(`show/${name}`, shown(scene, width, height));
});

const FRAMES = [
  [80, 24],
  [80, 30],
  [100, 24],
  [120, 40],
  [200, 60],
  [40, 12],
  [20, 5],
  [1, 1],
] as const;

it.each(FRAMES)('fits %i columns and %i rows, and fills them', (width, height) => {
  for (const scene of [SCENE, BROKEN, EMPTY]) {
    const rows = pageOf(scene, { width, height, colour: false });
    expect(rows).toHaveLength(height);
    expect(rows.filter((row) => row.length > width)).toEqual([]);
  }
});

it('never cuts a command that is there to be copied', () => {
  const [settings = '', explain = '', check = ''] = SCENE.next;
  const narrow = shown(SCENE, 80, 24);
  expect([settings, check].every((command) => narrow.includes(command))).toBe(true);
  expect(narrow).not.toContain('npx portcullis explain');
  expect(shown(SCENE, 120, 24)).toContain(explain);
});

const PLAIN: Frame = { width: 120, height: 40, colour: false };

it('paints only where colours are shown', () => {
  expect(pageOf(SCENE, PLAIN).join('')).not.toContain('\u001b');
  const painted = pageOf(SCENE, { ...PLAIN, colour: true });
  expect(painted.join('\n')).toContain('\u001b[31mtcp/22\u001b[39m');
  const stripped = painted.map((row) => row.replaceAll(/\u001b\[\d+m/g, '').trimEnd());
  expect(stripped).toEqual(pageOf(SCENE, PLAIN));
});

it('lets nothing from outside steer the terminal', () => {
  const [event] = SCENE.events;
  const evil = '\u001b[2J\u202ereversed\u0007\n';
  const scene: Scene = {
    ...SCENE,
    notice: evil,
    events: [{ ...event!, firewall: evil, who: evil, text: evil }],
    incidents: [{ number: evil, state: evil, title: evil }],
    places: [{ name: evil, region: evil, open: undefined, problem: evil }],
  };
  const text = pageOf(scene, { ...PLAIN, width: 400 }).join('');
  expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
  expect(text).toContain('\\u{1b}[2J\\u{202e}reversed\\u{7}\\n');
});

it('counts characters that are two columns wide', () => {
  const [event] = SCENE.events;
  const scene: Scene = { ...SCENE, events: [{ ...event!, text: '日本語'.repeat(60) }] };
  const row = pageOf(scene, PLAIN).find((one) => one.includes('日'));
  const characters = Array.from(row ?? '');
  const wide = characters.filter((character) => character > '\u2fff').length;
  expect(characters.length + wide).toBeLessThanOrEqual(120);
  expect(row).toMatch(/…$/);
});
