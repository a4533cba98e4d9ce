// Groups made from their numbers.
import type { LocalGroup, LocalRule } from '../local/ec2/start.ts';
import { VPC } from '../local/people.ts';

/** One in so many has its SSH port open to everywhere. */
export const OPEN_EVERY = 500;

export const POLICY = `version: 1
policies:
  - name: guarded
    match: { cloud: aws, tags: { guarded: "yes" } }
    mode: enforce
    ingress:
      deny:
        - { service: tcp/22, from: anywhere }
`;

function tcp(port: number, cidr: string): LocalRule {
  return { direction: 'ingress', protocol: 'tcp', fromPort: port, toPort: port, peer: { kind: 'ipv4', cidr } };
}

const OUTWARD: LocalRule = { direction: 'egress', protocol: '-1', peer: { kind: 'ipv4', cidr: '0.0.0.0/0' } };

export function groupOf(number: number): LocalGroup {
  const usual = [
    OUTWARD,
    tcp(443, '0.0.0.0/0'),
    tcp(8443, '10.0.0.0/8'),
    tcp(5432, `10.0.${String(number % 256)}.0/24`),
  ];
  return {
    name: `web-${String(number)}`,
    vpcId: VPC,
    tags: [{ key: 'guarded', value: 'yes' }],
    rules: number % OPEN_EVERY === 0 ? [...usual, tcp(22, '0.0.0.0/0')] : usual,
  };
}

/** An id for a group that has to have a known one. */
export function groupId(number: number): string {
  return `sg-${number.toString(16).padStart(17, '0')}`;
}

export function fleetOf(count: number): readonly LocalGroup[] {
  return Array.from({ length: count }, (_, number) => groupOf(number));
}
