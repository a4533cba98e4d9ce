// The shapes of the policy language -> its JSON Schema, which editors complete and check by.
import { DIRECTIONS } from '../core/model/firewall.ts';
import type { Direction } from '../core/model/firewall.ts';
import { MODES, MOST_FRAGMENTS, REVERTS } from '../core/model/policy.ts';
import * as value from './schema-values.ts';
import { told } from './schema-values.ts';
import type { Schema } from './schema-values.ts';
import * as shapes from './shapes.ts';
import type { Shape } from './shapes.ts';

const MOST = 100_000;

/**
 * A mapping with the keys that a shape knows, and no others. The shape alone says which keys there are: one without a
 * value here, or a value without its key, is a mistake of ours.
 */
function mapping(
  shape: Pick<Shape, 'noun' | 'known'>,
  values: Readonly<Record<string, Schema>>,
  more: Schema = {},
): Schema {
  const unknown = Object.keys(values).find((key) => !shape.known.includes(key));
  const missing = shape.known.find((key) => values[key] === undefined);
  const odd = unknown ?? missing;
  if (odd !== undefined) throw new Error(`the schema of ${shape.noun} and its shape differ in \`${odd}\``);
  return { type: 'object', additionalProperties: false, properties: values, ...more };
}

const WHY = told('what tickets say of it', value.TEXT);
const MATCH = told('which firewalls it speaks of: keys are ANDed, a list is an OR, `*` and `?` are globs', {
  type: 'object',
  ...value.ref('match'),
});

function matchSchema(): Schema {
  const texts = value.oneOrMore(value.TEXT);
  return mapping(shapes.MATCH, {
    cloud: value.oneOrMore({ anyOf: [value.oneOf('aws', 'azure'), { type: 'string', pattern: '[*?]' }] }),
    account: told('AWS account or Azure subscription, in quotes: a number may lose leading zeros', texts),
    region: texts,
    network: told('id of a VPC or virtual network', texts),
    resourceGroup: texts,
    id: told('id of the firewall, such as `sg-0123456789abcdef0`', texts),
    name: texts,
    tags: told('tags with one of these values; `"*"` is any value', value.namedValues(texts)),
    not: told('leaves out what this fits', { type: 'object', minProperties: 1, ...value.ref('match') }),
  });
}

function duringSchema(): Schema {
  return mapping(
    shapes.DURING,
    {
      days: told('days on which a window begins; unstated: all', value.DAYS),
      hours: told('`22:00-06:00` goes over midnight; unstated: the whole day', value.HOURS),
      zone: told('whose clocks are meant, such as `Asia/Shanghai` or `UTC`', value.TEXT),
    },
    { required: ['zone'], anyOf: [{ required: ['days'] }, { required: ['hours'] }] },
  );
}

/** One clause of a list. Who is on the other side stands under `from` where it comes in, under `to` where it goes out. */
function clauseSchema(direction: Direction, shape: Shape): Schema {
  const [peerKey, otherKey] = direction === 'ingress' ? ['from', 'to'] : ['to', 'from'];
  const known = shape.known.filter((key) => key !== otherKey);
  const own: Readonly<Record<string, Schema>> = {
    within: told('of the prefix lists that it names, only entries in these networks', value.ref('peers')),
    firm: told('no exception takes anything out of it', value.BOOLEAN),
    open: told('it may be carried out even where it opens something to the internet', value.BOOLEAN),
  };
  const values = {
    service: value.ref('services'),
    [peerKey]: value.ref('peers'),
    during: told('the times at which it is live; unstated: always', value.ref('during')),
    why: WHY,
    name: told('what findings and tickets call it', { ...value.NAME, pattern: '^[^\\s/]([^/]*[^\\s/])?$' }),
    ...Object.fromEntries(Object.entries(own).filter(([key]) => known.includes(key))),
  };
  // A comma ends an unquoted `why`, and YAML takes what follows for a key without a value: it is read as prose.
  return mapping({ noun: shape.noun, known }, values, {
    required: ['service', peerKey],
    additionalProperties: { type: 'null' },
  });
}

function directionSchema(direction: Direction): Schema {
  const clauses = (shape: Shape): Schema => value.listOf(clauseSchema(direction, shape));
  return mapping(
    shapes.DIRECTION,
    {
      allow: told('what may pass; once it is stated, everything else is forbidden', clauses(shapes.ALLOW)),
      deny: told('what may not pass, whatever is allowed', clauses(shapes.DENY)),
      require: told('what must pass', clauses(shapes.REQUIRE)),
    },
    { minProperties: 1 },
  );
}

const EITHER_DIRECTION = DIRECTIONS.map((direction) => ({ required: [direction] }));

