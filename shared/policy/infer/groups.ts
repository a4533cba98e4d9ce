// Firewall[] -> groups that a `match` can pick, each firewall in exactly one of them.
import type { Firewall } from '../../core/model/firewall.ts';

/** How a group is picked. The values of one key are disjoint, and so are the kinds. */
export type Picked =
  | { readonly by: 'tag'; readonly key: string; readonly value: string }
  /** `untagged`: the tag key that all of them lack, where others are picked by it. */
  | { readonly by: 'name'; readonly name: string; readonly untagged: string | undefined }
  | { readonly by: 'id'; readonly id: string };

export interface Group {
  readonly picked: Picked;
  readonly firewalls: readonly Firewall[];
}

/** Keys of tags by which people say what a firewall is for, the most telling first. Stages and owners do not say that. */
const TELLING = ['role', 'function', 'component', 'service', 'application', 'app', 'tier', 'name'];

/** A match takes these for patterns, and an empty text for none at all. */
function isPlain(text: string): boolean {
  return text.trim() === text && text !== '' && text.length <= 255 && !/[*?\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

function tagOf({ tags }: Firewall, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}

/**
 * The tag key that says best what firewalls are for: of those that most of them have, the most telling one. A `Name` that
 * differs on each of them says who they are. Undefined where there is none.
 */
function roleKeyOf(firewalls: readonly Firewall[]): string | undefined {
  const values = new Map<string, string[]>();
  for (const { tags } of firewalls) {
    for (const [key, value] of Object.entries(tags)) {
      if (isPlain(value)) values.set(key, [...(values.get(key) ?? []), value]);
    }
  }
  const fits = (key: string): boolean => {
    const some = values.get(key) ?? [];
    return some.length * 2 > firewalls.length && (key.toLowerCase() !== 'name' || new Set(some).size < some.length);
  };
  const keys = [...values.keys()].sort();
  return TELLING.flatMap((word) => keys.filter((key) => key.toLowerCase() === word)).find(fits);
}

function pickedOf(firewall: Firewall, key: string | undefined): Picked {
  const value = key === undefined ? undefined : tagOf(firewall, key);
  if (key !== undefined && value !== undefined && isPlain(value)) return { by: 'tag', key, value };
  if (value === undefined && isPlain(firewall.name)) return { by: 'name', name: firewall.name, untagged: key };
  return { by: 'id', id: firewall.target.id };
}

function textOf(picked: Picked): string {
  switch (picked.by) {
    case 'tag':
      return `1 ${picked.value}`;
    case 'name':
      return `2 ${picked.name}`;
    case 'id':
      return `3 ${picked.id}`;
  }
}

/** Groups by what firewalls are for, in order: by tag, then by name, then single ones by id. */
export function groupsOf(firewalls: readonly Firewall[]): readonly Group[] {
  const key = roleKeyOf(firewalls);
  const groups = new Map<string, { readonly picked: Picked; readonly firewalls: Firewall[] }>();
  for (const firewall of firewalls) {
    const picked = pickedOf(firewall, key);
    const known = groups.get(textOf(picked));
    if (known === undefined) groups.set(textOf(picked), { picked, firewalls: [firewall] });
    else known.firewalls.push(firewall);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
