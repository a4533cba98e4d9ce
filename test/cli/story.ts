import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderOf } from './command.ts';

/** The three example groups, and a policy over them that finds one of everything. */

export const WEB = 'sg-0a1b2c3d4e5f60001';
export const DATABASE = 'sg-0a1b2c3d4e5f60002';
export const SANDBOX = 'sg-0a1b2c3d4e5f60003';

export const POLICY = `version: 1
define:
  networks:
    offices: [203.0.113.0/24, "2001:db8:1::/48"]
policies:
  - name: production
    match: { cloud: aws, tags: { env: prod } }
    mode: enforce
    ingress:
      allow:
        - { service: tcp/443, from: anywhere, why: public site }
        - { service: tcp/22, from: offices }
        - { service: [tcp/80, tcp/5432], from: 10.0.0.0/16 }
      deny:
        - { service: [tcp/21, tcp/23], from: anywhere, why: no ftp or telnet, name: clear text }
    egress:
      allow:
        - { service: tcp/443, to: anywhere }
  - name: web tier
    match: { tags: { role: web } }
    ingress:
      require:
        - { service: tcp/443, from: anywhere, open: true, why: the site must be reachable }
        - { service: tcp/80, from: 10.0.0.0/16, why: health checks }
exceptions:
  - name: vendor migration
    match: { id: ${DATABASE} }
    ingress: [{ service: tcp/5432, from: 198.51.100.40 }]
    until: 2026-12-01T00:00:00Z
    approved: { by: alex@example.com, ticket: CHG0030192 }
`;

const INPUTS = join(import.meta.dirname, '../../examples/inputs');

async function exampleText(name: string): Promise<string> {
  return readFile(join(INPUTS, name), 'utf8');
}

/** A folder with the policy and the example inputs under short names. */
export async function storyFolder(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return folderOf({
    'portcullis.yaml': POLICY,
    'groups.json': await exampleText('describe-security-groups.json'),
    'rules.json': await exampleText('describe-security-group-rules.json'),
    'vpcs.json': await exampleText('describe-vpcs.json'),
    ...more,
  });
}

export const ALL_INPUTS = ['--input', 'groups.json', 'rules.json', 'vpcs.json'];

/** One made-up group in the shape of `aws ec2 describe-security-groups`. */
export function groupOf(fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    GroupId: 'sg-0123456789abcdef0',
    GroupName: 'app',
    OwnerId: '111122223333',
    VpcId: 'vpc-0123456789abcdef0',
    SecurityGroupArn: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0',
    IpPermissions: [],
    IpPermissionsEgress: [],
    ...fields,
  };
}

/** One permission of IPv4 ranges. */
export function permissionOf(
  from: number,
  to: number,
  ranges: readonly { readonly CidrIp: string; readonly Description?: string }[],
): Readonly<Record<string, unknown>> {
  return { IpProtocol: 'tcp', FromPort: from, ToPort: to, IpRanges: ranges };
}
