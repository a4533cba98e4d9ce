import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, defaultVpc, keys, otherVpc, startLocalEc2, type Started } from './ec2-fixture.ts';

let ec2: Started;
let groupId: string;

beforeEach(async () => {
  ec2 = await startLocalEc2();
  const made = await ec2.client.send(
    new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web servers', VpcId: otherVpc }),
  );
  groupId = made.GroupId!;
});
afterEach(() => ec2.close());

describe('who may call', () => {
  const input = () => ({
    GroupId: groupId,
    IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
  });
  const permissions = async () => {
    const { SecurityGroups } = await ec2.client.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
    return SecurityGroups![0]!.IpPermissions;
  };

  test('an unknown key is nobody', async () => {
    const call = ec2.clientFor('AKIAUNKNOWNEXAMPLE00').send(new DescribeSecurityGroupsCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'AuthFailure', $metadata: { httpStatusCode: 401 } });
  });

  test('a key for another region is not accepted', async () => {
    const call = ec2.clientFor(keys.deploy, 'us-east-1').send(new DescribeSecurityGroupsCommand({}));
    expect(await codeOf(call)).toBe('AuthFailure');
  });

  test('a caller who may not write may read', async () => {
    const reader = ec2.clientFor(keys.reader);
    await expect(reader.send(new AuthorizeSecurityGroupIngressCommand(input()))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
    expect((await reader.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups).toHaveLength(3);
    expect(await permissions()).toEqual([]);
  });

  test('a dry run changes nothing', async () => {
    const call = new AuthorizeSecurityGroupIngressCommand({ ...input(), DryRun: true });
    await expect(ec2.client.send(call)).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });
    expect(await permissions()).toEqual([]);
  });
});

describe('the protocol', () => {
  test('an error has its code, message and request id where the real one has them', async () => {
    const answer = await ec2.raw({ Action: 'DescribeSecurityGroups', 'GroupId.1': '<"foobar">' });
    const requestId = answer.headers.get('x-amzn-requestid')!;
    expect(answer.status).toBe(400);
    expect(answer.xml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>InvalidGroupId.Malformed</Code>' +
        '<Message>Invalid id: &quot;&lt;&quot;foobar&quot;&gt;&quot; (expecting &quot;sg-...&quot;)</Message></Error></Errors>' +
        `<RequestID>${requestId}</RequestID></Response>`,
    );
  });

  test.each<[string, [string, string][], string]>([
    ['an unknown action', [['Action', 'DescribeEverything']], 'InvalidAction'],
    ['no action', [], 'MissingAction'],
    [
      'an unknown parameter',
      [
        ['Action', 'DescribeVpcs'],
        ['VpcIds.1', defaultVpc],
      ],
      'UnknownParameter',
    ],
    [
      'an unknown nested parameter',
      [
        ['Action', 'DescribeVpcs'],
        ['Filter.1.Values.1', 'x'],
      ],
      'UnknownParameter',
    ],
    [
      'a parameter given twice',
      [
        ['Action', 'DescribeVpcs'],
        ['VpcId.1', defaultVpc],
        ['VpcId.1', otherVpc],
      ],
      'InvalidParameter',
    ],
    [
      'a list where a value belongs',
      [
        ['Action', 'DescribeVpcs'],
        ['NextToken.1', 'x'],
      ],
      'InvalidParameter',
    ],
    ['no group', [['Action', 'RevokeSecurityGroupIngress']], 'MissingParameter'],
    [
      'a group by name on the way out',
      [
        ['Action', 'RevokeSecurityGroupEgress'],
        ['GroupName', 'web'],
      ],
      'UnknownParameter',
    ],
    [
      'a number that is none',
      [
        ['Action', 'DescribeVpcs'],
        ['MaxResults', '5.5'],
      ],
      'InvalidParameterValue',
    ],
  ])('%s is refused', async (_what, fields, code) => {
    const answer = await ec2.raw(fields);
    expect(answer.xml).toContain(`<Code>${code}</Code>`);
    expect(answer.status).toBe(400);
  });
});
