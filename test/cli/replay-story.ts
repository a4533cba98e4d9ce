import { gzipSync } from 'node:zlib';

/** Events of one working day, made up in the shapes that CloudTrail records, and a policy over them. */

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const VPC = 'vpc-0aa11bb22cc33dd44';
export const WEB = 'sg-0f00000000000aa01';
export const OLD = 'sg-0f00000000000aa02';
export const LIST = 'pl-0f00000000000bb01';

export const POLICY = `version: 1
policies:
  - name: web tier
    match: { cloud: aws, tags: { role: web } }
    mode: enforce
    ingress:
      allow:
        - { service: tcp/443, from: anywhere }
        - { service: tcp/22, from: 203.0.113.0/24, during: { hours: "08:00-20:00", zone: UTC } }
  - name: no telnet
    match: { cloud: aws }
    mode: report
    ingress:
      deny: [{ service: tcp/23, from: internet, why: no clear text }]
`;

export type Json = Readonly<Record<string, unknown>>;

let count = 0;

function eventId(): string {
  count += 1;
  return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
}

export const ALEX: Json = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:alex',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/admin/alex`,
  accountId: ACCOUNT,
};
export const PIPELINE: Json = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  arn: `arn:aws:iam::${ACCOUNT}:user/pipeline`,
  accountId: ACCOUNT,
  userName: 'pipeline',
};
const AGENTS: ReadonlyMap<Json, readonly [agent: string, address: string]> = new Map([
  [ALEX, ['AWS Internal', '198.51.100.7']],
  [PIPELINE, ['APN/1.0 HashiCorp/1.0 Terraform/1.9.0 aws-sdk-go-v2/1.30.0', '192.0.2.10']],
]);

/** A record of CloudTrail of 2026-11-02. */
export function record(time: string, name: string, parts: { who?: Json; request?: Json; answer?: Json } & Json): Json {
  const { who = PIPELINE, request = {}, answer = {}, ...more } = parts;
  const [userAgent, sourceIPAddress] = AGENTS.get(who) ?? ['aws-cli/2.17.0', '198.51.100.9'];
  return {
    eventVersion: '1.10',
    userIdentity: who,
    eventTime: time.includes('T') ? time : `2026-11-02T${time}Z`,
    eventSource: 'ec2.amazonaws.com',
    eventName: name,
    awsRegion: REGION,
    sourceIPAddress,
    userAgent,
    requestParameters: request,
    responseElements: { requestId: 'req', _return: true, ...answer },
    eventID: eventId(),
    readOnly: false,
    recipientAccountId: ACCOUNT,
    ...more,
  };
}

export function enveloped(detail: Json): Json {
  return {
    version: '0',
    id: eventId(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: ACCOUNT,
    time: detail['eventTime'],
    region: REGION,
    resources: [],
    detail,
  };
}

export function created(time: string, id: string, name: string, tags: Readonly<Record<string, string>> = {}): Json {
  const tagged = Object.entries(tags).map(([key, value]) => ({ key, value }));
  return record(time, 'CreateSecurityGroup', {
    request: {
      groupName: name,
      groupDescription: 'made',
      vpcId: VPC,
      tagSpecificationSet: { items: [{ resourceType: 'security-group', tags: tagged }] },
    },
    answer: { groupId: id, tagSet: { items: tagged } },
  });
}

interface Opened {
  readonly id?: string;
  readonly who?: Json;
  readonly description?: string;
  readonly shown?: boolean;
}

/** `AuthorizeSecurityGroupIngress` of one port from one IPv4 range, in the list form. */
export function opened(time: string, group: string, port: number, cidrIp: string, more: Opened = {}): Json {
  const { id = 'sgr-0f00000000000cc01', who = ALEX, description, shown = true } = more;
  const service = { ipProtocol: 'tcp', fromPort: port, toPort: port };
  const range = description === undefined ? { cidrIp } : { cidrIp, description };
  const rule = {
    groupOwnerId: ACCOUNT,
    groupId: group,
    securityGroupRuleId: id,
    isEgress: false,
    ...service,
    cidrIpv4: cidrIp,
    ...(description === undefined ? {} : { description }),
  };
  return record(time, 'AuthorizeSecurityGroupIngress', {
    who,
    request: {
      groupId: group,
      ipPermissions: {
        items: [{ ...service, groups: {}, ipRanges: { items: [range] }, ipv6Ranges: {}, prefixListIds: {} }],
      },
    },
    answer: shown ? { securityGroupRuleSet: { items: [rule] } } : {},
  });
}

/** `RevokeSecurityGroupIngress` of the same, in the flat form. */
export function closed(time: string, group: string, port: number, cidrIp: string, who: Json = ALEX): Json {
  return record(time, 'RevokeSecurityGroupIngress', {
    who,
    request: { groupId: group, ipPermissions: {}, ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIp },
  });
}

/** The day: a group is made, opened too far, closed late; the office comes too late; an old group is opened. */
export function storyRecords(): readonly Json[] {
  return [
    created('08:00:00', WEB, 'web', { role: 'web' }),
    opened('08:00:01', WEB, 443, '0.0.0.0/0', { id: 'sgr-0f00000000000cc02', who: PIPELINE }),
    opened('09:30:00', WEB, 22, '0.0.0.0/0', { id: 'sgr-0f00000000000cc03', description: 'only for a minute' }),
    closed('12:42:10', WEB, 22, '0.0.0.0/0'),
    opened('13:00:00', WEB, 22, '203.0.113.0/24', { id: 'sgr-0f00000000000cc04' }),
    record('21:00:00', 'CreateTags', {
      request: { resourcesSet: { items: [{ resourceId: WEB }] }, tagSet: { items: [{ key: 'team', value: 'a' }] } },
    }),
    opened('14:00:00', OLD, 23, '0.0.0.0/0', { id: 'sgr-0f00000000000cc05' }),
    record('14:00:05', 'AuthorizeSecurityGroupIngress', {
      request: { groupId: OLD },
      errorCode: 'Client.InvalidPermission.Duplicate',
      responseElements: null,
    }),
    record('14:10:00', 'DescribeSecurityGroups', { readOnly: true }),
  ];
}

export function logFile(records: readonly unknown[]): Json {
  return { Records: records };
}

export function zipped(value: unknown): Uint8Array {
  return new Uint8Array(gzipSync(JSON.stringify(value)));
}
