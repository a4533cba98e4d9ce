import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, test } from 'vitest';
import { AT, folderOf, portcullis } from './command.ts';
import { expectSession } from './golden.ts';

const POLICY = `version: 1
policies:
  - name: production
    match: { cloud: aws, tags: { env: prod } }
    mode: enforce
    ingress:
      allow:
        - { service: tcp/443, from: anywhere, why: public site }
        - { service: tcp/22, from: 203.0.113.0/24 }
        - { service: tcp/5432, from: sg:web }
    egress:
      allow:
        - { service: tcp/443, to: anywhere }
`;

const INPUTS = join(import.meta.dirname, '../../examples/inputs');

let folder = '';

beforeAll(async () => {
  folder = await folderOf({
    'portcullis.yaml': POLICY,
    'plan.json': await readFile(join(INPUTS, 'terraform/plan.json'), 'utf8'),
    'template.yaml': await readFile(join(INPUTS, 'cloudformation/template.yaml'), 'utf8'),
  });
});

const PLAN = ['--input', 'plan.json', '--account', '111122223333'];
const TEMPLATE = ['--input', 'template.yaml', '--account', '111122223333', '--region', 'us-east-1'];

const SESSIONS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['terraform-check', ['check', ...PLAN]],
  ['terraform-plan', ['plan', ...PLAN, '--firewall', 'aws_security_group.web']],
  [
    'terraform-explain',
    [
      'explain',
      ...PLAN,
      '--firewall',
      'aws_security_group.database',
      '--traffic',
      'tcp/5432 from sg:aws_security_group.web',
    ],
  ],
  ['cloudformation-check', ['check', ...TEMPLATE]],
  ['cloudformation-plan', ['plan', ...TEMPLATE, '--firewall', 'DatabaseGroup']],
];

describe('what people read of firewalls that do not exist yet', () => {
  test.each(SESSIONS)('%s', async (name, args) => {
    const dated = [...args, '--at', AT];
    await expectSession(name, dated, await portcullis(folder, dated));
  });
});
