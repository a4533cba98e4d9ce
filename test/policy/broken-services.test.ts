import { describe, it } from 'vitest';
import { allowing, judgeBroken, service } from './policies.ts';
import type { BrokenCase } from './policies.ts';

describe('broken services', () => {
  it.each<BrokenCase>([
    ['a reversed port range', service('tcp/443-80'), ['6: port range `443-80` is reversed; write `80-443`']],
    ['a port out of range', service('tcp/70000'), ['6: port `70000` is out of range; ports go from 0 to 65535']],
    [
      'a range that ends out of range',
      service('tcp/443-99999'),
      ['6: port `99999` is out of range; ports go from 0 to 65535'],
    ],
    ['a misspelt protocol', service('tpc/443'), ['6: unknown protocol `tpc` in `tpc/443`; did you mean `tcp`?']],
    [
      'an unknown protocol',
      service('quic/443'),
      [
        '6: unknown protocol `quic` in `quic/443`; write one of `icmp`, `tcp`, `udp`, `gre`, `esp`, `ah`, `icmpv6`, `sctp` or a protocol number',
      ],
    ],
    ['an ICMP type out of range', service('icmp/256'), ['6: icmp type `256` is out of range; types go from 0 to 255']],
    [
      'an ICMP code out of range',
      service('icmp/3.300'),
      ['6: icmp code `300` is out of range; codes go from 0 to 255'],
    ],
    [
      'a range of ICMP types',
      service('icmp/8-10'),
      ['6: icmp types have no ranges: `icmp/8-10`; write a list: `[icmp/3, icmp/11]`'],
    ],
    [
      'an ICMP type by name',
      service('icmp/echo'),
      ['6: icmp type `echo` is no number; write `icmp/8` (type), `icmp/3.4` (type and code) or `icmp` (all types)'],
    ],
    ['ports of a protocol without any', service('esp/50'), ['6: esp has no ports: `esp/50`; write `esp`']],
    [
      'no services',
      service('[]'),
      ['6: `service` is an empty list; write `tcp/443`, `udp/53`, `icmp/8`, `any` or a list of these'],
    ],
    [
      'a port alone',
      service('443'),
      ['6: protocol number `443` is out of range (0 to 255); for a port write `tcp/443`'],
    ],
    [
      'a protocol number out of range',
      service('256'),
      ['6: protocol number `256` is out of range (0 to 255); for a port write `tcp/256`'],
    ],
    ['the port first', service('22/tcp'), ['6: service `22/tcp` has the port first; write `tcp/22`']],
    [
      'a well-known name',
      service('https'),
      ['6: unknown service `https`; write `tcp/443`, or define it: `services: { https: tcp/443 }`'],
    ],
    [
      'an unknown name',
      service('intranet'),
      [
        '6: unknown service `intranet`; define it under `define: services:`, or write `tcp/443`, `udp/53`, `icmp/8`, `any` or a list of these',
      ],
    ],
    ['capitals', service('TCP/22'), ['6: protocol `TCP` has capitals; write `tcp/22`']],
    [
      'a list of ports in one text',
      service('"tcp/80,443"'),
      ['6: service `tcp/80,443` is a list in one text; write a YAML list: `[tcp/80, tcp/443]`'],
    ],
    [
      'a list in one text',
      service('"tcp/80, udp/53"'),
      ['6: service `tcp/80, udp/53` is a list in one text; write a YAML list: `[tcp/80, tcp/443]`'],
    ],
    [
      'ports and types together',
      service('tcp+icmp/8'),
      [
        '6: `icmp` in `tcp+icmp/8` has no ports; only protocols with ports, such as `tcp+udp/53`, can share them; write a list',
      ],
    ],
    ['all instead of any', service('all'), ['6: service `all` is not a word of the language; write `any`']],
    ['a leading zero', service('tcp/0443'), ['6: port `0443` starts with a zero; write it without']],
    ['all ports as a star', service('tcp/*'), ['6: ports `*` in `tcp/*`; for all ports write `tcp`']],
    [
      'a protocol number with a port',
      service('"6/443"'),
      ['6: protocol number in `6/443` cannot be combined; write `tcp/443`'],
    ],
    ['a colon instead of a slash', service('"tcp:443"'), ['6: service `tcp:443` is not readable; write `tcp/443`']],
    ['a slash and nothing', service('tcp/'), ['6: service `tcp/` has nothing after the `/`; write a port, or `tcp`']],
    [
      'an empty text',
      service('""'),
      ['6: service is an empty text; write `tcp/443`, `udp/53`, `icmp/8`, `any` or a list of these'],
    ],
    [
      'blanks around',
      service('" tcp/22"'),
      ['6: service `tcp/22` has blanks around it; write `tcp/443`, `udp/53`, `icmp/8`, `any` or a list of these'],
    ],
    [
      'a mapping',
      service('{ port: 22 }'),
      ['6: `service` is a mapping; write `tcp/443`, `udp/53`, `icmp/8`, `any` or a list of these'],
    ],
    ['a port range alone', service('8000-8100'), ['6: service `8000-8100` names no protocol; write `tcp/8000-8100`']],
    [
      'ICMP from IPv6',
      allowing('{ service: icmp, from: "2001:db8::/32" }'),
      [
        '6: `icmp` exists over IPv4 only, and `from` has IPv6 addresses only, so nothing can ever match; write `icmpv6`, or IPv4 addresses',
      ],
    ],
    [
      'ICMPv6 from IPv4',
      allowing('{ service: icmpv6/128, from: 10.0.0.0/8 }'),
      [
        '6: `icmpv6` exists over IPv6 only, and `from` has IPv4 addresses only, so nothing can ever match; write `icmp`, or IPv6 addresses',
      ],
    ],
  ])('%s', judgeBroken);
});
