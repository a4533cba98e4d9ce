import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readInputs } from '../../cli/input.ts';
import { NETWORK, peerName } from '../../shared/core/model/rule.ts';
import { ANYWHERE } from '../../shared/core/space/addresses.ts';
import { addressesText } from '../../shared/core/spell.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function saved(name: string, answer: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(answer));
  return path;
}

test('a group that a policy names may be in another saved answer; one that is in none may exist', async () => {
  const group = (GroupId: string, GroupName: string, more: object = {}) => ({
    GroupId,
    GroupName,
    OwnerId: '111122223333',
    VpcId: 'vpc-01',
    SecurityGroupArn: `arn:aws:ec2:eu-central-1:111122223333:security-group/${GroupId}`,
    ...more,
  });
  const paths = [
    saved('web.json', { SecurityGroups: [group('sg-01', 'web')] }),
    saved('more.json', { SecurityGroups: [group('sg-02', 'bastion'), group('sg-03', 'db', { VpcId: 'vpc-02' })] }),
    saved('vpcs.json', { Vpcs: [{ VpcId: 'vpc-01', CidrBlock: '10.0.0.0/16' }] }),
  ];
  const [bastion, db] = [peerName('sg', 'bastion'), peerName('sg', 'db')];
  const stated = { region: undefined, account: undefined, networks: new Map() };
  const { firewalls } = await readInputs(paths, stated, new Date(0), [bastion, db]);
  const [web, , other] = firewalls;
  expect(web?.aliases.get(bastion)).toBe('sg:sg-02');
  expect(web?.aliases.has(db) || web?.names.has(db)).toBe(false);
  expect(other?.aliases.get(db)).toBe('sg:sg-03');
  const network = web?.names.get(NETWORK);
  expect(network && [network.least, network.most].map(addressesText)).toEqual(['10.0.0.0/16', '10.0.0.0/16']);
  expect(other?.names.get(NETWORK)?.most).toEqual(ANYWHERE);
});