function policySchema(): Schema {
  const ticket = mapping(
    shapes.TICKET,
    { assignmentGroup: value.NAME, impact: value.integer(1, 3), urgency: value.integer(1, 3) },
    { minProperties: 1 },
  );
  const limits = mapping(shapes.LIMITS, { openPorts: value.integer(0, 256 * 65_536) }, { required: ['openPorts'] });
  return mapping(
    shapes.POLICY,
    {
      name: value.NAME,
      match: MATCH,
      mode: told('from strict to mild; unstated: report', value.oneOf(...MODES)),
      after: told('with `mode: approve`: carried out by itself after this long', value.DURATION),
      grace: told('how long a revert is held back', value.DURATION),
      revert: told('how excess is taken away; unstated: narrow', value.oneOf(...REVERTS)),
      maxFragments: told('the most rules that one rule may become', value.integer(1, MOST_FRAGMENTS)),
      overflow: told('past `maxFragments`; unstated: hold', value.oneOf('hold', 'remove')),
      collateral: told('whether a revert may close legitimate traffic; unstated: hold', value.oneOf('hold', 'allow')),
      defaults: told("whether a cloud's own default rules are judged; unstated: keep", value.oneOf('keep', 'judge')),
      ingress: told('who may start a flow to the firewall', directionSchema('ingress')),
      egress: told('where a flow may go', directionSchema('egress')),
      limits: told('what is ticketed when it is passed', limits),
      ticket: told('what its tickets are filed with', ticket),
    },
    { required: ['name'], anyOf: EITHER_DIRECTION },
  );
}

function exceptionSchema(): Schema {
  const clauses = (direction: Direction): Schema => ({
    ...value.listOf(clauseSchema(direction, shapes.EXCEPT)),
    minItems: 1,
  });
  const approved = mapping(shapes.APPROVED, { by: value.NAME, ticket: value.NAME }, { required: ['by', 'ticket'] });
  return mapping(
    shapes.EXCEPTION,
    {
      name: value.NAME,
      match: { ...MATCH, anyOf: [{ required: ['id'] }, { required: ['account'] }] },
      ingress: clauses('ingress'),
      egress: clauses('egress'),
      until: told('when it ends, with a time zone', value.TIME),
      approved: told('who approved it, and where that is written down', approved),
    },
    { required: ['name', 'match', 'until', 'approved'], anyOf: EITHER_DIRECTION },
  );
}

function instanceSchema(): Schema {
  const groups = value.oneOrMore({ type: 'string', pattern: '^sg:' });
  const firewalls = mapping(shapes.FIREWALLS, { require: groups, allow: groups }, { required: ['allow'] });
  return mapping(shapes.INSTANCE, { name: value.NAME, match: MATCH, firewalls }, { required: ['name', 'firewalls'] });
}

function guardSchema(): Schema {
  const count = value.integer(1, MOST);
  const changed = { share: value.SHARE, atLeast: value.integer(0, MOST), within: value.DURATION };
  return mapping(
    shapes.GUARD,
    {
      maxChangesPerFirewall: count,
      maxChangesPerRun: count,
      maxChangedFirewalls: mapping(shapes.CHANGED_FIREWALLS, changed),
      maxRevertsPerFinding: mapping(shapes.REVERTS_PER_FINDING, { count, within: value.DURATION }),
      maxTicketsPerHour: count,
      maxExceptionDays: value.integer(1, 365),
      maxGrant: value.DURATION,
      leaveAfter: value.DURATION,
    },
    { minProperties: 1 },
  );
}

function fileSchema(): Schema {
  const networks = value.namedValues(value.ref('peers'));
  const services = value.namedValues(value.ref('services'));
  const limits = mapping(shapes.OVERALL_LIMITS, { exposedFirewallsShare: value.SHARE }, { minProperties: 1 });
  return mapping(
    shapes.FILE,
    {
      version: { const: 1 },
      define: told('names for what clauses speak of', {
        ...mapping(shapes.DEFINE, { networks, services }, { minProperties: 1 }),
      }),
      policies: value.listOf(policySchema()),
      instances: told('which firewalls an instance must and may have', value.listOf(instanceSchema())),
      exceptions: told('owned permissions that end by themselves', value.listOf(exceptionSchema())),
      guard: told('bounds on what a run may change', guardSchema()),
      limits: told('over all firewalls', limits),
      pause: told('`true` holds everything', value.BOOLEAN),
    },
    { required: ['version'] },
  );
}

/** The JSON Schema (draft 2020-12) of one policy file. What it lets through may still be refused: names, ranges, meaning. */
export function policySchemaDocument(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Portcullis policy, version 1',
    ...fileSchema(),
    $defs: { ...value.SHARED_VALUES, match: matchSchema(), during: duringSchema() },
  };
}
