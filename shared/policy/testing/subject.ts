// `firewall` and `rules` of a test -> Subject.
import type { Addresses } from '../../core/space/addresses.ts';
import { unionOf } from '../../core/space/addresses.ts';
import { DIRECTIONS } from '../../core/model/firewall.ts';
import { fieldsOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { nounOf } from '../node.ts';
import type { Entry, Node } from '../node.ts';
import { peerOf } from '../peer.ts';
import { quoted } from '../problem.ts';
import type { Complaints } from '../problem.ts';
import { itemsOf, mapIn, nameIn, textOf, wordIn } from '../scalar.ts';
import type { Flow, SavedFirewall, StatedFirewall, Subject } from './case.ts';
import { ruleListsIn } from './flow.ts';
import { TEST_FIREWALL } from './shapes.ts';

/** What holds where a test says nothing of it. A policy that does not match them says so: the test fails. */
const UNSTATED = {
  account: '111122223333',
  region: 'us-east-1',
  id: 'sg-0123456789abcdef0',
  network: 'vpc-0123456789abcdef0',
};

const FORMS: Readonly<Record<'account' | 'region' | 'id', { readonly form: RegExp; readonly expected: string }>> = {
  account: { form: /^\d{12}$/, expected: 'an account of 12 digits in quotes, such as `"111122223333"`' },
  region: { form: /^[a-z]{2}(-[a-z]+)+-\d$/, expected: 'a region such as `us-east-1`' },
  id: { form: /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, expected: 'a whole id such as `sg-0123456789abcdef0`' },
};

/** A text of one form, so that a slip is found here and not looked for in the policy. */
function formedIn(fields: Fields, key: keyof typeof FORMS, complaints: Complaints): string | undefined {
  const entry = fields.get(key);
  const text = entry === undefined ? undefined : textOf(key, entry.value, complaints);
  if (entry === undefined || text === undefined) return undefined;
  if (FORMS[key].form.test(text)) return text;
  complaints.add(entry.value.at, `${quoted(key)} is ${quoted(text)}; write ${FORMS[key].expected}`);
  return undefined;
}

/** Address ranges in a list, or one of them. */
export function rangesIn(entry: Entry, complaints: Complaints): Addresses {
  const ranges = (itemsOf(entry, complaints) ?? []).flatMap((node): readonly Addresses[] => {
    const text = textOf(entry.key, node, complaints);
    const peer = text === undefined ? undefined : peerOf(text);
    if (peer?.kind === 'wrong') complaints.add(node.at, peer.problem);
    return peer?.kind === 'meaning' ? [peer.value] : [];
  });
  return unionOf(ranges);
}

/** `{ vpc-0a1b2c3d: [10.0.0.0/16] }`, or `[vpc-0a1b2c3d]` where nobody knows the ranges. */
function networksIn(entry: Entry, complaints: Complaints): StatedFirewall['networks'] {
  const { value } = entry;
  if (value.kind === 'map' && value.entries.length > 0) {
    return new Map(value.entries.map((network) => [network.key, rangesIn(network, complaints)]));
  }
  if (value.kind === 'list' && value.items.length > 0) {
    return new Map(
      value.items.flatMap((node) => {
        const id = textOf(entry.key, node, complaints);
        return id === undefined ? [] : [[id, undefined] as const];
      }),
    );
  }
  const was =
    value.kind === 'text'
      ? quoted(value.text)
      : value.kind === 'map' || value.kind === 'list'
        ? 'empty'
        : nounOf(value);
  const expected = 'write ids with their ranges, `{ vpc-0a1b2c3d: [10.0.0.0/16] }`, or a list of ids';
  complaints.add(value.at, `\`networks\` is ${was}; ${expected}`);
  return new Map();
}

function tagsIn(entry: Entry, complaints: Complaints): StatedFirewall['tags'] {
  const tags = (mapIn(entry, complaints)?.entries ?? []).map(({ key, value }) => {
    // An empty value is a tag, too.
    const text = value.kind === 'text' ? value.text : textOf(key, value, complaints);
    return [key, text ?? ''] as const;
  });
  return Object.fromEntries(tags);
}

function statedIn(fields: Fields, complaints: Complaints): StatedFirewall {
  const [cloud, name, tags, networks] = [
    fields.get('cloud'),
    fields.get('name'),
    fields.get('tags'),
    fields.get('networks'),
  ];
  return {
    cloud: (cloud === undefined ? undefined : wordIn(cloud, ['aws'], complaints)) ?? 'aws',
    account: formedIn(fields, 'account', complaints) ?? UNSTATED.account,
    region: formedIn(fields, 'region', complaints) ?? UNSTATED.region,
    id: formedIn(fields, 'id', complaints) ?? UNSTATED.id,
    name: (name === undefined ? undefined : nameIn(name, complaints)) ?? '',
    tags: tags === undefined ? {} : tagsIn(tags, complaints),
    networks: networks === undefined ? new Map([[UNSTATED.network, undefined]]) : networksIn(networks, complaints),
  };
}

/** Keys of which the saved answer itself says what they are. */
const SAID_BY_ANSWER = ['cloud', 'name', 'tags'];

function savedIn(fields: Fields, from: Entry, complaints: Complaints): SavedFirewall {
  const networks = fields.get('networks');
  for (const key of SAID_BY_ANSWER) {
    const entry = fields.get(key);
    if (entry !== undefined)
      complaints.add(entry.at, `${quoted(key)} beside \`from\`, whose files say it; leave it out`);
  }
  return {
    from: (itemsOf(from, complaints) ?? []).flatMap((node) => textOf('from', node, complaints) ?? []),
    at: from.at,
    account: formedIn(fields, 'account', complaints),
    region: formedIn(fields, 'region', complaints),
    id: formedIn(fields, 'id', complaints),
    networks: networks === undefined ? undefined : networksIn(networks, complaints),
  };
}

/** A mapping with the entries of another one that it does not state itself. */
export function withDefaults(
  own: Node | undefined,
  defaults: Node | undefined,
  leaveOut: readonly string[] = [],
): Node | undefined {
  if (own === undefined || own.kind !== 'map' || defaults?.kind !== 'map') return own ?? defaults;
  const stated = new Set([...own.entries.map(({ key }) => key), ...leaveOut]);
  return { ...own, entries: [...own.entries, ...defaults.entries.filter(({ key }) => !stated.has(key))] };
}

function states(node: Node | undefined, key: string): boolean {
  return node?.kind === 'map' && node.entries.some((entry) => entry.key === key);
}

function rulesIn(entry: Entry | undefined, complaints: Complaints): readonly Flow[] {
  const lists = entry === undefined ? undefined : ruleListsIn(entry, true, complaints);
  return DIRECTIONS.flatMap((direction) => lists?.get(direction) ?? []);
}

/** The firewall that a test is about. `defaults`: what the file states for all of its tests. */
export function subjectOf(
  test: { readonly firewall: Node | undefined; readonly rules: Entry | undefined; readonly at: Node['at'] },
  defaults: Node | undefined,
  complaints: Complaints,
): Subject | undefined {
  const leaveOut = states(test.firewall, 'from') ? [...SAID_BY_ANSWER, 'networks'] : [];
  const node = withDefaults(test.firewall, defaults, leaveOut) ?? { kind: 'map', at: test.at, entries: [] };
  const fields = fieldsOf(node, TEST_FIREWALL, '`firewall: { name: web, tags: { role: web } }`', complaints);
  if (fields === undefined) return undefined;
  const from = fields.get('from');
  if (from === undefined) {
    return { kind: 'stated', firewall: statedIn(fields, complaints), rules: rulesIn(test.rules, complaints) };
  }
  if (test.rules !== undefined) {
    complaints.add(
      test.rules.at,
      '`rules` beside `from`, whose files say which rules there are; leave one of the two out',
    );
  }
  return { kind: 'saved', firewall: savedIn(fields, from, complaints) };
}
