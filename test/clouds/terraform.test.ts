import { describe, expect, test } from 'vitest';
import { peerName } from '../../shared/core/model/rule.ts';
import { toldByTerraform } from './documents.ts';
import { ACCOUNT, extentText, GROUP, PEER_GROUP, REGION, VPC } from './sample.ts';
import { block, NEW_GROUP, NEW_RULE, newGroup, newRule, planOf, refersTo, stateOf } from './terraform-made.ts';

const ARN = `arn:x:ec2:eu-west-1:444455556666:security-group/${GROUP}`;
const WEB = { name: 'web', vpc_id: VPC, tags: { role: 'web' }, tags_all: { role: 'web', owner: 'us' } };
const SSH = { protocol: 'tcp', from_port: 22, to_port: 22 };

describe('a state', () => {
  test('rules in a group: every kind of source, and the group itself', () => {
    const ingress = [
      block({ ...SSH, cidr_blocks: ['10.0.0.0/8', '192.0.2.7/32'], description: 'ssh' }),
      block({ protocol: 'ALL', ipv6_cidr_blocks: ['2001:db8::/32'] }),
      block({ protocol: '50', prefix_list_ids: ['pl-0123456789abcdef0'] }),
      block({
        protocol: 'icmp',
        from_port: 8,
        to_port: -1,
        security_groups: [PEER_GROUP, `444455556666/${PEER_GROUP}`],
      }),
      block({ protocol: '6', from_port: 1, to_port: 2, self: true }),
    ];
    const egress = [block({ cidr_blocks: ['0.0.0.0/0'] })];
    const values = { ...WEB, id: GROUP, arn: ARN, owner_id: '444455556666', ingress, egress };
    const { rules, firewalls, notes } = toldByTerraform(stateOf({ address: 'aws_security_group.web', values }));
    expect(rules).toEqual({
      [GROUP]: [
        'aws_security_group.web ingress[0].cidr_blocks[0]: tcp/22 from 10.0.0.0/8',
        'aws_security_group.web ingress[0].cidr_blocks[1]: tcp/22 from 192.0.2.7/32',
        'aws_security_group.web ingress[1]: any from 2001:db8::/32',
        'aws_security_group.web ingress[2]: esp from prefix-list:pl-0123456789abcdef0',
        `aws_security_group.web ingress[3].security_groups[0]: icmp/8 from sg:${PEER_GROUP}`,
        `aws_security_group.web ingress[3].security_groups[1]: icmp/8 from sg:${PEER_GROUP}`,
        `aws_security_group.web ingress[4]: tcp/1-2 from sg:${GROUP}`,
        'aws_security_group.web egress[0]: any to 0.0.0.0/0',
      ],
    });
    expect(firewalls).toMatchObject([
      {
        name: 'web',
        tags: { role: 'web', owner: 'us' },
        networks: [VPC],
        target: { account: '444455556666', region: 'eu-west-1' },
      },
    ]);
    expect(notes).toEqual([]);
  });

  test('rules that are resources of their own are told by them, though the group shows them too', () => {
    const shown = [block({ ...SSH, cidr_blocks: ['10.0.0.0/8', '203.0.113.0/24'] }), block({ ...SSH, self: true })];
    const { rules } = toldByTerraform(
      stateOf(
        { address: 'aws_security_group.web', values: { ...WEB, id: GROUP, ingress: shown, egress: [] } },
        {
          address: 'aws_security_group_rule.ssh[0]',
          values: { ...SSH, type: 'ingress', security_group_id: GROUP, cidr_blocks: ['10.0.0.0/8'], self: false },
        },
        {
          address: 'aws_vpc_security_group_ingress_rule.self["x.y"]',
          values: {
            ip_protocol: '6',
            from_port: 22,
            to_port: 22,
            security_group_id: GROUP,
            referenced_security_group_id: GROUP,
          },
        },
        {
          address: 'aws_vpc_security_group_egress_rule.out',
          values: { ip_protocol: '-1', security_group_id: GROUP, cidr_ipv6: '::/0', tags_all: { a: 'b' } },
        },
      ),
    );
    expect(rules).toEqual({
      [GROUP]: [
        'aws_security_group.web ingress[0].cidr_blocks[1]: tcp/22 from 203.0.113.0/24',
        'aws_security_group_rule.ssh[0]: tcp/22 from 10.0.0.0/8',
        `aws_vpc_security_group_ingress_rule.self["x.y"]: tcp/22 from sg:${GROUP}`,
        'aws_vpc_security_group_egress_rule.out: any to ::/0',
      ],
    });
  });

  test('a group elsewhere has the rules that are added to it, and nothing else is known of it', () => {
    const values = { ...SSH, type: 'egress', security_group_id: PEER_GROUP, source_security_group_id: GROUP };
    const { rules, firewalls } = toldByTerraform(
      stateOf({ address: 'module.a["b"].aws_security_group_rule.out', values }),
    );
    expect(rules).toEqual({ [PEER_GROUP]: [`module.a["b"].aws_security_group_rule.out: tcp/22 to sg:${GROUP}`] });
    expect(firewalls).toMatchObject([{ name: '', target: { account: ACCOUNT, region: REGION } }]);
  });

  test('what can be anybody elsewhere is: no document says that a group that is not in it is near', () => {
    const vpc = { address: 'aws_vpc.a', values: { id: VPC, cidr_block: '10.0.0.0/16' } };
    const further = {
      address: 'aws_vpc_ipv4_cidr_block_association.b',
      values: { vpc_id: VPC, cidr_block: '10.1.0.0/16' },
    };
    const near = { ...WEB, id: GROUP, ingress: [block({ security_groups: [PEER_GROUP], self: true })], egress: [] };
    const { firewalls } = toldByTerraform(stateOf(vpc, further, { address: 'aws_security_group.web', values: near }));
    const [web] = firewalls;
    expect(web && extentText(web, peerName('sg', GROUP))).toBe('nobody to 10.0.0.0/15');
    expect(web && extentText(web, peerName('sg', PEER_GROUP))).toBe('nobody to anywhere');
  });

  test('a deposed group is still there', () => {
    const resources = [
      {
        address: 'aws_security_group.web',
        mode: 'managed',
        type: 'aws_security_group',
        name: 'web',
        values: { id: GROUP, ...WEB },
      },
      {
        address: 'aws_security_group.web',
        deposed_key: 'abcdef01',
        mode: 'managed',
        type: 'aws_security_group',
        name: 'web',
        values: { id: PEER_GROUP, name: 'old' },
      },
    ];
    const document = { format_version: '1.0', values: { root_module: { resources } } };
    expect(Object.keys(toldByTerraform(document).rules)).toEqual([GROUP, PEER_GROUP]);
  });
});

