import { beforeAll, describe, expect, test } from 'vitest';
import { AT, folderOf, portcullis } from './command.ts';
import { ALL_INPUTS, DATABASE, POLICY, storyFolder, WEB } from './story.ts';

let folder = '';

beforeAll(async () => {
  folder = await storyFolder({ 'other/policy.yaml': POLICY });
});

const CODES: readonly (readonly [code: number, args: readonly string[]])[] = [
  [0, ['--help']],
  [0, ['--version']],
  [0, ['validate']],
  [0, ['check', ...ALL_INPUTS, '--firewall', DATABASE, '--at', AT]],
  [1, ['check', ...ALL_INPUTS, '--at', AT]],
  [1, ['check', ...ALL_INPUTS, '--at', '2026-12-02T00:00:00Z', '--firewall', DATABASE]],
  [0, ['plan', ...ALL_INPUTS, '--firewall', DATABASE, '--at', AT]],
  [1, ['plan', ...ALL_INPUTS, '--firewall', DATABASE, '--firewall', WEB, '--at', AT]],
  [0, ['explain', ...ALL_INPUTS, '--firewall', WEB, '--traffic', 'tcp/443 from 192.0.2.7', '--at', AT]],
  [1, ['explain', ...ALL_INPUTS, '--firewall', WEB, '--traffic', 'tcp/25 from 192.0.2.7', '--at', AT]],
];

const LEDGER = 'set `PORTCULLIS_LEDGER` to what the functions use, or write `--ledger sqlite:FILE`';
const GRANTS = 'set `PORTCULLIS_GRANTS` and `PORTCULLIS_GRANTS_KEY` to what the functions use';

const WRONG: readonly (readonly [args: readonly string[], message: string])[] = [
  [['check', '--jsn'], 'unknown option `--jsn`; did you mean `--json`?; see `portcullis --help`'],
  [['chek'], 'unknown command `chek`; did you mean `check`?; see `portcullis --help`'],
  [
    ['apply', '--yes', '--input', 'groups.json'],
    '--input is for `plan`: a saved answer cannot be changed; write `--cloud aws`',
  ],
  [['apply', '--yes', '--at', AT], '--at is for `plan`: changes are made now; leave it out'],
  [
    ['apply', '--yes'],
    'nothing to apply; write `--cloud aws --region REGION` to plan what is live, or the FILE of a saved plan',
  ],
  [
    ['apply', '--yes', '--by', 'jo', '--cloud', 'aws'],
    `no ledger; what is done by hand is recorded, or it is not done; ${LEDGER}`,
  ],
  [
    ['apply', '--yes', '--by', 'jo', '--cloud', 'aws', '--ledger', 'memory:'],
    `the ledger \`memory:\` ends with this command; what is done by hand is recorded, or it is not done; ${LEDGER}`,
  ],
  [
    ['apply', '--yes', '--by', 'jo', '--cloud', 'aws', '--ledger', 'mysql:x'],
    '--ledger is none of `dynamodb:TABLE`, `sqlite:FILE` and `memory:`',
  ],
  [
    ['apply', 'plan.json', '--region', 'us-east-1'],
    '--region is not for a saved plan, which says its firewalls itself; leave it out',
  ],
  [
    ['open', 'ssh', '--firewall', WEB, '--for', '2h', '--ticket', 'CHG0030192'],
    'traffic `ssh` is not readable; write it like `tcp/22 from 198.51.100.7` or `tcp/443 to 192.0.2.0/24`',
  ],
  [
    ['open', 'tcp/22 from 198.51.100.7', '--firewall', WEB, '--for', '2h'],
    'required option `--ticket <TICKET>` not specified; see `portcullis --help`',
  ],
  [
    ['rollback', 'INC0010023', '--by', 'jo', '--ledger', 'sqlite:ledger.db'],
    `no store for grants and the pause; ${GRANTS}`,
  ],
  [['grants', 'list'], `no store for grants and the pause; ${GRANTS}`],
  [['pause', '--why', 'migration', '--by', 'jo'], `no store for grants and the pause; ${GRANTS}`],
  [['pause', '--why', '', '--by', 'jo'], '--why is empty; write something that others understand'],
  [['ledger', 'list'], `no ledger; without it nobody can say what was done; ${LEDGER}`],
  [
    ['ledger', 'list', '--ledger', 'sqlite:ledger.db', '--kind', 'reverted,undone'],
    '--kind `undone` is none; write some of applied, failed, fine, gone, held, intended, opened, reverted, rolled-back, ticketed, unreadable, verified',
  ],
  [
    ['ledger', 'show', 'INC0010023', '--ledger', 'sqlite:ledger.db'],
    '`INC0010023` names no entry of the ledger; write it like `aws/111122223333/us-east-1/sg-0123456789abcdef0/7`',
  ],
  [
    [
      'ledger',
      'show',
      'aws/111122223333/us-east-1/sg-0123456789abcdef0/7',
      '--region',
      'eu-west-1',
      '--ledger',
      'sqlite:ledger.db',
    ],
    '--region says `eu-west-1`, and `aws/111122223333/us-east-1/sg-0123456789abcdef0/7` is in `us-east-1`; leave --region out',
  ],
  [
    ['plan', ...ALL_INPUTS, '--firewall', WEB, '--at', AT, '--out', 'nowhere/plan.json'],
    '--out `nowhere/plan.json`: its folder does not exist; write a file in a folder that you may write to',
  ],
  ...['check', 'plan', 'explain'].map((verb): readonly [readonly string[], string] => [
    [verb, '--role-arn=arn:aws:iam::111122223333:role/reader'],
    '--role-arn is not supported in this version; take on the role first, as by `aws sts assume-role`, and set its credentials in the environment',
  ]),
  [
    ['check', '--subscription'],
    '--subscription is not supported in this version; leave it out (no Azure firewalls are read yet)',
  ],
  [['explain', '--firewall', WEB], 'required option `--traffic <TRAFFIC>` not specified; see `portcullis --help`'],
  [
    ['explain', ...ALL_INPUTS, '--traffic', 'tcp/22 from 192.0.2.7'],
    'no firewall; write `--firewall` once, with the id of the one that is meant',
  ],
  [
    ['explain', ...ALL_INPUTS, '--firewall', WEB, '--firewall', DATABASE, '--traffic', 'tcp/22 from 192.0.2.7'],
    'more than one firewall; write `--firewall` once, with the id of the one that is meant',
  ],
  [
    ['check'],
    'nothing to judge; write `--input FILE...` for saved output, or `--cloud aws --region REGION` to read live',
  ],
  [['check', '--cloud', 'azure'], '--cloud `azure` is not supported in this version; write `--cloud aws`'],
  [['check', '--cloud', 'aws'], 'no region; write `--region us-east-1` or set AWS_REGION'],
  [
    ['check', '--cloud', 'aws', '--region', 'us-east-1', '--network', 'vpc-1=10.0.0.0/8'],
    '--network is for `--input`; live, the ranges of networks are read. leave it out',
  ],
  [
    ['check', ...ALL_INPUTS, '--account', '1111'],
    '--account `1111` is no AWS account; write its 12 digits, leading zeros included',
  ],
  [
    ['check', ...ALL_INPUTS, '--at', 'tomorrow'],
    '--at: time `tomorrow` is not readable; write it like `2026-12-01T00:00:00Z`',
  ],
  [
    ['check', ...ALL_INPUTS, '--policy', 'absent.yaml'],
    'policy `absent.yaml` does not exist; write the path of a policy file or of a folder with `*.yaml` files',
  ],
  [['validate', 'other/'], '`validate` takes no file by itself; write `--policy other/`'],
];

