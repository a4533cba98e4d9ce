import { Fault } from '../../shared/base/fault.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';

// Recorded calls, as EventBridge and CloudTrail tell them.

export const GROUP = 'sg-0123456789abcdef0';
export const OTHER = 'sg-0fedcba9876543210';
export const ACCOUNT = '111122223333';
export const INSTANCE = 'i-0123456789abcdef0';
export const INTERFACE = 'eni-0123456789abcdef0';
export const LIST = 'pl-0123456789abcdef0';
export const VPC = 'vpc-0123456789abcdef0';
export const SUBNET = 'subnet-0123456789abcdef0';

export function record(eventName: string, fields: object): Record<string, unknown> {
  return {
    eventVersion: '1.09',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/alex`, accountId: ACCOUNT, userName: 'alex' },
    eventTime: '2026-11-24T08:00:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.0',
    eventID: 'e-1',
    recipientAccountId: ACCOUNT,
    ...fields,
  };
}

export function envelope(detail: unknown): object {
  return {
    version: '0',
    id: 'bus-1',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: ACCOUNT,
    time: '2026-11-24T08:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  };
}

/** An EventBridge event of an instance's state. */
export function state(detail: object): object {
  return { ...envelope(detail), 'detail-type': 'EC2 Instance State-change Notification' };
}

export const target = (id: string): object => ({ cloud: 'aws', account: ACCOUNT, region: 'eu-west-1', id });

export function faultOf(raw: unknown): Fault {
  try {
    heardFrom(raw);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('expected a fault');
}
