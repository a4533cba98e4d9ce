import { askedOf, together } from './history-policy.ts';
import type { Asked } from './history-policy.ts';
import { letThrough, MEMBER } from './history-packets.ts';
import type { Packets } from './history-packets.ts';
import type { PlainRule } from './plain-case.ts';
import { saidBy } from './raw-rules.ts';

/** What there is at one moment of a history, in plain words. */

export interface PlainGroup {
  readonly id: string;
  readonly name: string;
  readonly role: string | undefined;
  readonly rules: readonly PlainRule[];
}

export interface PlainWorld {
  readonly groups: readonly PlainGroup[];
  /** Lists of networks by id. */
  readonly lists: ReadonlyMap<string, { readonly name: string; readonly cidrs: readonly string[] }>;
  /** The entries of the list that the policies name; none where they name none. */
  readonly partners: readonly string[];
}

/** A group at one moment, and what the policies ask of it then. */
export interface Standing {
  readonly group: PlainGroup;
  readonly open: Packets;
  openBy(rule: PlainRule): Packets;
  readonly asked: Asked;
  readonly forbidden: Packets;
  readonly required: Packets;
  /** Rules that say whom this group lets out: nobody but people may touch these. */
  readonly outward: string;
}

export function standingOf(group: PlainGroup, { lists, partners }: PlainWorld): Standing {
  const members = (name: string): readonly string[] => {
    const [kind, id = ''] = name.split(':');
    return kind === 'sg' ? [`${MEMBER}/32`] : (lists.get(id)?.cidrs ?? []);
  };
  const [inward, outward] = (['ingress', 'egress'] as const).map((direction) =>
    group.rules.filter((rule) => rule.direction === direction),
  );
  const asked = askedOf(group.role, partners);
  return {
    group,
    open: letThrough(inward ?? [], members),
    openBy: (rule) => letThrough([rule], members),
    asked,
    forbidden: together(asked.forbidden),
    required: together(asked.required),
    outward: saidByAll(outward ?? []),
  };
}

/** One text for the same rules with the same ids. */
export function saidByAll(rules: readonly PlainRule[]): string {
  return rules
    .map((rule) => `${rule.id} ${saidBy(rule)}`)
    .sort()
    .join('\n');
}
