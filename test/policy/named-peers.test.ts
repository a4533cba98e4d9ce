import { describe, expect, it } from 'vitest';
import { INTERNET, NETWORK, peerName, SELF } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { peerOf } from '../../shared/policy/peer.ts';
import { inside, judgeBroken, onlyPolicy, peer } from './policies.ts';
import type { BrokenCase } from './policies.ts';

const GROUP = 'sg-0123456789abcdef0';
const LIST = 'pl-0123456789abcdef0';

describe('named peers', () => {
  it.each<[text: string, names: readonly PeerName[]]>([
    ['network', [NETWORK]],
    ['internet', [INTERNET]],
    ['self', [SELF]],
    [`sg:${GROUP}`, [peerName('sg', GROUP)]],
    ['sg:sg-0123abcd', [peerName('sg', 'sg-0123abcd')]],
    [`sg:111122223333/${GROUP}`, [peerName('sg', `111122223333/${GROUP}`)]],
    ['sg:bastion', [peerName('sg', 'bastion')]],
    ['"sg:web (front) [a], #1"', [peerName('sg', 'web (front) [a], #1')]],
    ['sg:web/front', [peerName('sg', 'web/front')]],
    ['sg:2026/07', [peerName('sg', '2026/07')]],
    [`prefix-list:${LIST}`, [peerName('prefix-list', LIST)]],
    ['prefix-list:pl-63a5400a', [peerName('prefix-list', 'pl-63a5400a')]],
    ['prefix-list:111122223333/our offices', [peerName('prefix-list', '111122223333/our offices')]],
    [
      'prefix-list:aws/com.amazonaws.global.cloudfront.origin-facing',
      [peerName('prefix-list', 'aws/com.amazonaws.global.cloudfront.origin-facing')],
    ],
    ['tag:Storage.WestEurope', [peerName('tag', 'Storage.WestEurope')]],
    ['tag:Internet', [peerName('tag', 'Internet')]],
    ['asg:web_1', [peerName('asg', 'web_1')]],
    ['[sg:a, [sg:b, sg:a], self]', [peerName('sg', 'a'), peerName('sg', 'b'), SELF]],
  ])('%s', (text, names) => {
    const { peers } = onlyPolicy(peer(text)).ingress.allow![0]!;
    expect(peers).toEqual({ addresses: { v4: [], v6: [] }, names });
  });

  it('may stand in a definition, beside addresses and other names', () => {
    const defined = peer('[admins, 192.0.2.9]').replace(
      'policies:',
      'define: { networks: { bastions: [sg:bastion, 198.51.100.7], admins: [internet, bastions, 203.0.113.7] } }\npolicies:',
    );
    const { peers } = onlyPolicy(defined).ingress.allow![0]!;
    expect(peers.names).toEqual([INTERNET, peerName('sg', 'bastion')]);
    expect(inside(peers.addresses, ['192.0.2.9', '198.51.100.7', '203.0.113.7', '203.0.113.8'])).toEqual([
      '192.0.2.9',
      '198.51.100.7',
      '203.0.113.7',
    ]);
  });

  it('may be of either family, so no protocol is impossible with them', () => {
    const text = peer('[self, 10.0.0.0/8]').replace('tcp/22', 'icmpv6/128');
    expect(onlyPolicy(text).ingress.allow).toHaveLength(1);
  });

  it('are no addresses', () => {
    expect(peerOf('sg:bastion')).toEqual({
      kind: 'wrong',
      problem:
        'peer `sg:bastion` is known by its name only, and addresses are needed here; write an address, a CIDR, a range or `anywhere`',
    });
  });
});

const ID = 'with 8 or 17 digits and letters from a to f after';

