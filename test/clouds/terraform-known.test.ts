import { describe, expect, test } from 'vitest';
import { declaredInTerraform } from '../../shared/clouds/aws/terraform.ts';
import { HERE, toldByTerraform } from './documents.ts';
import { ACCOUNT, GROUP } from './sample.ts';
import { NEW_GROUP, NEW_RULE, newGroup, newRule, planOf, refersTo } from './terraform-made.ts';

const ARN = `arn:x:ec2:eu-west-1:444455556666:security-group/${GROUP}`;

describe('what an unknown id refers to', () => {
  const ruleIn = (address: string, written: object, more: object = {}) => ({
    address,
    values: { ip_protocol: '-1', cidr_ipv4: '10.0.0.0/8' },
    unknown: NEW_RULE,
    written: { security_group_id: written },
    ...more,
  });
  const of = (rules: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(Object.entries(rules).filter(([, some]) => some.length > 0));

  test('one instance of several, by its key', () => {
    const groups = ['a', 'b.c'].map((key) => ({ ...newGroup('x'), address: `aws_security_group.x["${key}"]` }));
    const { rules } = toldByTerraform(
      planOf([
        ...groups,
        ruleIn(
          'aws_vpc_security_group_ingress_rule.r',
          refersTo('aws_security_group.x["b.c"].id', 'aws_security_group.x["b.c"]', 'aws_security_group.x'),
        ),
      ]),
    );
    expect(of(rules)).toEqual({
      'aws_security_group.x["b.c"]': ['aws_vpc_security_group_ingress_rule.r: any from 10.0.0.0/8'],
    });
  });

  test('the instance with the same key, which is said to be taken for it', () => {
    const instances = ['a', 'b'].flatMap((key) => [
      { ...newGroup('x'), address: `aws_security_group.x["${key}"]` },
      ruleIn(`aws_vpc_security_group_ingress_rule.r["${key}"]`, refersTo('aws_security_group.x', 'each.key')),
    ]);
    const { rules, notes } = toldByTerraform(planOf(instances));
    expect(of(rules)).toEqual({
      'aws_security_group.x["a"]': ['aws_vpc_security_group_ingress_rule.r["a"]: any from 10.0.0.0/8'],
      'aws_security_group.x["b"]': ['aws_vpc_security_group_ingress_rule.r["b"]: any from 10.0.0.0/8'],
    });
    expect(notes.join()).toContain('refer by their own keys');
  });

  test('any of some, where the plan does not show which', () => {
    const groups = ['a', 'b'].map((key) => ({ ...newGroup('x'), address: `aws_security_group.x["${key}"]` }));
    const rule = 'aws_vpc_security_group_ingress_rule.r';
    const { rules } = toldByTerraform(
      planOf([...groups, newGroup('other'), ruleIn(rule, refersTo('aws_security_group.x'))]),
    );
    const why = 'which group it is of is known after apply, and it may be this one';
    expect(of(rules)).toEqual({
      'aws_security_group.x["a"]': [`? ingress ${rule}: ${why}`],
      'aws_security_group.x["b"]': [`? ingress ${rule}: ${why}`],
    });
  });

  test('through arguments and outputs of modules', () => {
    const { rules } = toldByTerraform(
      planOf(
        [
          { ...newGroup('this'), address: 'module.sg["a"].aws_security_group.this' },
          { ...newGroup('this'), address: 'module.sg["b"].aws_security_group.this' },
          ruleIn('module.rules.aws_vpc_security_group_ingress_rule.r', refersTo('var.group')),
        ],
        {
          calls: {
            sg: { outputs: { id: { expression: refersTo('aws_security_group.this.id', 'aws_security_group.this') } } },
            rules: { expressions: { group: refersTo('module.sg["b"].id', 'module.sg["b"]', 'module.sg') } },
          },
        },
      ),
    );
    expect(of(rules)).toEqual({
      'module.sg["b"].aws_security_group.this': [
        'module.rules.aws_vpc_security_group_ingress_rule.r: any from 10.0.0.0/8',
      ],
    });
  });

  test('a local value may be anything of its module', () => {
    const { rules } = toldByTerraform(
      planOf(
        [
          newGroup('root'),
          { ...newGroup('this'), address: 'module.sg.aws_security_group.this' },
          ruleIn('module.sg.aws_vpc_security_group_ingress_rule.r', refersTo('local.id')),
        ],
        { calls: { sg: { expressions: {} } } },
      ),
    );
    expect(Object.keys(of(rules))).toEqual(['module.sg.aws_security_group.this']);
    expect(of(rules)['module.sg.aws_security_group.this']?.[0]).toMatch(/^\? ingress /);
  });

  test('a group that is none of the plan: said, not judged', () => {
    const rule = ruleIn(
      'aws_vpc_security_group_ingress_rule.r',
      refersTo('aws_eks_cluster.x.vpc_config', 'aws_eks_cluster.x'),
    );
    const { rules, notes } = toldByTerraform(planOf([newGroup('web'), rule]));
    expect(of(rules)).toEqual({});
    expect(notes.join('\n')).toContain('which group `aws_vpc_security_group_ingress_rule.r` will be of');
  });

  test('what the provider fills in is no source', () => {
    const rule = (written: object, more: object) => ({
      address: 'aws_security_group_rule.r',
      values: { type: 'ingress', protocol: '-1', self: false, ...more },
      unknown: { id: true, source_security_group_id: true },
      written: { ...written },
    });
    const told = (made: Parameters<typeof planOf>[0][number], more = {}): readonly string[] | undefined =>
      toldByTerraform(planOf([newGroup('web'), made], more)).rules[GROUP];
    const stated = { security_group_id: GROUP, cidr_blocks: ['10.0.0.0/8'] };
    expect(told(rule({}, stated))).toEqual(['aws_security_group_rule.r: any from 10.0.0.0/8']);
    expect(told(rule({}, stated), { configuration: {} })).toEqual(['aws_security_group_rule.r: any from 10.0.0.0/8']);
    expect(told(rule({}, { security_group_id: GROUP, prefix_list_ids: ['pl-01'] }))).toEqual([
      'aws_security_group_rule.r: any from prefix-list:pl-01',
    ]);
    expect(told(rule({ source_security_group_id: refersTo('local.x') }, { security_group_id: GROUP }))?.[0]).toMatch(
      /^\? /,
    );
    expect(told(rule({}, { security_group_id: GROUP }), { configuration: {} })?.[0]).toMatch(/^\? /);
  });

  test('without a configuration it may be any new group', () => {
    const plan = planOf([newGroup('web'), newGroup('db'), newRule('ssh', 'aws_security_group.web')], {
      configuration: {},
    });
    expect(Object.values(toldByTerraform(plan).rules).map((some) => some.length)).toEqual([1, 1]);
  });
});

describe('what is not judged is said', () => {
  const notesOf = (made: Parameters<typeof planOf>[0], more: object = {}): string =>
    toldByTerraform(planOf(made, more as never)).notes.join('\n');

  test.each<[string, Parameters<typeof planOf>[0], object, string]>([
    ['an incomplete plan', [newGroup('web')], { complete: false }, 'the plan is not complete'],
    ['a failed plan', [newGroup('web')], { errored: true }, 'planning ended with an error'],
    [
      'what is put off',
      [newGroup('web')],
      {
        deferred_changes: [
          { reason: 'instance_count_unknown', resource_change: { address: 'aws_security_group.later[*]' } },
        ],
      },
      'the plan puts off `aws_security_group.later[*]`',
    ],
    [
      'a group without rules in sight',
      [newGroup('web')],
      {},
      'the plan shows no rules of its own in `aws_security_group.web`',
    ],
    [
      'a name to come',
      [newGroup('web', { values: {} })],
      {},
      'the names of `aws_security_group.web` are known after apply',
    ],
    ['a VPC to come', [newGroup('web')], {}, 'the VPC of `aws_security_group.web` is not known'],
    [
      'tags to come',
      [newGroup('web', { unknown: { ...NEW_GROUP, tags: { a: true } } })],
      {},
      'some tags of `aws_security_group.web`',
    ],
    [
      'ranges to come',
      [
        {
          address: 'aws_vpc.a',
          values: { cidr_block: '10.0.0.0/16', assign_generated_ipv6_cidr_block: true },
          unknown: { id: true, ipv6_cidr_block: true },
        },
      ],
      {},
      'not all ranges of `aws_vpc.a` are known',
    ],
    [
      'resources of another kind',
      [{ address: 'awscc_ec2_security_group.x' }],
      {},
      '`awscc_ec2_security_group.x` may make',
    ],
  ])('%s', (_, made, more, note) => {
    expect(notesOf(made, more)).toContain(note);
  });
});

describe('where it is', () => {
  test.each<[string, object, object, object]>([
    [
      'the group says it',
      { owner_id: '444455556666', region: 'us-west-2' },
      {},
      { account: '444455556666', region: 'us-west-2' },
    ],
    ['its ARN says it', { arn: ARN }, {}, { account: '444455556666', region: 'eu-west-1' }],
    ['its provider says it', {}, {}, { account: ACCOUNT, region: 'eu-central-1' }],
    [
      'the role of its provider says it',
      {},
      {
        configuration: {
          provider_config: {
            aws: {
              name: 'aws',
              expressions: {
                region: refersTo('var.region'),
                assume_role: [{ role_arn: { constant_value: 'arn:x:iam::444455556666:role/x' } }],
              },
            },
          },
          root_module: {},
        },
        variables: { region: { value: 'ap-south-1' } },
      },
      { account: '444455556666', region: 'ap-south-1' },
    ],
    [
      'the caller says it',
      {},
      {
        prior_state: {
          values: {
            root_module: {
              resources: [
                {
                  address: 'data.aws_caller_identity.me',
                  mode: 'data',
                  type: 'aws_caller_identity',
                  name: 'me',
                  values: { account_id: '999900001111' },
                },
              ],
            },
          },
        },
      },
      { account: '999900001111' },
    ],
  ])('%s', (_, values, more, target) => {
    const plan = planOf(
      [newGroup('web', { values: { name: 'web', ...values }, unknown: { id: true } })],
      more as never,
    );
    expect(toldByTerraform(plan).firewalls).toMatchObject([{ target }]);
  });

  test('a format of another major version is refused', () => {
    expect(() => declaredInTerraform({ format_version: '2.0', values: {} }, HERE)).toThrow('`2.0` is not known');
  });
});
