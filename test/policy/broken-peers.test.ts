import { describe, it } from 'vitest';
import { allowing, judgeBroken, peer } from './policies.ts';
import type { BrokenCase } from './policies.ts';

describe('broken peers', () => {
  it.each<BrokenCase>([
    [
      'host bits',
      peer('203.0.113.9/24'),
      [
        '6: CIDR `203.0.113.9/24` has host bits set; write `203.0.113.0/24` for the network, or `203.0.113.9` for the one address',
      ],
    ],
    [
      'host bits in IPv6',
      peer('2001:db8::1/32'),
      [
        '6: CIDR `2001:db8::1/32` has host bits set; write `2001:db8::/32` for the network, or `2001:db8::1` for the one address',
      ],
    ],
    [
      'a reversed range',
      peer('10.0.0.9-10.0.0.1'),
      ['6: address range `10.0.0.9-10.0.0.1` is reversed; write `10.0.0.1-10.0.0.9`'],
    ],
    [
      'a range of two families',
      peer('10.0.0.1-2001:db8::1'),
      ['6: range `10.0.0.1-2001:db8::1` mixes IPv4 and IPv6; write one range for each'],
    ],
    [
      'a range that ends nowhere',
      peer('10.0.0.1-10.0.0.300'),
      ['6: range `10.0.0.1-10.0.0.300` has `10.0.0.300`, which is no address; write it like `10.0.0.1-10.0.0.9`'],
    ],
    ['a misspelt word', peer('anywere'), ['6: unknown network `anywere`; did you mean `anywhere`?']],
    [
      'an unknown name',
      peer('branch-offices'),
      [
        '6: unknown network `branch-offices`; define it under `define: networks:`, or write `anywhere`, `private`, `203.0.113.0/24`, `198.51.100.7`, `sg:NAME` or a list of these',
      ],
    ],
    [
      'a host name',
      peer('www.example.com'),
      ['6: unknown network `www.example.com`; host names are not looked up, so write the addresses'],
    ],
    ['any instead of anywhere', peer('any'), ['6: peer `any` is not a word of the language; write `anywhere`']],
    ['capitals', peer('Private'), ['6: peer `Private` has capitals; write `private`']],
    [
      'a prefix too long',
      peer('10.0.0.0/33'),
      ['6: CIDR `10.0.0.0/33` has no valid prefix length; write a number from 0 to 32 after the `/`'],
    ],
    [
      'a mask',
      peer('10.0.0.0/255.0.0.0'),
      [
        '6: CIDR `10.0.0.0/255.0.0.0` has no valid prefix length; write a number from 0 to 32 after the `/`, not a mask',
      ],
    ],
    ['a part too large', peer('10.0.0.256'), ['6: address `10.0.0.256` is not valid: parts go from 0 to 255']],
    ['a leading zero', peer('010.0.0.1'), ['6: address `010.0.0.1` is not valid: parts must not start with a zero']],
    [
      'the address of nobody',
      peer('0.0.0.0'),
      ['6: peer `0.0.0.0` is one address that no packet has; write `0.0.0.0/0` or `anywhere`'],
    ],
    [
      'IPv4 written as IPv6',
      peer('"::ffff:203.0.113.0/120"'),
      [
        '6: peer `::ffff:203.0.113.0/120` is IPv4 written as IPv6; write the IPv4 address or range, such as `203.0.113.0/24`',
      ],
    ],
    [
      'a list in one text',
      peer('"10.0.0.0/8, 10.1.0.0/16"'),
      ['6: peer `10.0.0.0/8, 10.1.0.0/16` is a list in one text; write a YAML list: `[10.0.0.0/8, 192.0.2.7]`'],
    ],
    [
      'a zone',
      peer('"fe80::1%eth0"'),
      ['6: peer `fe80::1%eth0` is no IPv6 address; write it like `2001:db8::7`, without port or zone'],
    ],
    ['a number', peer('10'), ['6: peer `10` is no address; write it like `203.0.113.7`']],
    [
      'a list with one slip, which is not judged by its rest',
      allowing('{ service: icmp, from: [10.0.0.256, "2001:db8::/32"] }'),
      ['6: address `10.0.0.256` is not valid: parts go from 0 to 255'],
    ],
    [
      'no peers',
      peer('[]'),
      [
        '6: `from` is an empty list; write `anywhere`, `private`, `203.0.113.0/24`, `198.51.100.7`, `sg:NAME` or a list of these',
      ],
    ],
    [
      'a boolean',
      peer('true'),
      [
        '6: `from` is a boolean; write `anywhere`, `private`, `203.0.113.0/24`, `198.51.100.7`, `sg:NAME` or a list of these',
      ],
    ],
  ])('%s', judgeBroken);
});
