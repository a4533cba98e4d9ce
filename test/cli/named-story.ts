import { folderOf } from './command.ts';
import { groupOf } from './story.ts';

/** Groups that name each other, and a policy that speaks of them by name, of times, and of what yields to nothing. */

export const APP = 'sg-0a1b2c3d4e5f60011';
const FRONT = 'sg-0a1b2c3d4e5f60012';
const JUMP = 'sg-0a1b2c3d4e5f60013';
export const NODES = 'sg-0a1b2c3d4e5f60014';
export const PARTNERS = 'pl-0a1b2c3d4e5f60015';
const VPC = 'vpc-0123456789abcdef0';

export const NAMED_POLICY = `version: 1
policies:
  - name: app
    match: { tags: { env: prod } }
    mode: enforce
    ingress:
      allow:
        - { service: tcp/8443, from: "sg:front", why: the load balancer's hosts }
        - { service: tcp/22, from: 203.0.113.0/24, during: { days: mon-fri, hours: "08:00-20:00", zone: Asia/Shanghai } }
        - { service: tcp/9000, from: network }
        - { service: tcp/443, from: "prefix-list:${PARTNERS}", within: [198.51.100.0/24] }
        - { service: tcp/7000, from: self }
      deny:
        - { service: tcp/9000, from: "sg:jump", why: jump hosts run nothing but shells }
        - { service: tcp/23, from: anywhere, why: no telnet, firm: true }
        - { service: tcp/9000, from: network, during: { days: [sat, sun], zone: UTC }, name: quiet weekend }
exceptions:
  - name: audit
    match: { id: ${APP} }
    ingress: [{ service: tcp/23, from: 10.20.0.9 }]
    until: 2026-12-01T00:00:00Z
    approved: { by: alex@example.com, ticket: CHG0030192 }
`;

interface Permission {
  readonly port: number;
  readonly group?: string;
  readonly list?: string;
  readonly cidr?: string;
}

function permission({ port, group, list, cidr }: Permission): Readonly<Record<string, unknown>> {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: cidr === undefined ? [] : [{ CidrIp: cidr }],
    UserIdGroupPairs: group === undefined ? [] : [{ GroupId: group, UserId: '111122223333' }],
    PrefixListIds: list === undefined ? [] : [{ PrefixListId: list }],
  };
}

function named(
  id: string,
  name: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const arn = `arn:aws:ec2:eu-west-1:111122223333:security-group/${id}`;
  return groupOf({ GroupId: id, GroupName: name, SecurityGroupArn: arn, VpcId: VPC, ...more });
}

const PROD = { Key: 'env', Value: 'prod' };

const GROUPS = [
  named(APP, 'app', {
    Tags: [PROD],
    IpPermissions: [
      permission({ port: 8443, group: FRONT }),
      permission({ port: 9000, group: JUMP }),
      permission({ port: 9000, cidr: '10.20.1.0/24' }),
      permission({ port: 443, list: PARTNERS }),
      permission({ port: 22, cidr: '203.0.113.0/24' }),
      permission({ port: 23, cidr: '10.20.0.0/16' }),
    ],
  }),
  named(FRONT, 'front'),
  named(JUMP, 'jump'),
  named(NODES, 'nodes', {
    Tags: [PROD, { Key: 'kubernetes.io/cluster/blue', Value: 'owned' }],
    IpPermissions: [permission({ port: 25, cidr: '0.0.0.0/0' })],
  }),
];

export async function namedFolder(): Promise<string> {
  return folderOf({
    'portcullis.yaml': NAMED_POLICY,
    'groups.json': { SecurityGroups: GROUPS },
    'vpcs.json': {
      Vpcs: [
        {
          VpcId: VPC,
          CidrBlock: '10.20.0.0/16',
          CidrBlockAssociationSet: [{ CidrBlock: '10.20.0.0/16', CidrBlockState: { State: 'associated' } }],
        },
      ],
    },
  });
}