describe('usage', () => {
  test.concurrent.each(CODES)('exit code %i: %j', async (code, args) => {
    const said = await portcullis(folder, args);
    expect(said.code, said.stderr).toBe(code);
    expect(said.stderr).toBe('');
  });

  test.concurrent.each(WRONG)('%j', async (args, message) => {
    expect(await portcullis(folder, args)).toEqual({ code: 2, stdout: '', stderr: `portcullis: ${message}\n` });
  });

  test('without a verb it shows its help, and that is an error', async () => {
    const said = await portcullis(folder, []);
    expect([said.code, said.stdout]).toEqual([2, '']);
    expect(said.stderr).toContain('explain');
  });

  test.concurrent.each([
    'validate',
    'check',
    'plan',
    'apply',
    'open',
    'rollback',
    'status',
    'ledger',
    'explain',
    'replay',
    'schema',
  ])('%s --help has two examples', async (verb) => {
    const { code, stdout } = await portcullis(folder, [verb, '--help']);
    const [, examples = ''] = stdout.split('Examples:\n');
    expect(code).toBe(0);
    expect(
      examples
        .trim()
        .split('\n')
        .filter((line) => line.includes('portcullis ')),
    ).toHaveLength(2);
  });
});

describe('which policy', () => {
  test('a folder called `policies`, or what the environment says, or what the option says', async () => {
    const own = await folderOf({ 'policies/a.yaml': POLICY, 'broken.yaml': 'version: 1\n' });
    const codeOf = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      (await portcullis(own, ['validate', ...args], { env })).code;
    expect(await codeOf([])).toBe(0);
    expect(await codeOf([], { PORTCULLIS_POLICY: 'broken.yaml' })).toBe(2);
    expect(await codeOf(['--policy', 'policies'], { PORTCULLIS_POLICY: 'broken.yaml' })).toBe(0);
  });

  test('none, both, and one that is not a file', async () => {
    const errorOf = async (own: string, env: Readonly<Record<string, string>> = {}) =>
      (await portcullis(own, ['validate'], { env })).stderr;
    const none = await folderOf({});
    const both = await folderOf({ 'portcullis.yaml': POLICY, 'policies/a.yaml': POLICY });
    expect(await errorOf(none)).toContain('no policy: neither `portcullis.yaml` nor `policies/` is here');
    expect(await errorOf(both)).toContain('are both here; write `--policy PATH`');
    expect(await errorOf(none, { PORTCULLIS_POLICY: 's3://bucket/p.yaml' })).toContain(
      'the command line reads files only',
    );
  });
});