describe('a plan', () => {
  test('new groups are known by their addresses, and so are those that rules name', () => {
    const { rules, firewalls, notes } = toldByTerraform(
      planOf([
        { address: 'aws_vpc.main', values: { cidr_block: '10.0.0.0/16' }, unknown: { id: true } },
        newGroup('web', { written: { vpc_id: refersTo('aws_vpc.main.id', 'aws_vpc.main') } }),
        newGroup('db', { written: { vpc_id: refersTo('aws_vpc.main.id', 'aws_vpc.main') } }),
        newRule('ssh', 'aws_security_group.web'),
        newRule('sql', 'aws_security_group.db', {
          values: { ip_protocol: 'tcp', from_port: 5432, to_port: 5432, description: 'sql' },
          unknown: { ...NEW_RULE, referenced_security_group_id: true },
          written: {
            security_group_id: refersTo('aws_security_group.db.id', 'aws_security_group.db'),
            referenced_security_group_id: refersTo('aws_security_group.web.id', 'aws_security_group.web'),
          },
        }),
      ]),
      [peerName('sg', 'web'), peerName('sg', 'aws_security_group.web'), peerName('sg', 'nobody')],
    );
    const [web, db] = ['aws_security_group.web', 'aws_security_group.db'];
    expect(rules).toEqual({
      [web]: ['aws_vpc_security_group_ingress_rule.ssh: tcp/22 from 0.0.0.0/0'],
      [db]: ['aws_vpc_security_group_ingress_rule.sql: tcp/5432 from sg:aws_security_group.web'],
    });
    const database = firewalls[1]!;
    expect(database.networks).toEqual(['aws_vpc.main']);
    expect(extentText(database, peerName('sg', web))).toBe('nobody to 10.0.0.0/16');
    expect(database.aliases.get(peerName('sg', 'web'))).toBe(`sg:${web}`);
    expect(database.aliases.get(peerName('sg', web))).toBe(`sg:${web}`);
    expect([...database.unresolved]).toEqual(['sg:nobody']);
    expect(notes).toEqual([]);
  });

  test('what is changed is as it will be, and what is deleted is gone', () => {
    const shown = [block({ ...SSH, cidr_blocks: ['0.0.0.0/0', '10.0.0.0/8', '192.0.2.0/24', '198.51.100.0/24'] })];
    const rule = (name: string, before: string, after: string | undefined) => ({
      address: `aws_vpc_security_group_ingress_rule.${name}`,
      actions: after === undefined ? ['delete'] : ['update'],
      before: { ip_protocol: 'tcp', from_port: 22, to_port: 22, security_group_id: GROUP, cidr_ipv4: before },
      values: { ip_protocol: 'tcp', from_port: 22, to_port: 22, security_group_id: GROUP, cidr_ipv4: after },
    });
    const group = (written: object) =>
      toldByTerraform(
        planOf([
          {
            address: 'aws_security_group.web',
            actions: ['no-op'],
            values: { ...WEB, id: GROUP, ingress: shown },
            written: { ...written },
          },
          { address: 'aws_security_group.gone', actions: ['delete'], before: { ...WEB, id: PEER_GROUP } },
          rule('narrowed', '0.0.0.0/0', '203.0.113.0/24'),
          rule('closed', '10.0.0.0/8', undefined),
          { ...rule('kept', '192.0.2.0/24', '192.0.2.0/24'), actions: ['no-op'] },
        ]),
      ).rules;
    expect(group({})).toEqual({
      [GROUP]: [
        'aws_security_group.web ingress[0].cidr_blocks[3]: tcp/22 from 198.51.100.0/24',
        'aws_vpc_security_group_ingress_rule.narrowed: tcp/22 from 203.0.113.0/24',
        'aws_vpc_security_group_ingress_rule.kept: tcp/22 from 192.0.2.0/24',
      ],
    });
    // Rules that the group itself states are made whatever other resources do.
    expect(group({ ingress: { constant_value: [] } })[GROUP]).toHaveLength(6);
  });

  test('blocks of a new group: what one of them refers to is known where there is one thing to refer to', () => {
    const ingress = [
      block({ ...SSH, cidr_blocks: ['10.0.0.0/8'] }),
      block({ protocol: 'tcp', from_port: 80, to_port: 80, security_groups: null }),
    ];
    const group = (references: readonly string[], unknown: unknown = true) =>
      toldByTerraform(
        planOf([
          newGroup('lb'),
          newGroup('other'),
          newGroup('web', {
            values: { name: 'web', ingress, egress: [] },
            unknown: { id: true, ingress: [{}, { security_groups: unknown }] },
            written: { ingress: refersTo(...references), egress: { constant_value: [] } },
          }),
        ]),
      ).rules['aws_security_group.web'];
    const [lb, other] = ['aws_security_group.lb', 'aws_security_group.other'];
    const first = 'aws_security_group.web ingress[0]: tcp/22 from 10.0.0.0/8';
    expect(group([`${lb}.id`, lb, 'var.cidrs'])).toEqual([
      first,
      `aws_security_group.web ingress[1]: tcp/80 from sg:${lb}`,
    ]);
    expect(group([`${lb}.id`, lb, `${other}.id`, other], [true, true])).toEqual([
      first,
      `aws_security_group.web ingress[1].security_groups[0]: tcp/80 from sg:${lb}`,
      `aws_security_group.web ingress[1].security_groups[1]: tcp/80 from sg:${other}`,
    ]);
    expect(group([`${lb}.id`, lb, `${other}.id`, other])).toEqual([
      first,
      `? ingress aws_security_group.web ingress[1]: \`security_groups\` is known after apply; it may be \`${lb}\`, \`${other}\``,
    ]);
    expect(group(['data.aws_security_group.x.id', 'local.ids'])?.[1]).toMatch(
      /^\? ingress aws_security_group\.web ingress\[1\]: /,
    );
  });

  test('what is known after apply is unread, and says so', () => {
    const { rules } = toldByTerraform(
      planOf([
        newGroup('web', { unknown: { ...NEW_GROUP, egress: true }, written: { egress: refersTo('local.rules') } }),
        newRule('eip', 'aws_security_group.web', {
          values: { ip_protocol: 'tcp', from_port: 22, to_port: 22 },
          unknown: { ...NEW_RULE, cidr_ipv4: true },
          written: {
            security_group_id: refersTo('aws_security_group.web.id'),
            cidr_ipv4: refersTo('aws_eip.x.public_ip'),
          },
        }),
        newRule('port', 'aws_security_group.web', { unknown: { ...NEW_RULE, from_port: true } }),
        newRule('odd', 'aws_security_group.web', {
          values: { ip_protocol: 'tcp', from_port: 22, to_port: 22, cidr_ipv4: 7 },
        }),
      ]),
    );
    expect(rules).toEqual({
      'aws_security_group.web': [
        '? egress aws_security_group.web egress: `egress` is known after apply',
        '? ingress aws_vpc_security_group_ingress_rule.eip: `cidr_ipv4` is known after apply',
        '? ingress aws_vpc_security_group_ingress_rule.port: `from_port` is known after apply',
        '? ingress aws_vpc_security_group_ingress_rule.odd: `cidr_ipv4` holds something that is no text',
      ],
    });
  });

  test('a prefix list of the plan is named by its address', () => {
    const list = 'aws_ec2_managed_prefix_list.office';
    const { rules } = toldByTerraform(
      planOf([
        { address: list, values: { name: 'office' }, unknown: { id: true } },
        newGroup('web'),
        newRule('ssh', 'aws_security_group.web', {
          values: { ip_protocol: '-1' },
          unknown: { ...NEW_RULE, prefix_list_id: true },
          written: {
            security_group_id: refersTo('aws_security_group.web.id', 'aws_security_group.web'),
            prefix_list_id: refersTo(`${list}.id`, list),
          },
        }),
      ]),
    );
    expect(rules['aws_security_group.web']).toEqual([
      `aws_vpc_security_group_ingress_rule.ssh: any from prefix-list:${list}`,
    ]);
  });
});
