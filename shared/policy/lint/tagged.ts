// PolicySet -> policies and exceptions that whoever may tag or name a firewall decides about.
import type { Match, PolicySet } from '../../core/model/policy.ts';
import { picks } from '../match.ts';
import { quoted } from '../problem.ts';
import type { Remark } from './remark.ts';

/** Keys whose values nobody changes by the way. `cloud` and `region` hold for too many firewalls to count. */
const FIRM = ['account', 'network', 'resourceGroup', 'id'] as const;

function restricts(globs: readonly string[] | undefined): boolean {
  return globs !== undefined && globs.every((glob) => /[^*?]/.test(glob));
}

/** What a match asks of a firewall that people with lesser rights may change. */
function loosely({ tags, name, not }: Match): readonly string[] {
  const isTagged = tags !== undefined;
  const isNamed = name !== undefined;
  const without = not === undefined ? [] : loosely(not).map((key) => `${key} under \`not\``);
  return [...(isTagged ? ['`tags`'] : []), ...(isNamed ? ['`name`'] : []), ...without];
}

function hangsOn(match: Match, keys: readonly (typeof FIRM)[number][]): string | undefined {
  const loose = loosely(match);
  const isFirm = keys.some((key) => restricts(match[key]));
  return isFirm || loose.length === 0 ? undefined : loose.join(' and ');
}

/** Who is governed, or excepted, by nothing but what others may write on a firewall. */
export function tagDecidedIn({ policies, exceptions }: PolicySet): readonly Remark[] {
  const enforced = policies.flatMap(({ name, match, mode, place }) => {
    const loose = mode === 'enforce' ? hangsOn(match, FIRM) : undefined;
    const risk = 'so whoever may tag or make a firewall decides whether it is governed';
    const what = `${quoted(name)} enforces by ${loose ?? ''} alone, ${risk}; add \`account\` or \`network\` to \`match\``;
    return loose === undefined ? [] : { place, what };
  });
  // An exception always names an id or an account, so an account alone says nothing more of which firewall is meant.
  const excepted = exceptions.flatMap(({ name, match, place }) => {
    const loose = picks(match, 'id') ? undefined : hangsOn(match, ['network', 'resourceGroup', 'id']);
    const risk = 'so whoever may tag or make a firewall there may claim it';
    const what = `exception ${quoted(name)} is given by ${loose ?? ''} alone, ${risk}; name the firewall by its \`id\``;
    return loose === undefined ? [] : { place, what };
  });
  return [...enforced, ...excepted];
}
