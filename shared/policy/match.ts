import type { Match } from '../core/model/policy.ts';
import { fieldsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { nearestOf } from './nearest.ts';
import type { Entry, Node } from './node.ts';
import { quoted } from './problem.ts';
import type { Complaints } from './problem.ts';
import { itemsOf, mapIn, textOf } from './scalar.ts';
import { MATCH } from './shapes.ts';

const CLOUDS = ['aws', 'azure'];
const ACCOUNT_DIGITS = 12;
const ACCOUNT = /^\d{12}$/;
const SUBSCRIPTION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

function cloudProblem(text: string): string | undefined {
  if (CLOUDS.includes(text) || isGlob(text)) return undefined;
  const near = nearestOf(text, CLOUDS);
  const hint = near === undefined ? 'write `aws` or `azure`' : `did you mean ${quoted(near)}?`;
  return `no cloud is called ${quoted(text)}; ${hint}`;
}

function accountProblem(text: string): string | undefined {
  if (isGlob(text) || ACCOUNT.test(text) || SUBSCRIPTION.test(text)) return undefined;
  const digits = text.replace(/[-\s]/g, '');
  if (ACCOUNT.test(digits)) return `account ${quoted(text)} has more than digits; write \`"${digits}"\``;
  if (!/^\d+$/.test(text)) {
    return `account ${quoted(text)} is no AWS account (12 digits) and no Azure subscription; write its id, not its name`;
  }
  const count = `${String(text.length)} digit${text.length === 1 ? '' : 's'}`;
  return `account ${quoted(text)} has ${count}; an AWS account has 12, leading zeros included`;
}

function numberProblem(key: string, text: string): string {
  if (key !== 'account') return `${quoted(key)} is a number, not a text; put it in quotes: \`"${text}"\``;
  const whole = /^\d+$/.test(text) ? text.padStart(ACCOUNT_DIGITS, '0') : text;
  return `account ${quoted(text)} is a number, which may have lost leading zeros; put it in quotes: \`"${whole}"\``;
}

function valueOf(key: string, node: Node, complaints: Complaints): string | undefined {
  if (node.kind === 'number') {
    complaints.add(node.at, numberProblem(key, node.text));
    return undefined;
  }
  const text = textOf(key, node, complaints);
  if (text === undefined) return undefined;
  const problem = key === 'cloud' ? cloudProblem(text) : key === 'account' ? accountProblem(text) : undefined;
  if (problem === undefined) return text;
  complaints.add(node.at, problem);
  return undefined;
}

function valuesIn(entry: Entry, key: string, complaints: Complaints): readonly string[] {
  return (itemsOf(entry, complaints) ?? []).flatMap((node) => valueOf(key, node, complaints) ?? []);
}

function tagsIn(entry: Entry, complaints: Complaints): Readonly<Record<string, readonly string[]>> {
  const map = mapIn(entry, complaints);
  if (map?.entries.length === 0) {
    complaints.add(map.at, '`tags` is empty; write `{ env: prod }`, or `{ env: "*" }` for any value');
  }
  // INVARIANT: `fromEntries` makes a tag called `__proto__` a plain property; an assignment would not.
  return Object.fromEntries((map?.entries ?? []).map((tag) => [tag.key, valuesIn(tag, tag.key, complaints)]));
}

function notIn(entry: Entry, complaints: Complaints): Match | undefined {
  const map = mapIn(entry, complaints);
  if (map?.entries.length === 0) {
    complaints.add(map.at, '`not` is empty, so it would leave no firewall; write what to leave out, or remove it');
  }
  return map === undefined ? undefined : matchOf(map, complaints).match;
}

const TEXT_KEYS = ['cloud', 'account', 'region', 'network', 'resourceGroup', 'id', 'name'] as const;

function textsOf(fields: Fields, complaints: Complaints): Match {
  const pairs = TEXT_KEYS.flatMap((key) => {
    const entry = fields.get(key);
    return entry === undefined ? [] : [[key, valuesIn(entry, key, complaints)] as const];
  });
  return Object.fromEntries(pairs);
}

/** What was read of a `match`. */
interface ReadMatch {
  readonly match: Match;
  /** Whether it states nothing that could not be read as keys: then nobody knows what it would pick by. */
  readonly keysAreKnown: boolean;
}

/** Which firewalls a `match` speaks of. Parts that mean nothing are complaints, and then the whole is not used. */
export function matchOf(node: Node, complaints: Complaints): ReadMatch {
  const fields = fieldsOf(node, MATCH, '`match: { account: "111122223333" }`', complaints);
  if (fields === undefined) return { match: {}, keysAreKnown: false };
  const tags = fields.get('tags');
  const not = fields.get('not');
  const without = not === undefined ? undefined : notIn(not, complaints);
  const match = {
    ...textsOf(fields, complaints),
    ...(tags === undefined ? {} : { tags: tagsIn(tags, complaints) }),
    ...(without === undefined ? {} : { not: without }),
  };
  return { match, keysAreKnown: !fields.merges };
}

type PickingKey = 'id' | 'account' | 'name';

/** What every id has: security group ids start with `sg-`, and those that we have seen of 17 digits go on with `0`. */
const OF_EVERY_ID = /^s?g?-?0?$/;

function fitsAll(key: PickingKey, value: string): boolean {
  const stated = value.replace(/[*?]/g, '');
  return isGlob(value) && (key === 'id' ? OF_EVERY_ID.test(stated) : stated === '');
}

/** The first value of these keys that leaves (nearly) no firewall out, as it would be written; undefined if there is none. */
export function catchAllOf(match: Match, keys: readonly PickingKey[]): string | undefined {
  const texts = keys.flatMap((key) =>
    (match[key] ?? []).filter((value) => fitsAll(key, value)).map((value) => `${key}: "${value}"`),
  );
  return texts[0];
}

/** Whether a key is stated and leaves some firewall out. In a list, one value that fits everything spoils the others. */
export function picks(match: Match, key: PickingKey): boolean {
  return match[key] !== undefined && !match[key].some((value) => fitsAll(key, value));
}
