import { beforeAll, describe, test } from 'vitest';
import { AT, portcullis } from './command.ts';
import { expectSession } from './golden.ts';
import { APP, namedFolder, NODES, PARTNERS } from './named-story.ts';

let folder = '';

beforeAll(async () => {
  folder = await namedFolder();
});

const SESSIONS: readonly (readonly [name: string, firewall: string, traffic: string, at: string])[] = [
  ['explain-name-allowed', APP, 'tcp/8443 from sg:front', AT],
  ['explain-name-forbidden', APP, 'tcp/9000 from sg:jump', AT],
  ['explain-name-left-out', APP, 'tcp/8443 from sg:jump', AT],
  ['explain-name-unknown', APP, 'tcp/8443 from sg:back', AT],
  ['explain-name-within', APP, `tcp/443 from prefix-list:${PARTNERS}`, AT],
  ['explain-self', APP, 'tcp/7000 from self', AT],
  ['explain-network', APP, 'tcp/9000 from network', AT],
  ['explain-internet', APP, 'tcp/443 from internet', AT],
  ['explain-only-by-name', APP, 'tcp/8443 from 10.20.0.7', AT],
  ['explain-may-by-name', APP, 'tcp/7000 from 10.20.0.7', AT],
  ['explain-possible-deny', APP, 'tcp/9000 from 10.20.1.7', AT],
  ['explain-cut', APP, 'tcp/443 from 192.0.2.7', AT],
  ['explain-not-now', APP, 'tcp/22 from 203.0.113.7', AT],
  ['explain-now', APP, 'tcp/22 from 203.0.113.7', '2026-11-24T11:59:59Z'],
  ['explain-firm', APP, 'tcp/23 from 10.20.0.9', AT],
  ['explain-tended', NODES, 'tcp/25 from 192.0.2.7', AT],
];

describe('what people read of names, times and what yields to nothing', () => {
  test.concurrent.each(SESSIONS)('%s', async (name, firewall, traffic, at) => {
    const inputs = ['--input', 'groups.json', 'vpcs.json'];
    const args = ['explain', ...inputs, '--firewall', firewall, '--traffic', traffic, '--at', at];
    await expectSession(name, args, await portcullis(folder, args));
  });
});
