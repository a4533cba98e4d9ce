import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { actorOf } from '../../shared/clouds/aws/actor.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { CALLS } from '../../shared/clouds/aws/traits.ts';
import { ACCOUNT, envelope, faultOf, GROUP, OTHER, record, target } from './calls.ts';

function idsOf(raw: unknown): readonly string[] {
  const heard = heardFrom(raw);
  return heard.kind === 'targets' ? heard.targets.map(({ id }) => id) : [heard.why];
}

const rule = { securityGroupRuleId: 'sgr-0aaaaaaaaaaaaaaaa', groupId: GROUP, groupOwnerId: ACCOUNT, isEgress: false };
const wrapped = (name: string, request: object): object => ({ requestParameters: { [`${name}Request`]: request } });
const update = (tag: number): object => ({
  SecurityGroupRuleId: 'sgr-0aaaaaaaaaaaaaaaa',
  tag,
  SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' },
});

describe('events that name a security group', () => {
  test.each<[string, string, object, readonly string[]]>([
    [
      'list form',
      'AuthorizeSecurityGroupIngress',
      {
        requestParameters: {
          groupId: GROUP,
          ipPermissions: {
            items: [
              {
                ipProtocol: 'tcp',
                fromPort: 22,
                toPort: 22,
                groups: {},
                ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
              },
            ],
          },
        },
        responseElements: { _return: true, securityGroupRuleSet: { items: [rule] } },
      },
      [GROUP],
    ],
    [
      'flat form',
      'AuthorizeSecurityGroupIngress',
      {
        requestParameters: {
          groupId: GROUP,
          ipPermissions: {},
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          cidrIp: '0.0.0.0/0',
        },
      },
      [GROUP],
    ],
    [
      'a name in the request, the id in the answer',
      'AuthorizeSecurityGroupIngress',
      { requestParameters: { groupName: 'web' }, responseElements: { securityGroupRuleSet: { items: [rule, rule] } } },
      [GROUP],
    ],
    [
      'one element in place of a list',
      'AuthorizeSecurityGroupEgress',
      { requestParameters: {}, responseElements: { securityGroupRuleSet: { items: rule } } },
      [GROUP],
    ],
    ['revoke', 'RevokeSecurityGroupEgress', { requestParameters: { groupId: GROUP, ipPermissions: {} } }, [GROUP]],
    [
      'revoke by rule ids',
      'RevokeSecurityGroupIngress',
      { requestParameters: { groupId: GROUP, securityGroupRuleIds: { items: ['sgr-0aaaaaaaaaaaaaaaa'] } } },
      [GROUP],
    ],
    [
      'wrapped, one rule as an object',
      'ModifySecurityGroupRules',
      wrapped('ModifySecurityGroupRules', { GroupId: GROUP, SecurityGroupRule: update(1) }),
      [GROUP],
    ],
    [
      'wrapped, several rules as an array',
      'ModifySecurityGroupRules',
      wrapped('ModifySecurityGroupRules', { GroupId: GROUP, SecurityGroupRule: [update(1), update(2)] }),
      [GROUP],
    ],
    [
      'wrapped, another call',
      'UpdateSecurityGroupRuleDescriptionsIngress',
      wrapped('UpdateSecurityGroupRuleDescriptionsIngress', { GroupId: GROUP }),
      [GROUP],
    ],
    [
      'created: the id is in the answer only',
      'CreateSecurityGroup',
      { requestParameters: { groupName: 'web', vpcId: 'vpc-1' }, responseElements: { groupId: GROUP } },
      [GROUP],
    ],
    ['deleted', 'DeleteSecurityGroup', { requestParameters: { groupId: GROUP } }, [GROUP]],
    [
      'used in a further VPC',
      'AssociateSecurityGroupVpc',
      wrapped('AssociateSecurityGroupVpc', { GroupId: GROUP, VpcId: 'vpc-1' }),
      [GROUP],
    ],
    [
      'used there no more, recorded without the wrapping',
      'DisassociateSecurityGroupVpc',
      { requestParameters: { groupId: GROUP, vpcId: 'vpc-1' }, responseElements: { state: 'disassociating' } },
      [GROUP],
    ],
    [
      'tagged, groups among other things',
      'CreateTags',
      {
        requestParameters: {
          resourcesSet: {
            items: [{ resourceId: GROUP }, { resourceId: 'i-0123456789abcdef0' }, { resourceId: OTHER }],
          },
        },
      },
      [GROUP, OTHER],
    ],
    ['untagged', 'DeleteTags', { requestParameters: { resourcesSet: { items: [{ resourceId: GROUP }] } } }, [GROUP]],
    [
      'empty lists and an explicit null error',
      'RevokeSecurityGroupIngress',
      { requestParameters: { groupId: GROUP }, errorCode: null },
      [GROUP],
    ],
  ])('%s', (_, name, fields, expected) => {
    expect(idsOf(record(name, fields))).toEqual(expected);
    expect(idsOf(envelope(record(name, fields)))).toEqual(expected);
  });

  test('every call of the table is heard', () => {
    for (const name of CALLS.keys()) {
      const fields = {
        requestParameters: { groupId: GROUP, resourcesSet: { items: [{ resourceId: GROUP }] } },
        responseElements: { groupId: GROUP },
      };
      expect(idsOf(record(name, fields)), name).toEqual([GROUP]);
    }
  });

  test('a name alone is given as a name, with its owner', () => {
    const heard = heardFrom(record('RevokeSecurityGroupIngress', { requestParameters: { groupName: 'web tier' } }));
    expect(heard).toMatchObject({
      targets: [],
      named: [{ cloud: 'aws', account: ACCOUNT, region: 'eu-west-1', name: 'web tier' }],
    });
  });

  test('the owner is the recipient, not the caller, and else the account of the envelope', () => {
    const fields = {
      requestParameters: { groupId: GROUP },
      userIdentity: { type: 'AssumedRole', accountId: '444455556666' },
    };
    expect(heardFrom(envelope(record('DeleteSecurityGroup', fields)))).toMatchObject({ targets: [target(GROUP)] });
    const old = { ...record('DeleteSecurityGroup', fields), recipientAccountId: undefined };
    expect(heardFrom(envelope(old))).toMatchObject({ targets: [target(GROUP)] });
    expect(faultOf(old).message).toContain('recipientAccountId');
    const forwarded = { ...envelope(record('DeleteSecurityGroup', fields)), account: '444455556666' };
    expect(heardFrom(forwarded)).toMatchObject({ targets: [target(GROUP)] });
  });

  test('the hint says who, when and from where, and the text of it is bounded data', () => {
    const fields = {
      requestParameters: { groupId: GROUP },
      userAgent: `evil\u001b[31m\r\n\u202e${'x'.repeat(5000)}`,
    };
    const heard = heardFrom(record('DeleteSecurityGroup', fields));
    if (heard.kind !== 'targets') throw new Error(heard.why);
    expect(heard.hint).toMatchObject({
      eventId: 'e-1',
      eventName: 'DeleteSecurityGroup',
      at: new Date('2026-11-24T08:00:00Z'),
      actor: 'alex',
      sourceAddress: '198.51.100.7',
    });
    expect(heard.hint.userAgent).toMatch(/^evil \[31m x+$/);
    expect(heard.hint.userAgent.length).toBe(1024);
  });
});

describe('events that are ignored say why', () => {
  const failed = {
    requestParameters: { groupId: GROUP },
    errorCode: 'Client.UnauthorizedOperation',
    responseElements: null,
  };
  test.each<[string, unknown, string]>([
    ['a failed call', record('AuthorizeSecurityGroupIngress', failed), 'Client.UnauthorizedOperation'],
    ['another call', record('RunInstances', {}), 'RunInstances'],
    ['another service', record('CreateDBInstance', { eventSource: 'rds.amazonaws.com' }), 'rds.amazonaws.com'],
    [
      'tags of other things',
      record('CreateTags', {
        requestParameters: { resourcesSet: { items: [{ resourceId: 'sgr-0aaaaaaaaaaaaaaaa' }] } },
      }),
      'no security group',
    ],
    [
      'an instance state',
      { ...envelope({ state: 'running' }), 'detail-type': 'EC2 Instance State-change Notification' },
      'EC2 Instance',
    ],
    ['a clock', { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: '{}' }, 'Scheduled Event'],
  ])('%s', (_, raw, why) => {
    const heard = heardFrom(raw);
    expect(heard).toMatchObject({ kind: 'ignored' });
    expect(heard.kind === 'ignored' && heard.why).toContain(why);
  });

  test('no event is ignored for who made it', () => {
    for (const type of ['Root', 'AWSService', 'AssumedRole', 'SomethingNew']) {
      const fields = { requestParameters: { groupId: GROUP }, userIdentity: { type, invokedBy: 'rds.amazonaws.com' } };
      expect(idsOf(record('RevokeSecurityGroupIngress', fields))).toEqual([GROUP]);
    }
  });
});

describe('malformed events', () => {
  test.each<[string, unknown, string]>([
    ['no object', 'AuthorizeSecurityGroupIngress', 'not an object'],
    ['null', null, 'not an object'],
    ['a list', [record('RunInstances', {})], 'not an object'],
    ['an empty object', {}, '`eventName`'],
    ['an API call without a record', envelope('{}'), '`detail`'],
    ['no source', { eventName: 'RunInstances' }, '`eventSource`'],
    ['no group', record('AuthorizeSecurityGroupIngress', { requestParameters: null }), '`requestParameters.groupId`'],
    [
      'no id in the answer',
      record('CreateSecurityGroup', { requestParameters: { groupName: 'web' } }),
      '`responseElements.groupId`',
    ],
    ['not the id of a group', record('DeleteSecurityGroup', { requestParameters: { groupId: 'vpc-1' } }), '`vpc-1`'],
    [
      'an id with more in it',
      record('DeleteSecurityGroup', { requestParameters: { groupId: `${GROUP}/../x` } }),
      'expected the id',
    ],
    ['an id that is no text', record('DeleteSecurityGroup', { requestParameters: { groupId: 7 } }), 'no text'],
    ['tags of nothing', record('CreateTags', { requestParameters: {} }), 'resourcesSet'],
    [
      'no region',
      record('DeleteSecurityGroup', { requestParameters: { groupId: GROUP }, awsRegion: 'eu west' }),
      '`awsRegion`',
    ],
    [
      'no time',
      record('DeleteSecurityGroup', { requestParameters: { groupId: GROUP }, eventTime: 'soon' }),
      '`eventTime`',
    ],
  ])('%s', (_, raw, message) => {
    const fault = faultOf(raw);
    expect(fault.kind).toBe('malformed');
    expect(fault.message).toContain(message);
    expect(fault.message).not.toMatch(/[\r\n]/);
  });

  test('whatever comes, the answer is a target, a reason or a fault', () => {
    const names = fc.constantFrom(...CALLS.keys(), 'RunInstances', '__proto__');
    const anything = fc.record(
      {
        eventName: fc.oneof(names, fc.anything()),
        eventSource: fc.oneof(fc.constant('ec2.amazonaws.com'), fc.anything()),
        requestParameters: fc.oneof(fc.record({ groupId: fc.anything(), groupName: fc.anything() }), fc.anything()),
        responseElements: fc.anything(),
        recipientAccountId: fc.oneof(fc.constant(ACCOUNT), fc.anything()),
        awsRegion: fc.oneof(fc.constant('eu-west-1'), fc.anything()),
        eventTime: fc.oneof(fc.constant('2026-11-24T08:00:00Z'), fc.anything()),
        userIdentity: fc.anything(),
        detail: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, fc.anything()), (raw) => {
        try {
          expect(['targets', 'ignored']).toContain(heardFrom(raw).kind);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});

test.each<[object | undefined, string]>([
  [{ type: 'IAMUser', userName: 'alex', arn: `arn:aws:iam::${ACCOUNT}:user/alex` }, 'alex'],
  [{ type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/team/alex` }, 'team/alex'],
  [
    { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/alex@example.com` },
    'deploy/alex@example.com',
  ],
  [
    { type: 'AssumedRole', principalId: 'AROAEXAMPLE:alex', sessionContext: { sessionIssuer: { userName: 'deploy' } } },
    'deploy/alex',
  ],
  [
    {
      type: 'AssumedRole',
      arn: `arn:aws-cn:sts::${ACCOUNT}:assumed-role/deploy/build`,
      invokedBy: 'cloudformation.amazonaws.com',
      sessionContext: { sourceIdentity: 'alex' },
    },
    'deploy/build via cloudformation.amazonaws.com (source identity alex)',
  ],
  [{ type: 'Root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` }, `root of ${ACCOUNT}`],
  [{ type: 'AWSService', invokedBy: 'rds.amazonaws.com' }, 'rds.amazonaws.com'],
  [{ type: 'FederatedUser', arn: `arn:aws:sts::${ACCOUNT}:federated-user/alex` }, 'alex'],
  [{ type: 'IdentityCenterUser', accountId: ACCOUNT, onBehalfOf: { userId: '544894e8-80c1' } }, '544894e8-80c1'],
  [{ type: 'AWSAccount', accountId: '444455556666', principalId: 'AIDAEXAMPLE' }, 'account 444455556666'],
  [{ type: 'SAMLUser', userName: 'alex@example.com' }, 'alex@example.com'],
  [{ type: 'WebIdentityUser', principalId: 'id.example.com:app:alex' }, 'id.example.com:app:alex'],
  [{ type: 'SomethingNew' }, 'SomethingNew'],
  [{}, 'unknown'],
  [undefined, 'unknown'],
])('the actor of %j', (identity, actor) => {
  expect(actorOf(identity)).toBe(actor);
});
