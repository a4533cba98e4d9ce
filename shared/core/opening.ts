// Question x Firewall -> the rules that let the traffic through, and the traffic as a grant states it.
import { drawnForName, drawnInAddresses } from './drawn.ts';
import { askedOf } from './explain/asked.ts';
import { lackOf } from './missing.ts';
import type { Wanted } from './model/finding.ts';
import { rulesOf } from './model/firewall.ts';
import type { Firewall } from './model/firewall.ts';
import type { Change } from './model/plan.ts';
import type { Question } from './model/question.ts';
import type { TrafficRecord } from './model/record.ts';
import type { RuleContent } from './model/rule.ts';
import type { Traits } from './model/traits.ts';
import { flowsRecords } from './records.ts';
import * as traffic from './space/traffic.ts';
import { contentKey } from './spell.ts';

/** What it takes to let some traffic through. */
export type Opening =
  | {
      readonly kind: 'rules';
      /** All of the traffic, as records. */
      readonly records: readonly TrafficRecord[];
      /** Rules for all of it, whatever is there already. */
      readonly contents: readonly RuleContent[];
      /** What of that is not there yet. */
      readonly changes: readonly Change[];
    }
  | { readonly kind: 'unsayable'; readonly why: string };

/** More rules than a person would make by hand, and mean. */
const MOST_RULES = 20;

function wantedOf(question: Question, firewall: Firewall): Wanted | string {
  const asked = askedOf(question, firewall);
  if (asked.peer === undefined) return { traffic: asked.traffic, named: [] };
  const isKnown = rulesOf(firewall, question.direction).some(
    ({ box }) => box.peer.kind === 'named' && box.peer.name === asked.peer,
  );
  const isResolved = question.peer.kind === 'named' && firewall.aliases.has(question.peer.name);
  if (!isKnown && !isResolved) {
    return `nobody knows which peer \`${asked.peer}\` is here; write an id such as \`sg:sg-0123456789abcdef0\`, or addresses`;
  }
  return { traffic: traffic.NOTHING, named: [{ kind: 'named', peer: asked.peer, slots: asked.slots }] };
}

function contentsOf(wanted: Wanted, traits: Traits): readonly RuleContent[] | string {
  const drawn = [
    drawnInAddresses(wanted.traffic, wanted.traffic, traits, MOST_RULES),
    ...wanted.named.map((flows) => drawnForName(flows, traits, MOST_RULES)),
  ];
  const contents: RuleContent[] = [];
  for (const one of drawn) {
    if ('reason' in one) return one.reason;
    contents.push(...one.becomes);
  }
  return contents;
}

export function openingOf(question: Question, firewall: Firewall, traits: Traits): Opening {
  const { direction } = question;
  const wanted = wantedOf(question, firewall);
  if (typeof wanted === 'string') return { kind: 'unsayable', why: wanted };
  const contents = contentsOf(wanted, traits);
  if (typeof contents === 'string') return { kind: 'unsayable', why: contents };
  const lack = lackOf(wanted, firewall, direction);
  const isThere = traffic.isNothing(lack.traffic) && lack.named.length === 0;
  const present = new Set(rulesOf(firewall, direction).map((rule) => contentKey(direction, rule)));
  const becomes = isThere ? [] : contents.filter((content) => !present.has(contentKey(direction, content)));
  return {
    kind: 'rules',
    records: [
      ...flowsRecords({ kind: 'addresses', traffic: wanted.traffic }),
      ...wanted.named.flatMap((flows) => flowsRecords(flows)),
    ],
    contents,
    changes: becomes.length === 0 ? [] : [{ kind: 'add', direction, becomes }],
  };
}
