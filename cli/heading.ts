import type { Effect } from '../shared/core/explain/decider.ts';
import type { Judged } from '../shared/core/judge.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import { MODES } from '../shared/core/model/policy.ts';
import type { Place } from '../shared/core/model/policy.ts';
import type { Rule } from '../shared/core/model/rule.ts';
import { toned } from './page.ts';
import type { Span } from './page.ts';

/** `sg-0123456789abcdef0 (web), us-east-1, account 111122223333`: which firewall it is about. */
export function firewallSpans({ target, name }: Firewall): readonly Span[] {
  const named = name === '' ? '' : ` (${name})`;
  return [toned('strong', target.id), `${named}, ${target.region}, account ${target.account}`];
}

/** The same, with the strictest mode of the policies that govern it. */
export function judgedSpans({ firewall, desired }: Judged): readonly Span[] {
  const strictest = MODES.find((mode) => desired.policies.some((policy) => policy.mode === mode));
  return [...firewallSpans(firewall), strictest === undefined ? '' : `, mode ${strictest}`];
}

/** `web.yaml:12`, where an editor can open it. */
export function placeText({ file, line }: Place): string {
  return line === 0 ? file : `${file}:${String(line)}`;
}

/** A rule's description in quotes, after a blank; nothing where it has none. */
export function descriptionSpans({ description }: Pick<Rule, 'description'>): readonly Span[] {
  return description === '' ? [] : [' ', toned('faint', `"${description}"`)];
}

/** A moment without the milliseconds that nobody writes. */
export function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `12:00:05Z`, where the day is plain. */
export function clockText(time: Date): string {
  return timeText(time).slice(timeText(time).indexOf('T') + 1);
}

/** How a clause decides, before its name. */
export const EFFECTS: Readonly<Record<Effect, string>> = {
  allow: 'allowed by',
  exception: 'excepted by',
  cut: 'cut out by',
  deny: 'denied by',
  'left-out': 'left out of',
  require: 'required by',
};
