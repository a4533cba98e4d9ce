import { WEEKDAYS } from '../core/model/policy.ts';
import { PEER_WORDS } from './peer.ts';
import { SERVICE_WORDS } from './service.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** A part of a JSON Schema, draft 2020-12. */
export interface Schema {
  readonly [keyword: string]: Json;
}

/** A schema with what an editor shows of it. */
export function told(description: string, schema: Schema): Schema {
  return { description, ...schema };
}

export function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

export function oneOf(...words: readonly string[]): Schema {
  return { enum: words };
}

export function integer(minimum: number, maximum: number): Schema {
  return { type: 'integer', minimum, maximum };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** One value, or a list of at least one. */
export function oneOrMore(item: Schema): Schema {
  return { anyOf: [item, { type: 'array', items: item, minItems: 1 }] };
}

/** A mapping whose keys the writer chooses. */
export function namedValues(value: Schema): Schema {
  return { type: 'object', minProperties: 1, additionalProperties: value };
}

/** Some text: a schema cannot know which names the policy defines. */
export const TEXT: Schema = { type: 'string', pattern: '\\S' };
export const NAME: Schema = { type: 'string', pattern: '^\\S(.*\\S)?$', maxLength: 200 };
export const BOOLEAN: Schema = { type: 'boolean' };
export const DURATION: Schema = { type: 'string', pattern: '^(0|[1-9][0-9]{0,8})[smhd]$', examples: ['5m', '24h'] };
export const SHARE: Schema = { type: 'string', pattern: '^[0-9]{1,3}(\\.[0-9]{1,4})?%$', examples: ['10%'] };
export const HOURS: Schema = {
  type: 'string',
  pattern: '^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$',
  examples: ['08:00-20:00'],
};
export const TIME: Schema = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d)$',
  examples: ['2026-12-01T00:00:00Z'],
};

const DAY = `(${WEEKDAYS.join('|')})`;
export const DAYS: Schema = oneOrMore({ type: 'string', pattern: `^${DAY}( *- *${DAY})?$`, examples: ['mon-fri'] });

/** Words come first, so that an editor offers them; a name that the policy defines may stand there, too. */
function wordsOr(words: readonly string[], self: string, ...more: readonly Schema[]): Schema {
  const list = { type: 'array', items: ref(self), minItems: 1 };
  return { anyOf: [{ enum: words }, TEXT, ...more, list] };
}

/** Values that are used in many places, by the name under which they are kept. */
export const SHARED_VALUES: Readonly<Record<string, Schema>> = {
  peers: told(
    'addresses, CIDRs, ranges, words, `sg:`, `prefix-list:`, a defined network, or a list of these',
    wordsOr(PEER_WORDS, 'peers'),
  ),
  services: told(
    'protocols with ports or types, such as `tcp/443`, `icmp/8` and `any`, a defined service, or a list of these',
    wordsOr(SERVICE_WORDS, 'services', integer(0, 255)),
  ),
};