describe('broken named peers', () => {
  it.each<[text: string, problem: string]>([
    [GROUP, `peer \`${GROUP}\` is a security group; write \`sg:${GROUP}\``],
    [LIST, `peer \`${LIST}\` is a prefix list; write \`prefix-list:${LIST}\``],
    ['sg-0123', `security group id \`sg-0123\` is not whole; write it like \`sg:${GROUP}\`, ${ID} \`sg-\``],
    ['sg:sg-0123', `security group id \`sg-0123\` is not whole; write it like \`sg:${GROUP}\`, ${ID} \`sg-\``],
    [
      'sg:SG-0123456789ABCDEF0',
      `security group id \`SG-0123456789ABCDEF0\` is not whole; write it like \`sg:${GROUP}\`, ${ID} \`sg-\``,
    ],
    ['pl-1', `prefix list id \`pl-1\` is not whole; write it like \`prefix-list:${LIST}\`, ${ID} \`pl-\``],
    [
      'prefix-list:pl-xyz',
      `prefix list id \`pl-xyz\` is not whole; write it like \`prefix-list:${LIST}\`, ${ID} \`pl-\``,
    ],
    [
      'com.amazonaws.eu-west-1.s3',
      "peer `com.amazonaws.eu-west-1.s3` is a prefix list of Amazon's; write `prefix-list:aws/com.amazonaws.eu-west-1.s3`",
    ],
    [
      'prefix-list:office',
      'prefix list `office` is named without its owner; write its id, or the account that owns it, or `aws`: `prefix-list:111122223333/office`',
    ],
    [
      'prefix-list:com.amazonaws.eu-west-1.s3',
      'prefix list `com.amazonaws.eu-west-1.s3` is named without its owner; write its id, or the account that owns it, or `aws`: `prefix-list:aws/com.amazonaws.eu-west-1.s3`',
    ],
    ['prefix-list:AWS/s3', 'owner `AWS` of `prefix-list:AWS/s3` is not readable; write `aws`'],
    [
      'prefix-list:acme/office',
      'owner `acme` of `prefix-list:acme/office` is not readable; write `aws`, or an account: it has 12 digits, leading zeros included',
    ],
    [
      'prefix-list:1111-2222-3333/office',
      'owner `1111-2222-3333` of `prefix-list:1111-2222-3333/office` is not readable; write `aws`, or an account: write it as `111122223333`',
    ],
    [
      'prefix-list:aws/pl-63a5400a',
      'prefix list `pl-63a5400a` is an id, which needs no owner; write `prefix-list:pl-63a5400a`',
    ],
    ['prefix-list:aws/', 'prefix list name `` cannot exist; write 1 to 255 characters'],
    [
      'sg:111122223333/bastion',
      `group \`bastion\` of another account cannot be looked up by its name; write its id, such as \`sg:111122223333/${GROUP}\``,
    ],
    [
      `sg:1111-2222-3333/${GROUP}`,
      `account \`1111-2222-3333\` in \`sg:1111-2222-3333/${GROUP}\` is not readable; write it as \`111122223333\``,
    ],
    [
      `sg:12345/${GROUP}`,
      `account \`12345\` in \`sg:12345/${GROUP}\` is not readable; it has 12 digits, leading zeros included`,
    ],
    ['sg:111122223333/sg-01', `security group id \`sg-01\` is not whole; write it like \`sg:${GROUP}\`, ${ID} \`sg-\``],
    ['sg:web-*', 'group name `web-*` has a `*`, and names of peers are no patterns; write each group, or its id'],
    [
      'sg:größe',
      'group name `größe` cannot exist; write up to 255 of the characters that EC2 takes: a-z, A-Z, 0-9, blanks and `._-:/()#,@[]+=&;{}!$`',
    ],
    [
      `sg:${'a'.repeat(256)}`,
      `group name \`${'a'.repeat(80)}...\` cannot exist; write up to 255 of the characters that EC2 takes: a-z, A-Z, 0-9, blanks and \`._-:/()#,@[]+=&;{}!$\``,
    ],
    ['sg:', `peer \`sg:\` names nothing after the \`:\`; write \`sg:${GROUP}\` or \`sg:NAME\``],
    ['sg: bastion', 'peer `sg: bastion` has blanks after the `:`; write `sg:bastion`'],
    ['sg:a, sg:b', 'peer `sg:a, sg:b` is a list in one text; write a YAML list: `["sg:a", "sg:b"]`'],
    ['tag:internet', 'service tag `internet` is spelled otherwise; write `tag:Internet`'],
    ['tag:VIRTUAL_NETWORK', 'service tag `VIRTUAL_NETWORK` is spelled otherwise; write `tag:VirtualNetwork`'],
    ['tag:a b', 'service tag `a b` cannot exist; write it like `tag:Storage` or `tag:Storage.WestEurope`'],
    [
      'asg:-web',
      'application security group `-web` cannot exist; write 1 to 80 letters, digits, `_`, `.` and `-`, a letter or digit first and no `.` or `-` last',
    ],
    [
      'asg:/subscriptions/1/applicationSecurityGroups/web',
      'application security group `/subscriptions/1/applicationSecurityGroups/web` is a path; write its name: `asg:web`',
    ],
    ['SG:bastion', 'peer `SG:bastion` has no known kind before its `:`; did you mean `sg:bastion`?'],
    ['security-group:web', 'peer `security-group:web` has no known kind before its `:`; did you mean `sg:web`?'],
    [`pl:${LIST}`, `peer \`pl:${LIST}\` has no known kind before its \`:\`; did you mean \`prefix-list:${LIST}\`?`],
    [
      'vpc:vpc-1',
      'peer `vpc:vpc-1` has no known kind before its `:`; write one of `sg:`, `prefix-list:`, `tag:`, `asg:`',
    ],
    ['Internet', 'peer `Internet` has capitals; write `internet`'],
    ['abcd:1', 'peer `abcd:1` is no IPv6 address; write it like `2001:db8::7`, without port or zone'],
  ])('%s', (text, problem) => {
    judgeBroken(text, peer(JSON.stringify(text)), [`6: ${problem}`]);
  });

  it.each<BrokenCase>([
    [
      'a blank after the colon, without quotes',
      peer('[sg: bastion]'),
      ['6: `from` is a mapping; write `sg:bastion`, without a blank after the `:`'],
    ],
    [
      'a mapping that is no peer at all',
      peer('{ cidr: 10.0.0.0 }'),
      [
        '6: `from` is a mapping; write `anywhere`, `private`, `203.0.113.0/24`, `198.51.100.7`, `sg:NAME` or a list of these',
      ],
    ],
    [
      'a definition that reads like one',
      peer('private').replace('policies:', 'define: { networks: { self: 10.0.0.1, "sg:web": 10.0.0.2 } }\npolicies:'),
      [
        '2: network name `self` reads like a word or a value of the language; choose another name',
        '2: network name `sg:web` reads like a word or a value of the language; choose another name',
      ],
    ],
  ])('%s', judgeBroken);
});
