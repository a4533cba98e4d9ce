import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, agent, codeOf, keys, otherVpc, region, startLocalEc2, type Started } from './ec2-fixture.ts';

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

const last = () => ec2.records.at(-1)!;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const tls = {
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'TLS from Internet' }],
};

describe('the record of Authorize', () => {
  test('in list form has every field of the recorded shape', async () => {
    const { SecurityGroupRules, $metadata } = await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [tls] }),
    );
    const { eventID, userAgent, ...record } = last();
    expect(eventID).toMatch(uuid);
    expect(eventID).not.toBe($metadata.requestId);
    expect(userAgent).toContain('aws-sdk-js/');
    const ruleId = SecurityGroupRules![0]!.SecurityGroupRuleId!;
    expect(record).toEqual({
      eventVersion: '1.09',
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLEDEPLOY0001',
        arn: `arn:aws:iam::${account}:user/deploy`,
        accountId: account,
        accessKeyId: keys.deploy,
        userName: 'deploy',
      },
      eventTime: '2026-11-24T08:00:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'AuthorizeSecurityGroupIngress',
      awsRegion: region,
      sourceIPAddress: '127.0.0.1',
      requestParameters: {
        groupId,
        ipPermissions: {
          items: [
            {
              ipProtocol: 'tcp',
              fromPort: 443,
              toPort: 443,
              groups: {},
              ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'TLS from Internet' }] },
              ipv6Ranges: {},
              prefixListIds: {},
            },
          ],
        },
      },
      responseElements: {
        requestId: $metadata.requestId,
        _return: true,
        securityGroupRuleSet: {
          items: [
            {
              groupOwnerId: account,
              groupId,
              securityGroupRuleId: ruleId,
              securityGroupRuleArn: `arn:aws:ec2:${region}:${account}:security-group-rule/${ruleId}`,
              description: 'TLS from Internet',
              isEgress: false,
              ipProtocol: 'tcp',
              fromPort: 443,
              toPort: 443,
              cidrIpv4: '0.0.0.0/0',
            },
          ],
        },
      },
      requestID: $metadata.requestId,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    });
  });

  test('in flat form keeps it flat, with the network as it was written', async () => {
    await ec2.raw({
      Action: 'AuthorizeSecurityGroupIngress',
      GroupId: groupId,
      IpProtocol: 'tcp',
      FromPort: '22',
      ToPort: '22',
      CidrIp: '203.0.113.77/0',
    });
    expect(last().userAgent).toBe(agent);
    expect(last().requestParameters).toEqual({
      groupId,
      ipPermissions: {},
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: '203.0.113.77/0',
    });
    expect(last().responseElements).toMatchObject({ securityGroupRuleSet: { items: [{ cidrIpv4: '0.0.0.0/0' }] } });
  });

  test('for all protocols has the ports as asked, or none, and -1 in the answer', async () => {
    const all = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groupId }] };
    await ec2.client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [all] }));
    expect(last().requestParameters).toEqual({
      groupId,
      ipPermissions: {
        items: [
          { ipProtocol: '-1', groups: { items: [{ groupId }] }, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {} },
        ],
      },
    });
    expect(last().responseElements).toMatchObject({
      securityGroupRuleSet: {
        items: [{ ipProtocol: '-1', fromPort: -1, toPort: -1, referencedGroupInfo: { userId: account, groupId } }],
      },
    });
  });
});

test('a session of a role is shown with its issuer and no user name', async () => {
  const command = new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [tls] });
  await ec2.clientFor(keys.alex).send(command);
  expect(last().sourceIPAddress).toBe('198.51.100.7');
  expect(last().userIdentity).toEqual({
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLENETADM0001:alex',
    arn: `arn:aws:sts::${account}:assumed-role/NetworkAdmin/alex`,
    accountId: account,
    accessKeyId: keys.alex,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLENETADM0001',
        arn: `arn:aws:iam::${account}:role/NetworkAdmin`,
        accountId: account,
        userName: 'NetworkAdmin',
      },
      attributes: { creationDate: '2026-11-24T07:00:00Z', mfaAuthenticated: 'false' },
    },
  });
});

describe('the record of Revoke', () => {
  test('that failed has the error, the request and no answer', async () => {
    const IpPermissions = [{ IpProtocol: '-1', FromPort: 0, ToPort: 0, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] }];
    const call = ec2.client.send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions }));
    await expect(call).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
    await expect(call).rejects.toHaveProperty('$metadata.requestId', last().requestID);
    expect(last()).toMatchObject({
      eventName: 'RevokeSecurityGroupEgress',
      errorCode: 'Client.InvalidPermission.NotFound',
      errorMessage: 'The specified rule does not exist in this security group.',
      responseElements: null,
      requestParameters: {
        groupId,
        ipPermissions: {
          items: [
            {
              ipProtocol: '-1',
              fromPort: 0,
              toPort: 0,
              groups: {},
              ipRanges: {},
              ipv6Ranges: { items: [{ cidrIpv6: '2001:db8::/32' }] },
              prefixListIds: {},
            },
          ],
        },
      },
    });
  });

  test('by rule id names the id, and the answer what was revoked', async () => {
    const { SecurityGroupRules } = await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [tls] }),
    );
    const securityGroupRuleId = SecurityGroupRules![0]!.SecurityGroupRuleId!;
    await ec2.client.send(
      new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: [securityGroupRuleId] }),
    );
    expect(last().requestParameters).toEqual({
      groupId,
      ipPermissions: {},
      securityGroupRuleIds: { items: [{ securityGroupRuleId }] },
    });
    expect(last().responseElements).toMatchObject({
      requestId: last().requestID,
      _return: true,
      revokedSecurityGroupRuleSet: { items: [{ securityGroupRuleId, cidrIpv4: '0.0.0.0/0' }] },
    });
  });
});

