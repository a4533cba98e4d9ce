import type { Asked } from '../shared/core/explain/asked.ts';
import type { Explanation } from '../shared/core/explain.ts';
import { WEEKDAYS } from '../shared/core/model/policy.ts';
import type { During } from '../shared/core/model/policy.ts';
import type { PeerName } from '../shared/core/model/rule.ts';
import { equal, onSlots, slotsOf } from '../shared/core/space/traffic.ts';
import type { Traffic } from '../shared/core/space/traffic.ts';
import { addressesText, flowsText, peerText, serviceText, trafficText } from '../shared/core/spell.ts';
import { listed } from './words.ts';

function prepositionOf({ direction }: Pick<Asked, 'direction'>): 'from' | 'to' {
  return direction === 'ingress' ? 'from' : 'to';
}

/** What was asked, as it was written: `tcp/443 from sg:web`. */
export function questionText({ question }: Explanation): string {
  return `${serviceText(question.slots)} ${prepositionOf(question)} ${peerText(question.peer)}`;
}

/** The rule that would let it through, as rules name the peer; of addresses that a word stands for, more than one. */
export function ruleAsked(explanation: Explanation): string {
  const { asked, question } = explanation;
  const { direction, slots, peer } = asked;
  if (peer !== undefined) return `a rule \`${flowsText(direction, { kind: 'named', peer, slots })}\``;
  return `${question.peer.kind === 'named' ? 'rules for' : 'a rule'} \`${questionText(explanation)}\``;
}

/** A part of what was asked. Of a peer by name, its addresses are told only where they are not all that it can be. */
export function partText({ asked }: Explanation, part: Traffic): string {
  const { direction, peer } = asked;
  if (peer === undefined) return trafficText(part, prepositionOf(asked));
  const byPeers = new Map<string, Traffic>();
  for (const band of part) {
    const isWhole = equal([band], onSlots(asked.traffic, [band.from, band.end]));
    const who = isWhole ? '' : ` (of it: ${addressesText(band.who)})`;
    byPeers.set(who, [...(byPeers.get(who) ?? []), band]);
  }
  return [...byPeers]
    .map(([who, bands]) => `${flowsText(direction, { kind: 'named', peer, slots: slotsOf(bands) })}${who}`)
    .join('; ');
}

/** `tcp/22`, or a list in YAML's brackets. */
function yamlText(text: string): string {
  const items = text.split(', ').map((item) => (/[:{}[\]&#!]/.test(item) ? JSON.stringify(item) : item));
  return items.length === 1 ? (items[0] ?? '') : `[${items.join(', ')}]`;
}

/** The traffic as a clause that would have it: ready to be pasted into a policy. */
export function clauseText({ question }: Explanation, more = ''): string {
  const { peer } = question;
  const who = peer.kind === 'named' ? oneYamlText(peer.name) : yamlText(addressesText(peer.addresses));
  return `\`{ service: ${yamlText(serviceText(question.slots))}, ${prepositionOf(question)}: ${who}${more} }\``;
}

/** The name of a group may have commas, and must not become a list. */
function oneYamlText(text: string): string {
  return /^[a-z]+$/.test(text) ? text : JSON.stringify(text);
}

function clockText(minutes: number): string {
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `mon-fri`, `mon, sat-sun`; nothing for every day. */
function daysText({ days }: During): string {
  if (days.length === WEEKDAYS.length) return '';
  const runs: [first: string, last: string][] = [];
  for (const [index, day] of WEEKDAYS.entries()) {
    const run = runs.at(-1);
    if (!days.includes(day)) continue;
    if (run !== undefined && run[1] === WEEKDAYS[index - 1]) run[1] = day;
    else runs.push([day, day]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ');
}

/** When a clause is live: `mon-fri 08:00-20:00 Asia/Shanghai`. */
export function duringText(during: During): string {
  const { hours, zone } = during;
  const time = hours === undefined ? '' : `${clockText(hours.from)}-${clockText(hours.to)}`;
  const days = daysText(during);
  return [days === '' && time === '' ? 'every day' : days, time, zone].filter((text) => text !== '').join(' ');
}

/** Peers by name, as people list them. */
export function namesText(names: readonly PeerName[]): string {
  return listed(names.map((name) => `\`${name}\``));
}
