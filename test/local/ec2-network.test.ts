import { BlockList } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalIpv4, canonicalIpv6 } from '../../local/ec2/network.ts';

const ipv4Length = fc.integer({ min: 0, max: 32 });
const ipv6Length = fc.integer({ min: 0, max: 128 });

test('an IPv6 address is written as the URL standard writes it, which compresses as RFC 5952 does', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const { hostname } = new URL(`http://[${address}]`);
      expect(`[${canonicalIpv6(`${address}/128`)}]`).toBe(hostname.replace(']', '/128]'));
    }),
  );
});

test('a network holds the address it was made from, and the same addresses as before', () => {
  const holds = (network: string, family: 'ipv4' | 'ipv6', address: string): boolean => {
    const [base = '', length] = network.split('/');
    const list = new BlockList();
    list.addSubnet(base, Number(length), family);
    return list.check(address, family);
  };
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), ipv4Length, (address, other, length) => {
      const network = canonicalIpv4(`${address}/${length}`);
      expect(holds(network, 'ipv4', address)).toBe(true);
      expect(holds(network, 'ipv4', other)).toBe(holds(`${address}/${length}`, 'ipv4', other));
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), ipv6Length, (address, other, length) => {
      const network = canonicalIpv6(`${address}/${length}`);
      expect(holds(network, 'ipv6', address)).toBe(true);
      expect(holds(network, 'ipv6', other)).toBe(holds(`${address}/${length}`, 'ipv6', other));
    }),
  );
});

test('all addresses of a network lead to one spelling', () => {
  fc.assert(
    fc.property(fc.ipV6(), ipv6Length, (address, length) => {
      const network = canonicalIpv6(`${address}/${length}`);
      expect(canonicalIpv6(network)).toBe(network);
      const shorter = canonicalIpv6(`${network.split('/')[0] ?? ''}/${length >> 1}`);
      expect(shorter).toBe(canonicalIpv6(`${address}/${length >> 1}`));
    }),
  );
});

test.each([
  '2001:db8::1',
  '2001:db8::/129',
  '2001:db8::/064',
  '2001:db8::/-1',
  '2001:db8::/64/64',
  '2001:db8:::/64',
  '1::2::3/64',
  '1:2:3:4:5:6:7/64',
  '1:2:3:4:5:6:7:8:9/64',
  '1:2:3:4:5:6:7::8/64',
  '12345::/64',
  '192.0.2.1::/64',
  '::192.0.2.256/128',
  '::192.0.2/128',
  'fe80::1%eth0/64',
  '/64',
  '',
])('%s is not an IPv6 network', (text) => {
  expect(() => canonicalIpv6(text)).toThrow(`CIDR block ${text} is malformed`);
});

test.each([
  '192.0.2.1',
  '192.0.2.0/33',
  '192.0.2.0/',
  '192.0.2/24',
  '192.0.2.256/24',
  '192.0.02.0/24',
  '::/0',
  '0x7f.0.0.1/8',
])('%s is not an IPv4 network', (text) => {
  expect(() => canonicalIpv4(text)).toThrow(`CIDR block ${text} is malformed`);
});
