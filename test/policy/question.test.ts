import { describe, expect, it } from 'vitest';
import { equal } from '../../shared/core/space/addresses.ts';
import { peerOf } from '../../shared/policy/peer.ts';
import { trafficQuestionOf } from '../../shared/policy/question.ts';
import { serviceOf } from '../../shared/policy/service.ts';

describe('a question about traffic', () => {
  it.each([
    ['tcp/22 from 198.51.100.7', 'ingress', 'tcp/22', '198.51.100.7'],
    ['  icmp/8   to  10.0.0.0/8 ', 'egress', 'icmp/8', '10.0.0.0/8'],
    ['any from 2001:db8::1', 'ingress', 'any', '2001:db8::1'],
  ])('%s', (text, direction, service, address) => {
    const question = trafficQuestionOf(text);
    const slots = serviceOf(service);
    const peers = peerOf(address);
    if (question.kind === 'wrong' || slots.kind === 'wrong' || peers.kind === 'wrong') throw new Error('unreadable');
    const { peer } = question.value;
    if (peer.kind === 'named') throw new Error('not in addresses');
    expect(question.value.direction).toBe(direction);
    expect(question.value.slots).toEqual(slots.value);
    expect(equal(peer.addresses, peers.value)).toBe(true);
  });

  it.each([
    ['tcp/443 from sg:sg-0123456789abcdef0', 'sg:sg-0123456789abcdef0'],
    ['tcp/443 from sg:the web servers ', 'sg:the web servers'],
    ['tcp/443 to prefix-list:pl-0123456789abcdef0', 'prefix-list:pl-0123456789abcdef0'],
    ['any from self', 'self'],
    ['any from network', 'network'],
    ['any to internet', 'internet'],
  ])('%s names its peer', (text, name) => {
    expect(trafficQuestionOf(text)).toMatchObject({ kind: 'meaning', value: { peer: { kind: 'named', name } } });
  });

  it.each([
    [
      'tcp/22',
      'traffic `tcp/22` is not readable; write it like `tcp/22 from 198.51.100.7` or `tcp/443 to 192.0.2.0/24`',
    ],
    ['ssh from 198.51.100.7', 'unknown service `ssh`; write `tcp/22`'],
    ['web from 198.51.100.7', 'unknown service `web`; write a service such as `tcp/443`, `udp/53`, `icmp/8` or `any`'],
    [
      'tcp/22 from office',
      'unknown peer `office`; write an address, a CIDR, a range, `anywhere` or a named peer such as `sg:NAME`',
    ],
    [
      'tcp/22 from sg-0123456789abcdef0',
      'peer `sg-0123456789abcdef0` is a security group; write `sg:sg-0123456789abcdef0`',
    ],
    ['tcp/22 from example.com', 'unknown peer `example.com`; host names are not looked up, so write the addresses'],
    [
      'icmp to 2001:db8::1',
      '`icmp` exists over IPv4 only, and `to` has IPv6 addresses only, so nothing can ever match; write `icmpv6`, or IPv4 addresses',
    ],
  ])('%s is refused', (text, problem) => {
    expect(trafficQuestionOf(text)).toEqual({ kind: 'wrong', problem });
  });
});