describe('the wrapped record of Modify', () => {
  const rule = (CidrIpv4: string) => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4 });
  const idsFor = async (...cidrs: string[]) => {
    const IpPermissions = [{ ...tls, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) }];
    const { SecurityGroupRules } = await ec2.client.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }),
    );
    return SecurityGroupRules!.map((made) => made.SecurityGroupRuleId!);
  };
  const modify = (...SecurityGroupRules: { SecurityGroupRuleId: string; SecurityGroupRule: object }[]) =>
    ec2.client.send(new ModifySecurityGroupRulesCommand({ GroupId: groupId, SecurityGroupRules }));

  test('of one rule has an object with its number', async () => {
    const [id] = await idsFor('10.0.0.0/8');
    await modify({ SecurityGroupRuleId: id!, SecurityGroupRule: rule('0.0.0.0/0') });
    expect(last().requestParameters).toEqual({
      ModifySecurityGroupRulesRequest: {
        GroupId: groupId,
        SecurityGroupRule: { SecurityGroupRuleId: id, SecurityGroupRule: rule('0.0.0.0/0'), tag: 1 },
      },
    });
    expect(last().responseElements).toEqual({
      ModifySecurityGroupRulesResponse: {
        xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
        return: true,
        requestId: last().requestID,
      },
    });
  });

  test('of two rules has an array', async () => {
    const [one, two] = await idsFor('10.0.0.0/8', '192.0.2.0/24');
    await modify(
      { SecurityGroupRuleId: one!, SecurityGroupRule: rule('0.0.0.0/0') },
      { SecurityGroupRuleId: two!, SecurityGroupRule: rule('198.51.100.0/24') },
    );
    expect(last().requestParameters).toMatchObject({
      ModifySecurityGroupRulesRequest: {
        SecurityGroupRule: [
          { SecurityGroupRuleId: one, tag: 1 },
          { SecurityGroupRuleId: two, tag: 2 },
        ],
      },
    });
  });
});

test('groups and tags are recorded as they are made and go', async () => {
  const tag = { Key: 'env', Value: 'prod' };
  const made = await ec2.client.send(
    new CreateSecurityGroupCommand({
      GroupName: 'db',
      Description: 'data',
      VpcId: otherVpc,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [tag] }],
    }),
  );
  const lower = { key: 'env', value: 'prod' };
  expect(last().requestParameters).toEqual({
    groupName: 'db',
    groupDescription: 'data',
    vpcId: otherVpc,
    tagSpecificationSet: { items: [{ resourceType: 'security-group', tags: [lower] }] },
  });
  expect(last().responseElements).toMatchObject({ _return: true, groupId: made.GroupId, tagSet: { items: [lower] } });
  await ec2.client.send(new CreateTagsCommand({ Resources: [groupId], Tags: [tag] }));
  expect(last()).toMatchObject({
    eventName: 'CreateTags',
    requestParameters: { resourcesSet: { items: [{ resourceId: groupId }] }, tagSet: { items: [lower] } },
    responseElements: { requestId: last().requestID, _return: true },
  });
  await ec2.client.send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
  expect(last()).toMatchObject({ eventName: 'DeleteSecurityGroup', requestParameters: { groupId } });
});

test('refused and dry calls are recorded, reads and strangers are not', async () => {
  const before = ec2.records.length;
  const input = { GroupId: groupId, IpPermissions: [tls] };
  await codeOf(ec2.clientFor(keys.reader).send(new AuthorizeSecurityGroupIngressCommand(input)));
  await codeOf(ec2.client.send(new AuthorizeSecurityGroupIngressCommand({ ...input, DryRun: true })));
  await ec2.raw([
    ['Action', 'DeleteSecurityGroup'],
    ['GroupId', groupId],
    ['GroupId', groupId],
  ]);
  await ec2.client.send(new DescribeSecurityGroupsCommand({}));
  await codeOf(ec2.clientFor('AKIAUNKNOWNEXAMPLE00').send(new AuthorizeSecurityGroupIngressCommand(input)));
  expect(ec2.records.slice(before).map((record) => record.errorCode)).toEqual([
    'Client.UnauthorizedOperation',
    'Client.DryRunOperation',
    'Client.InvalidParameter',
  ]);
});
