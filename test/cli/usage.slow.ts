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

const WRONG: readonly (readonly [args: readonly string[], message: string])[] = [
  [['check', '--jsn'], 'unknown option `--jsn`; did you mean `--json`?; see `portcullis --help`'],
  [['chek'], 'unknown command `chek`; did you mean `check`?; see `portcullis --help`'],
  [
    ['apply', '--yes', '--input', 'groups.json'],
    '`portcullis apply` is not supported in this version; use `portcullis plan`, and make the changes that it shows',
  ],
  [['ledger', 'list', '--help'], '`portcullis ledger` is not supported in this version; look at the tickets'],
  [
    ['plan', ...ALL_INPUTS, '--out', 'plan.json'],
    '--out is not supported in this version; write `--json > FILE` to keep what it says (`apply` does not exist yet)',
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

  test.concurrent.each(['validate', 'check', 'plan', 'explain', 'replay', 'schema'])(
    '%s --help has two examples',
    async (verb) => {
      const { code, stdout } = await portcullis(folder, [verb, '--help']);
      const [, examples = ''] = stdout.split('Examples:\n');
      expect(code).toBe(0);
      expect(
        examples
          .trim()
          .split('\n')
          .filter((line) => line.includes('portcullis ')),
      ).toHaveLength(2);
    },
  );
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
