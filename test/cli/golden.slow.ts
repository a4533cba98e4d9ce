import { beforeAll, describe, test } from 'vitest';
import { AT, portcullis } from './command.ts';
import { expectSession } from './golden.ts';
import { ALL_INPUTS, DATABASE, POLICY, SANDBOX, storyFolder, WEB } from './story.ts';

const BROKEN = `version: 1
policies:
  - name: web
    match: { account: 111122223333 }
    mode: enforced
    ingress:
      allow:
        - { service: tcp/443-80, from: anywhere }
        - { service: ssh, from: 10.0.0.1/8 }
      permit: []
`;
const ALSO_BROKEN = `version: 2
exceptions:
  - name: old
    until: soon
`;
/** The whole story, but nothing that is enforced. */
function onlyReported(policy: string): string {
  return policy.replace('mode: enforce', 'mode: report');
}

let folder = '';

beforeAll(async () => {
  folder = await storyFolder({
    'broken/a.yaml': BROKEN,
    'broken/b.yaml': ALSO_BROKEN,
    'reported.yaml': onlyReported(POLICY),
    'cut.json': '{\n  "SecurityGroups": [\n    { "GroupId": "sg-0a1b2c3d4e5f60001" "GroupName": "web" }\n  ]\n}\n',
  });
});

const explain = (firewall: string, traffic: string, ...more: readonly string[]): readonly string[] => [
  'explain',
  ...ALL_INPUTS,
  '--firewall',
  firewall,
  '--traffic',
  traffic,
  ...more,
];

const SESSIONS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['validate-valid', ['validate']],
  ['validate-problems', ['validate', '--policy', 'broken/']],
  ['check', ['check', ...ALL_INPUTS]],
  ['check-groups-only', ['check', '--input', 'groups.json', '--firewall', DATABASE]],
  ['check-nothing', ['check', ...ALL_INPUTS, '--firewall', SANDBOX]],
  ['check-broken-policy', ['check', ...ALL_INPUTS, '--policy', 'broken/']],
  ['check-broken-input', ['check', '--input', 'cut.json']],
  ['plan', ['plan', ...ALL_INPUTS]],
  ['plan-reported', ['plan', ...ALL_INPUTS, '--policy', 'reported.yaml', '--firewall', WEB]],
  ['plan-nothing', ['plan', ...ALL_INPUTS, '--firewall', DATABASE]],
  ['explain-ingress-may', explain(WEB, 'tcp/443 from 198.51.100.7')],
  ['explain-ingress-must-not', explain(WEB, 'tcp/22 from 198.51.100.7')],
  ['explain-ingress-part', explain(WEB, 'tcp/443-444 from anywhere')],
  ['explain-ingress-denied', explain(WEB, 'tcp/23 from 10.0.0.7')],
  ['explain-ingress-excepted', explain(DATABASE, 'tcp/5432 from 198.51.100.40')],
  ['explain-ingress-ended', [...explain(DATABASE, 'tcp/5432 from 198.51.100.40'), '--at', '2026-12-02T00:00:00Z']],
  ['explain-ingress-possibly', explain(DATABASE, 'tcp/5432 from 10.0.0.7')],
  ['explain-ingress-error', explain(WEB, 'ssh from 198.51.100.7')],
  ['explain-egress-may', explain(DATABASE, 'tcp/443 to 203.0.113.7')],
  ['explain-egress-must-not', explain(WEB, 'udp/53 to 192.0.2.0/24')],
  ['explain-egress-error', explain(WEB, 'tcp/443 to example.com')],
  ['explain-ungoverned', explain(SANDBOX, 'tcp/22 from 10.20.0.7')],
  ['explain-no-firewall', explain('web', 'tcp/22 from 198.51.100.7')],
];

describe('what people read', () => {
  test.concurrent.each(SESSIONS)('%s', async (name, args) => {
    const dated = args.includes('--at') ? args : [...args, '--at', AT];
    await expectSession(name, dated, await portcullis(folder, dated));
  });
});
