import { describe, expect, test } from 'vitest';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { CALLS } from '../../shared/clouds/aws/traits.ts';
import type { NamedBy } from '../../shared/clouds/aws/traits.ts';
import type { Heard } from '../../shared/clouds/contract.ts';
import {
  ACCOUNT,
  envelope,
  GROUP,
  INSTANCE,
  INTERFACE,
  LIST,
  OTHER,
  record,
  state,
  SUBNET,
  target,
  VPC,
} from './calls.ts';

function idsOf(raw: unknown): readonly string[] {
  const heard = heardFrom(raw);
  return heard.kind === 'targets' ? heard.targets.map(({ id }) => id) : [whyOf(heard)];
}

function whyOf(heard: Heard): string {
  return heard.kind === 'ignored' ? heard.why : `heard as ${heard.kind}`;
}

/** Groups by id, and leads as `instance i-1`. */
function namesOf(raw: unknown): readonly string[] {
  const heard = heardFrom(raw);
  if (heard.kind !== 'targets') return [whyOf(heard)];
  for (const lead of heard.leads) expect(lead).toMatchObject({ cloud: 'aws', account: ACCOUNT, region: 'eu-west-1' });
  return [...heard.targets.map(({ id }) => id), ...heard.leads.map(({ kind, id }) => `${kind} ${id}`)];
}

