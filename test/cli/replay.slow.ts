import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { folderOf, portcullis } from './command.ts';
import { expectSession } from './golden.ts';
import {
  closed,
  created,
  enveloped,
  logFile,
  OLD,
  opened,
  POLICY,
  record,
  storyRecords,
  VPC,
  WEB,
  zipped,
} from './replay-story.ts';
import type { Json } from './replay-story.ts';

const ANYONE = '0.0.0.0/0';
const HOSTILE = '\u001b[2K\u001b[1A\u202eexe.\nsecond `line`';
/** What a terminal obeys or hides; line feeds are between lines only. */
const OBEYED = /[^\P{C}\n]/u;

/** The old group as it is today: the events do not tell its tags. */
const TODAY = {
  SecurityGroups: [
    {
      GroupId: OLD,
      GroupName: 'billing',
      OwnerId: '111122223333',
      VpcId: VPC,
      SecurityGroupArn: `arn:aws:ec2:eu-west-1:111122223333:security-group/${OLD}`,
      Tags: [{ Key: 'role', Value: 'web' }],
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 23, ToPort: 23, IpRanges: [{ CidrIp: ANYONE }] },
        { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      ],
      IpPermissionsEgress: [],
    },
  ],
};

let folder = '';
let records: readonly Json[] = [];

beforeAll(async () => {
  records = storyRecords();
  const [a = {}, b = {}, ...rest] = records;
  folder = await folderOf({
    'portcullis.yaml': POLICY,
    'open.yaml': 'version: 1\npolicies: [{ name: open, mode: enforce, ingress: { deny: [] } }]\n',
    'narrow.yaml':
      'version: 1\npolicies: [{ name: p, mode: enforce, ingress: { deny: [{ service: tcp/23, from: internet }] } }]\n',
    // The day is spread over files in no order, as CloudTrail does it, and one file was copied twice.
    'logs/2026/11/02/b.json.gz': zipped(logFile(rest.toReversed())),
    'logs/2026/11/02/a.json': logFile([b]),
    'logs/2026/11/02/z.json': enveloped(a),
    'logs/2026/11/02/copy.json': logFile([b]),
    'logs/CloudTrail-Digest/d.json': { awsAccountId: '111122223333', digestS3Object: 'd.json.gz', logFiles: [] },
    'logs/notes.txt': 'not for us',
    'day.json': logFile(records),
    'lines.jsonl': `${records.map((one) => JSON.stringify(one)).join('\n')}\n`,
    'list.json': records,
    'looked-up.json': { Events: records.map((one) => ({ EventId: 'x', CloudTrailEvent: JSON.stringify(one) })) },
    'today.json': TODAY,
    'broken.json': '{"Records": [{"eventName": }]}',
    'half.jsonl': `${JSON.stringify(a)}\n${JSON.stringify(b)}\n{"eventName": "Cut`,
    'odd.json': logFile([a, { eventName: 'AuthorizeSecurityGroupIngress', eventSource: 'ec2.amazonaws.com' }, 7]),
    'empty.json': '',
    'bad.json.gz': new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3]),
    'latin1.json': new Uint8Array([0x7b, 0x22, 0xe9, 0x22]),
    'none/readme.txt': 'no events',
    'digests/d.json': { digestS3Object: 'd.json.gz' },
    'hostile.json': logFile([
      created('08:00:00', WEB, HOSTILE, { role: 'web', [HOSTILE]: HOSTILE }),
      {
        ...opened('08:10:00', WEB, 22, ANYONE, { description: HOSTILE, who: { type: 'IAMUser', userName: HOSTILE } }),
        userAgent: HOSTILE,
        sourceIPAddress: HOSTILE,
      },
      record('09:00:00', HOSTILE, {}),
      { eventName: HOSTILE },
      opened('09:10:00', HOSTILE, 22, ANYONE),
    ]),
  });
});

const summary = z.object({
  version: z.literal(1),
  summary: z.looseObject({ events: z.int(), reverts: z.int(), tickets: z.int(), partlyKnown: z.int() }),
  runs: z.array(z.looseObject({ at: z.string(), outcome: z.string(), target: z.looseObject({ name: z.string() }) })),
  malformed: z.array(z.object({ where: z.string(), why: z.string() })),
});

async function answer(args: readonly string[], stdin?: string): Promise<z.infer<typeof summary>> {
  const said = await portcullis(folder, ['replay', '--json', ...args], stdin === undefined ? {} : { stdin });
  expect(said.stderr).toMatch(/^(portcullis: warning: \d+ of \d+ events cannot be read.*\n)?$/);
  return summary.parse(JSON.parse(said.stdout));
}

const SESSIONS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['replay', ['replay', '--events', 'logs/']],
  ['replay-input', ['replay', '--events', 'logs', '--input', 'today.json', '--firewall', OLD]],
  ['replay-json', ['replay', '--events', 'day.json', '--json']],
  ['replay-nothing', ['replay', '--events', 'day.json', '--policy', 'open.yaml']],
  ['replay-broken', ['replay', '--events', 'odd.json', 'half.jsonl', 'broken.json']],
];

