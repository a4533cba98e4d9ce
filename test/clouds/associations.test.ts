import {
  AssociateSecurityGroupVpcCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  DisassociateSecurityGroupVpcCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import type { Extent } from '../../shared/core/model/rule.ts';
import { ANYWHERE } from '../../shared/core/space/addresses.ts';
import { addressesText } from '../../shared/core/spell.ts';
import { account, codeOf, defaultVpc, otherVpc, region, startLocalEc2 } from '../local/ec2-fixture.ts';
import { addRows, createGroup, readGroup, refusal, startLive } from './live.ts';
import type { Live } from './live.ts';

let live: Live;

beforeAll(async () => {
  live = await startLive();
});
afterAll(async () => {
  await live.close();
});
beforeEach(() => {
  live.between.before = () => undefined;
  live.between.calls.length = 0;
});

const HOME = '10.0.0.0/15, 2001:db8:1234::/56';

/** A group whose only rule names a new group of the same VPC, and what that one is at most. */
async function naming(): Promise<{
  readonly id: string;
  readonly peer: string;
  readonly most: () => Promise<Extent['most']>;
}> {
  const peer = await createGroup(live.client);
  const id = await createGroup(live.client);
  await addRows(live.client, id, [{ IpProtocol: '-1', ReferencedGroupInfo: { GroupId: peer } }]);
  const most = async (): Promise<Extent['most']> => {
    const extent = (await readGroup(live.cloud, id)).names.get(peerName('sg', peer));
    if (extent === undefined) throw new Error('no extent');
    return extent.most;
  };
  return { id, peer, most };
}

/** Another answer of EC2 that shows a group in a further VPC: the local cloud has only one that is not the default. */
function spreads(groupId: string): void {
  const item = `<item><groupId>${groupId}</groupId><vpcId>vpc-1</vpcId><state>associating</state></item>`;
  const set = `<securityGroupVpcAssociationSet>${item}</securityGroupVpcAssociationSet>`;
  const action = 'DescribeSecurityGroupVpcAssociations';
  live.between.before = (asked) =>
    asked === action ? new Response(`<${action}Response>${set}</${action}Response>`) : undefined;
}

test('a group that is used in its own VPC only is at most the ranges of that', async () => {
  const { most } = await naming();
  expect(addressesText(await most())).toBe(HOME);
});

test('from the read after it is used in a further one on, it may be anybody', async () => {
  const { id, peer, most } = await naming();
  expect(addressesText(await most())).toBe(HOME);
  for (const group of [peer, id]) {
    spreads(group);
    expect(await most()).toEqual(ANYWHERE);
    const all = await live.cloud.list({ account, region });
    const found = all.find(({ target }) => target.id === id);
    expect(found?.names.get(peerName('sg', peer))?.most).toEqual(ANYWHERE);
  }
});

test.each([
  [403, 'UnauthorizedOperation'],
  [400, 'InvalidAction'],
])('where EC2 answers %d %s, a named group may be anybody and the rest is read', async (status, code) => {
  const { most } = await naming();
  live.between.before = (action) =>
    action === 'DescribeSecurityGroupVpcAssociations' ? refusal(status, code) : undefined;
  expect(await most()).toEqual(ANYWHERE);
});

test('where EC2 has no time to say, the read fails', async () => {
  const { most } = await naming();
  live.between.before = (action) =>
    action === 'DescribeSecurityGroupVpcAssociations' ? refusal(503, 'RequestLimitExceeded') : undefined;
  await expect(most()).rejects.toSatisfy((error) => error instanceof Fault && error.kind === 'throttled');
});

test('a group that names none costs no call', async () => {
  const id = await createGroup(live.client);
  await addRows(live.client, id, [{ IpProtocol: '-1', CidrIpv4: '10.0.0.0/8' }]);
  live.between.calls.length = 0;
  await readGroup(live.cloud, id);
  expect(live.between.calls).not.toContain('DescribeSecurityGroupVpcAssociations');
});

test('the local EC2 associates, shows, tells of it and takes it back', async () => {
  const { client, records, close } = await startLocalEc2();
  try {
    const created = new CreateSecurityGroupCommand({ GroupName: 'g', Description: 'g', VpcId: defaultVpc });
    const { GroupId } = await client.send(created);
    const pair = { GroupId, VpcId: otherVpc };
    const associate = (VpcId: string): Promise<unknown> =>
      codeOf(client.send(new AssociateSecurityGroupVpcCommand({ GroupId, VpcId })));
    expect(await associate(otherVpc)).toMatchObject({ State: 'associating' });
    expect(await associate(otherVpc)).toBe('InvalidState');
    expect(await associate(defaultVpc)).toBe('InvalidParameterValue');
    expect(await associate('vpc-1')).toBe('InvalidVpcID.NotFound');
    const shown = async (): Promise<unknown> => {
      const answer = await client.send(new DescribeSecurityGroupVpcAssociationsCommand({ MaxResults: 5 }));
      return answer.SecurityGroupVpcAssociations;
    };
    const rest = { VpcOwnerId: account, GroupOwnerId: account, State: 'associated' };
    expect(await shown()).toEqual([{ ...pair, ...rest }]);
    expect(await codeOf(client.send(new DeleteSecurityGroupCommand({ GroupId })))).toBe('DependencyViolation');
    expect(await client.send(new DisassociateSecurityGroupVpcCommand(pair))).toMatchObject({ State: 'disassociating' });
    expect(await codeOf(client.send(new DisassociateSecurityGroupVpcCommand(pair)))).toBe('InvalidState');
    expect(await shown()).toEqual([]);
    const done = records.filter(({ eventName, errorCode }) => /associate/i.test(eventName) && errorCode === undefined);
    const named = { targets: [{ cloud: 'aws', account, region, id: GroupId }] };
    expect(done.map((record) => heardFrom(record))).toMatchObject([named, named]);
  } finally {
    await close();
  }
});