const capitals = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]: [string, unknown]) => [
      `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
      value,
    ]),
  );

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

  test.each<[string, unknown]>([
    ['items', { items: [rule, { ...rule, securityGroupRuleId: 'sgr-0bbbbbbbbbbbbbbbb' }] }],
    ['item', { item: [rule] }],
    ['a plain array', [rule]],
    ['one in place of a list', rule],
    ['one in place of items', { items: rule }],
  ])('a revoke by rule ids alone, whose answer lists what it revoked as %s', (_, revokedSecurityGroupRuleSet) => {
    const request = { securityGroupRuleIds: { items: ['sgr-0aaaaaaaaaaaaaaaa'] } };
    for (const name of ['RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress']) {
      const answer = { _return: true, securityGroupRuleSet: {}, revokedSecurityGroupRuleSet };
      expect(idsOf(record(name, { requestParameters: request, responseElements: answer }))).toEqual([GROUP]);
      const wrapped = {
        requestParameters: { [`${name}Request`]: capitals(request) },
        responseElements: {
          [`${name}Response`]: { RevokedSecurityGroupRuleSet: { item: { GroupId: GROUP, IsEgress: true } } },
        },
      };
      expect(idsOf(record(name, wrapped))).toEqual([GROUP]);
    }
  });

  test('revoked rules that do not say whose they were leave the name', () => {
    const fields = {
      requestParameters: { groupName: 'web' },
      responseElements: { revokedSecurityGroupRuleSet: { items: [{ securityGroupRuleId: 'sgr-0aaaaaaaaaaaaaaaa' }] } },
    };
    expect(namesOf(record('RevokeSecurityGroupIngress', fields))).toEqual(['name web']);
  });

  test('every call of the table is heard, in the plain and in the wrapped form', () => {
    const expected: Readonly<Record<NamedBy, readonly string[]>> = {
      group: [GROUP],
      'created group': [OTHER],
      'associated group': [GROUP, `network ${VPC}`],
      'tagged resources': [GROUP, `instance ${INSTANCE}`],
      'prefix list': [`prefix-list ${LIST}`],
      network: [`network ${VPC}`],
      subnet: [`subnet ${SUBNET}`],
      members: [GROUP, OTHER, `instance ${INSTANCE}`, `interface ${INTERFACE}`],
      'changed groups': [GROUP, OTHER, `instance ${INSTANCE}`, `interface ${INTERFACE}`],
      'started instances': [GROUP, OTHER, `instance ${INSTANCE}`],
    };
    for (const [name, how] of CALLS) {
      const request = {
        groupId: GROUP,
        resourcesSet: { items: [{ resourceId: GROUP }, { resourceId: INSTANCE }, { resourceId: VPC }] },
        prefixListId: LIST,
        vpcId: VPC,
        subnetId: SUBNET,
      };
      const answer = { groupId: OTHER, instancesSet: { items: [{ instanceId: INSTANCE, eni: [INTERFACE] }] } };
      const plain = { requestParameters: request, responseElements: answer };
      expect(namesOf(record(name, plain)), name).toEqual(expected[how]);
      const wrapped = {
        requestParameters: { [`${name}Request`]: capitals(request) },
        responseElements: { [`${name}Response`]: capitals(answer) },
      };
      expect(namesOf(record(name, wrapped)), `${name}, wrapped`).toEqual(expected[how]);
      const failed = { ...plain, errorCode: 'Client.UnauthorizedOperation' };
      expect(heardFrom(record(name, failed)), name).toMatchObject({ kind: 'ignored' });
    }
  });

  test('a name alone is a lead, with its owner', () => {
    const heard = heardFrom(record('RevokeSecurityGroupIngress', { requestParameters: { groupName: 'web tier' } }));
    expect(heard).toMatchObject({
      targets: [],
      leads: [{ cloud: 'aws', account: ACCOUNT, region: 'eu-west-1', kind: 'name', id: 'web tier' }],
    });
  });

  test('the name is exact, and no longer than EC2 allows', () => {
    const named = (groupName: string): unknown => record('DeleteSecurityGroup', { requestParameters: { groupName } });
    const odd = 'web\u202e\u2028\n`'.padEnd(255, 'x');
    expect(namesOf(named(odd))).toEqual([`name ${odd}`]);
    expect(() => heardFrom(named(`${odd}x`))).toThrow('names no security group');
  });

  test('the owner is the recipient, not the caller, and else the account of the envelope', () => {
    const fields = {
      requestParameters: { groupId: GROUP },
      userIdentity: { type: 'AssumedRole', accountId: '444455556666' },
    };
    expect(heardFrom(envelope(record('DeleteSecurityGroup', fields)))).toMatchObject({ targets: [target(GROUP)] });
    const old = { ...record('DeleteSecurityGroup', fields), recipientAccountId: undefined };
    expect(heardFrom(envelope(old))).toMatchObject({ targets: [target(GROUP)] });
    const forwarded = { ...envelope(record('DeleteSecurityGroup', fields)), account: '444455556666' };
    expect(heardFrom(forwarded)).toMatchObject({ targets: [target(GROUP)] });
  });

  test('the hint says who, when and from where, and the text of it is bounded data', () => {
    const fields = {
      requestParameters: { groupId: GROUP },
      userAgent: `evil\u001b[31m\r\n\u202e${'x'.repeat(5000)}`,
    };
    const heard = heardFrom(record('DeleteSecurityGroup', fields));
    if (heard.kind !== 'targets') throw new Error(whyOf(heard));
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

describe('events that name something beside groups', () => {
  test('an instance that runs', () => {
    const heard = heardFrom(state({ 'instance-id': INSTANCE, state: 'running' }));
    expect(heard).toMatchObject({
      targets: [],
      leads: [{ cloud: 'aws', account: ACCOUNT, region: 'eu-west-1', kind: 'instance', id: INSTANCE }],
      hint: { eventId: 'bus-1', eventName: 'EC2 Instance State-change Notification', actor: 'unknown' },
    });
  });

  test('the two schedules, whatever their detail is', () => {
    const at = new Date('2026-11-24T08:00:00Z');
    for (const [source, detail] of [
      ['aws.events', {}],
      ['aws.scheduler', '{}'],
      ['aws.scheduler', undefined],
    ] as const) {
      const scope = { account: '111122223333', region: 'us-east-1' };
      const event = { source, 'detail-type': 'Scheduled Event', time: '2026-11-24T08:00:00Z', ...scope, detail };
      expect(heardFrom(event)).toEqual({ kind: 'clock', scope, at });
    }
  });

  test('ids in any list form, however deep, as often as they come, and no others', () => {
    const fields = {
      requestParameters: {
        groupSet: {},
        subnetId: SUBNET,
        privateIpAddressesSet: { items: [{ privateIpAddress: '10.0.0.4' }] },
      },
      responseElements: {
        networkInterface: {
          networkInterfaceId: INTERFACE,
          vpcId: VPC,
          description: `for ${OTHER}`,
          groupSet: { item: { groupId: GROUP, groupName: 'web' } },
          groups: [GROUP, [[[{ GroupId: GROUP }]]]],
        },
      },
    };
    expect(namesOf(record('CreateNetworkInterface', fields))).toEqual([GROUP, `interface ${INTERFACE}`]);
  });

  test('a record of ids without end is searched up to a bound', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => `i-${index.toString(16)}`);
    const heard = namesOf(record('RunInstances', { responseElements: { a: ids, b: ids } }));
    expect(heard).toHaveLength(1000);
    let deep: object = { groupId: GROUP };
    for (let depth = 0; depth < 20_000; depth += 1) deep = { deep };
    expect(namesOf(record('RunInstances', { responseElements: deep }))[0]).toContain('no security group');
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
    ['another call', record('StopInstances', {}), 'StopInstances'],
    ['a start that names nothing', record('RunInstances', {}), 'no security group, instance or interface'],
    [
      'another attribute of an instance',
      record('ModifyInstanceAttribute', {
        requestParameters: { instanceId: INSTANCE, groupSet: {}, disableApiTermination: { value: true } },
      }),
      'another attribute',
    ],
    [
      'a gateway endpoint, which has no groups',
      record('CreateVpcEndpoint', { requestParameters: { CreateVpcEndpointRequest: { VpcId: VPC } } }),
      'no security group',
    ],
    ['another service', record('CreateDBInstance', { eventSource: 'rds.amazonaws.com' }), 'rds.amazonaws.com'],
    [
      'tags of other things',
      record('CreateTags', {
        requestParameters: { resourcesSet: { items: [{ resourceId: 'sgr-0aaaaaaaaaaaaaaaa' }] } },
      }),
      'no security group',
    ],
    ['an instance that stops', state({ 'instance-id': INSTANCE, state: 'stopping' }), '`stopping`'],
    [
      'a state told by somebody else',
      { ...state({ 'instance-id': INSTANCE, state: 'running' }), source: 'my.app' },
      'my.app',
    ],
    ['a schedule of somebody else', { source: 'my.app', 'detail-type': 'Scheduled Event', detail: {} }, 'my.app'],
  ])('%s', (_, raw, why) => {
    const heard = heardFrom(raw);
    expect(heard).toMatchObject({ kind: 'ignored' });
    expect(whyOf(heard)).toContain(why);
  });

  test('no event is ignored for who made it', () => {
    for (const type of ['Root', 'AWSService', 'AssumedRole', 'SomethingNew']) {
      const fields = { requestParameters: { groupId: GROUP }, userIdentity: { type, invokedBy: 'rds.amazonaws.com' } };
      expect(idsOf(record('RevokeSecurityGroupIngress', fields))).toEqual([GROUP]);
    }
  });
});
