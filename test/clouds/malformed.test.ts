import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { CALLS } from '../../shared/clouds/aws/traits.ts';
import { ACCOUNT, envelope, faultOf, GROUP, INSTANCE, record, state, VPC } from './calls.ts';

describe('malformed events', () => {
  test.each<[string, unknown, string]>([
    ['no object', 'AuthorizeSecurityGroupIngress', 'not an object'],
    ['null', null, 'not an object'],
    ['a list', [record('RunInstances', {})], 'not an object'],
    ['an empty object', {}, '`eventName`'],
    ['an API call without a record', envelope('{}'), '`detail`'],
    ['no source', { eventName: 'RunInstances' }, '`eventSource`'],
    ['a whole log file', { Records: [record('RunInstances', {})] }, 'each record of `Records`'],
    ['a state of nothing', state({ state: 'running' }), '`detail.instance-id`'],
    ['a state of no instance', state({ 'instance-id': GROUP, state: 'running' }), '`detail.instance-id`'],
    ['no state', state({ 'instance-id': INSTANCE }), '`detail.state`'],
    ['a state without a time', { ...state({ 'instance-id': INSTANCE, state: 'running' }), time: 'now' }, '`time`'],
    ['a schedule without a time', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }, '`time`'],
    ['no list', record('ModifyManagedPrefixList', { requestParameters: {} }), '`prefixListId`'],
    [
      'no network in the answer',
      record('DisassociateVpcCidrBlock', { requestParameters: { associationId: 'a' } }),
      '`vpcId`',
    ],
    ['not the id of a subnet', record('AssociateSubnetCidrBlock', { requestParameters: { subnetId: VPC } }), VPC],
    ['no group', record('AuthorizeSecurityGroupIngress', { requestParameters: null }), '`requestParameters.groupId`'],
    [
      'rules that were revoked by id, of no group',
      record('RevokeSecurityGroupEgress', {
        requestParameters: { securityGroupRuleIds: { items: ['sgr-0aaaaaaaaaaaaaaaa'] } },
        responseElements: { _return: true, revokedSecurityGroupRuleSet: { items: [{ isEgress: true }] } },
      }),
      '`responseElements.revokedSecurityGroupRuleSet.items[].groupId`',
    ],
    [
      'rules that were revoked, of what is no group',
      record('RevokeSecurityGroupIngress', {
        requestParameters: {},
        responseElements: { revokedSecurityGroupRuleSet: { items: [{ groupId: 'vpc-1' }] } },
      }),
      '`vpc-1`',
    ],
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
      'no account',
      record('DeleteSecurityGroup', { requestParameters: { groupId: GROUP }, recipientAccountId: null }),
      '`recipientAccountId`',
    ],
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
        'detail-type': fc.constantFrom('Scheduled Event', 'EC2 Instance State-change Notification', 'other'),
        source: fc.constantFrom('aws.ec2', 'aws.events', 'aws.scheduler'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, fc.anything()), (raw) => {
        try {
          expect(['targets', 'clock', 'ignored']).toContain(heardFrom(raw).kind);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
