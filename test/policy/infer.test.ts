import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inferLaw, plainGroups } from './infer-law.ts';

it('a policy made from what is open finds what was left out, and nothing else', () => {
  const seen = { leftOut: 0, packets: 0 };
  fc.assert(
    fc.property(plainGroups, (groups) => {
      inferLaw(groups, seen);
    }),
    { numRuns: 15, seed: 1 },
  );
  expect(seen.leftOut).toBeGreaterThan(10);
  expect(seen.packets).toBeGreaterThan(3_000);
});

it('what is open to all ranges of the network is open to `network`, and what to one of them stays with it', () => {
  const tcp = (port: number, v4: readonly string[], v6: readonly string[] = []) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: v4.map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: v6.map((CidrIpv6) => ({ CidrIpv6 })),
  });
  const own = ['10.2.0.0/16', '100.70.0.0/16'];
  const seen = { leftOut: 0, packets: 0 };
  const group = {
    GroupId: 'sg-00000000000000001',
    GroupName: 'web',
    OwnerId: '111122223333',
    SecurityGroupArn: 'arn:aws:ec2:us-east-1:111122223333:security-group/sg-00000000000000001',
    VpcId: 'vpc-0bbbbbbbbbbbbbbb2',
    Tags: [],
    IpPermissions: [tcp(443, own, ['2001:db8:2::/56']), tcp(9000, ['10.2.0.0/16']), tcp(22, ['198.50.0.0/15'])],
    IpPermissionsEgress: [],
  };
  inferLaw([group], seen);
  expect(seen.leftOut).toBe(1);
});
