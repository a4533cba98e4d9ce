/** Plans and states, put together as `terraform show -json` prints them. */

type Fields = Readonly<Record<string, unknown>>;

/** One instance of a resource of a made-up plan. */
export interface Made {
  readonly address: string;
  readonly values?: Fields;
  readonly unknown?: Fields;
  readonly before?: Fields;
  readonly actions?: readonly string[];
  /** What it is written with. Instances of one resource are written once. */
  readonly written?: Fields;
  readonly forEach?: Fields;
}

interface Parts {
  readonly module: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly index: string | number | undefined;
}

function partsOf(address: string): Parts {
  const [, module = '', data, type = '', name = '', key] =
    /^((?:module\.[\w-]+(?:\[[^\]]*\])?\.?)*)(data\.)?([\w-]+)\.([\w-]+)(?:\[(.*)\])?$/.exec(address) ?? [];
  const index = key === undefined ? undefined : key.startsWith('"') ? key.slice(1, -1) : Number(key);
  const mode = data === undefined ? 'managed' : 'data';
  return { module: module.replace(/\.$/, ''), mode, type, name, index };
}

function listed({ address }: Made, values: Fields): Fields {
  const { mode, type, name, index } = partsOf(address);
  return { address, mode, type, name, ...(index === undefined ? {} : { index }), values };
}

function modulesOf(made: readonly Made[], valuesOf: (one: Made) => Fields): Fields {
  const byModule = Map.groupBy(made, ({ address }) => partsOf(address).module);
  const children = [...byModule].flatMap(([address, some]) =>
    address === '' ? [] : [{ address, resources: some.map((one) => listed(one, valuesOf(one))) }],
  );
  const resources = (byModule.get('') ?? []).map((one) => listed(one, valuesOf(one)));
  return { root_module: { resources, child_modules: children } };
}

export function stateOf(...made: readonly Made[]): Fields {
  return { format_version: '1.0', terraform_version: '1.13.4', values: modulesOf(made, ({ values = {} }) => values) };
}

/** The configuration of the root, where the resources of modules are in calls of one level. */
function configurationOf(made: readonly Made[], more: Fields): Fields {
  const written = (module: string): readonly Fields[] => {
    const inModule = made.filter(({ address }) => partsOf(address).module.replace(/\[.*?\]/g, '') === module);
    const byName = Map.groupBy(inModule, ({ address }) => `${partsOf(address).type}.${partsOf(address).name}`);
    return [...byName].map(([address, [first]]) => ({
      address,
      ...partsOf(first?.address ?? ''),
      provider_config_key: 'aws',
      expressions: first?.written ?? {},
      ...(first?.forEach === undefined ? {} : { for_each_expression: first.forEach }),
    }));
  };
  const calls = (more['calls'] ?? {}) as Readonly<Record<string, Fields>>;
  return {
    provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-central-1' } } } },
    root_module: {
      resources: written(''),
      module_calls: Object.fromEntries(
        Object.entries(calls).map(([name, { outputs, ...call }]) => [
          name,
          { ...call, module: { resources: written(`module.${name}`), outputs } },
        ]),
      ),
    },
  };
}

/** `more.calls`: how modules are called, by name, with `expressions` and `outputs`. */
export function planOf(made: readonly Made[], more: Fields = {}): Fields {
  const { calls, ...document } = more;
  const present = made.filter(({ actions = [] }) => actions.join() !== 'delete');
  return {
    format_version: '1.2',
    terraform_version: '1.13.4',
    planned_values: modulesOf(present, ({ values = {} }) => values),
    resource_changes: made.map((one) => ({
      ...listed(one, {}),
      module_address: partsOf(one.address).module || undefined,
      change: {
        actions: one.actions ?? ['create'],
        before: one.before ?? null,
        after: one.actions?.join() === 'delete' ? null : (one.values ?? {}),
        after_unknown: one.unknown ?? {},
      },
    })),
    configuration: configurationOf(present, { calls }),
    ...document,
  };
}

/** A block as the provider writes it, with all its arguments. */
export function block(fields: Fields): Fields {
  return {
    cidr_blocks: [],
    description: '',
    from_port: 0,
    ipv6_cidr_blocks: [],
    prefix_list_ids: [],
    protocol: '-1',
    security_groups: [],
    self: false,
    to_port: 0,
    ...fields,
  };
}

/** What is not known of a group that does not exist yet, and has no rules of its own. */
export const NEW_GROUP = { id: true, arn: true, owner_id: true, vpc_id: true, ingress: true, egress: true };

export function refersTo(...references: readonly string[]): Fields {
  return { references };
}

export const NEW_RULE = { id: true, security_group_id: true, security_group_rule_id: true, arn: true };

export function newGroup(name: string, more: Fields = {}): Made {
  return { address: `aws_security_group.${name}`, values: { name }, unknown: NEW_GROUP, ...more };
}

export function newRule(name: string, group: string, more: Fields = {}): Made {
  return {
    address: `aws_vpc_security_group_ingress_rule.${name}`,
    values: { ip_protocol: 'tcp', from_port: 22, to_port: 22, cidr_ipv4: '0.0.0.0/0' },
    unknown: NEW_RULE,
    written: { security_group_id: refersTo(`${group}.id`, group) },
    ...more,
  };
}