describe('replay', () => {
  test.concurrent.each(SESSIONS)('golden %s', async (name, args) => {
    await expectSession(name, args, await portcullis(folder, args));
  });

  test('files in every form say the same, and so does standard input', async () => {
    const expected = await answer(['--events', 'day.json']);
    expect(expected.summary).toMatchObject({ events: 9, reverts: 2, tickets: 3, partlyKnown: 1 });
    for (const file of ['lines.jsonl', 'list.json', 'looked-up.json']) {
      expect((await answer(['--events', file])).runs).toEqual(expected.runs);
    }
    expect((await answer(['--events', '-'], JSON.stringify(records))).runs).toEqual(expected.runs);
  });

  test('a raised or lowered quota of rules counts, as it does in every verb', async () => {
    const args = ['replay', '--json', '--events', 'day.json', '--policy', 'narrow.yaml'];
    const outcomeWith = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
      const said = await portcullis(folder, args, { env });
      return summary.parse(JSON.parse(said.stdout)).runs.map(({ outcome }) => outcome);
    };
    expect(await outcomeWith({})).toEqual(['reverted']);
    expect(await outcomeWith({ PORTCULLIS_RULES_PER_GROUP: '5' })).toEqual(['held']);
    const wrong = await portcullis(folder, args, { env: { PORTCULLIS_RULES_PER_GROUP: 'many' } });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('PORTCULLIS_RULES_PER_GROUP')]);
  });

  test('text from outside shows no escape sequence', async () => {
    const page = await portcullis(folder, ['replay', '--events', 'hostile.json']);
    expect([page.code, page.stderr]).toEqual([1, expect.stringContaining('2 of 5 events cannot be read')]);
    expect(page.stdout).not.toMatch(OBEYED);
    expect(page.stdout).toContain('\\u{1b}[2K');
    const json = await portcullis(folder, ['replay', '--events', 'hostile.json', '--json']);
    expect(json.stdout).not.toMatch(OBEYED);
    expect(summary.parse(JSON.parse(json.stdout)).runs[0]?.target.name).toBe(HOSTILE);
  });

  test('what cannot be read is shown with its place, and does not stop the rest', async () => {
    const { malformed, summary: sum } = await answer([
      '--events',
      'odd.json',
      'half.jsonl',
      'broken.json',
      'empty.json',
      'bad.json.gz',
      'latin1.json',
    ]);
    expect(sum.events).toBe(10);
    expect(malformed.map(({ where, why }) => `${where}: ${why}`)).toEqual([
      expect.stringMatching(/^odd\.json\[1\]: event `AuthorizeSecurityGroupIngress` has no account/),
      expect.stringMatching(/^odd\.json\[2\]: event is not an object/),
      'half.jsonl line 3 column 15: `"Cut` stands where a value should be',
      'broken.json line 1 column 28: `}` stands where a value should be',
      'empty.json: is empty; expected events as JSON',
      expect.stringMatching(/^bad\.json\.gz: is zipped and broken \(Z_[A-Z]+_ERROR\)$/),
      'latin1.json: is no UTF-8 text; expected JSON',
    ]);
  });
});

const WRONG: readonly (readonly [args: string, message: string])[] = [
  ['', 'required option `--events <PATH...>` not specified; see `portcullis --help`'],
  ['--events absent.json', 'events `absent.json` does not exist; write files or folders of events'],
  ['--events day.json absent', 'events `absent` does not exist; write files or folders of events'],
  [
    '--events none',
    'folder `none` has no files of events; expected `*.json`, `*.jsonl` or `*.ndjson`, zipped as `.gz` or not',
  ],
  ['--events broken.json', 'no event could be read: broken.json line 1 column 28: `}` stands where a value should be'],
  ['--events digests', 'no events in the files; expected records of CloudTrail'],
  [
    '--events day.json --policy absent.yaml',
    'policy `absent.yaml` does not exist; write the path of a policy file or of a folder with `*.yaml` files',
  ],
  ['--events day.json --input absent.json', 'input `absent.json` does not exist'],
  ['--events - --input -', 'both `--events` and `--input` are `-`; standard input can be read once'],
  [
    '--events day.json --at 2026-11-02T00:00:00Z',
    '--at is not supported in this version; leave it out: each event is judged as of its own time',
  ],
  [
    '--events day.json --account 1111',
    '--account `1111` is no AWS account; write its 12 digits, leading zeros included',
  ],
];

describe('what cannot be answered is an error', () => {
  test.concurrent.each(WRONG)('replay %s', async (args, message) => {
    const said = await portcullis(folder, ['replay', ...args.split(' ').filter((word) => word !== '')]);
    expect(said).toEqual({ code: 2, stdout: '', stderr: `portcullis: ${message}\n` });
  });

  test('without any policy nothing is replayed', async () => {
    const bare = await folderOf({
      'day.json': logFile([created('08:00:00', WEB, 'web'), closed('09:00:00', WEB, 22, ANYONE)]),
    });
    const said = await portcullis(bare, ['replay', '--events', 'day.json']);
    expect([said.code, said.stdout]).toEqual([2, '']);
    expect(said.stderr).toContain('no policy: neither `portcullis.yaml` nor `policies/` is here');
  });
});
