// Lines such as `tcp/22 from 203.0.113.0/24` in a test file -> Flow[].
import type { Direction } from '../../core/model/firewall.ts';
import { DIRECTIONS } from '../../core/model/firewall.ts';
import { INTERNET, NETWORK } from '../../core/model/rule.ts';
import { fieldsOf } from '../fields.ts';
import { nounOf } from '../node.ts';
import type { Entry, Node } from '../node.ts';
import { quoted } from '../problem.ts';
import type { Complaints } from '../problem.ts';
import { trafficQuestionOf } from '../question.ts';
import { textOf } from '../scalar.ts';
import type { Flow } from './case.ts';
import { RULES } from './shapes.ts';

/** One line of traffic. Undefined, with a complaint, where it means nothing. */
export function flowOf(node: Node, key: string, complaints: Complaints): Flow | undefined {
  if (node.kind === 'map') {
    complaints.add(node.at, `${quoted(key)} is a mapping; write one text: \`"tcp/22 from 203.0.113.0/24"\``);
    return undefined;
  }
  const text = textOf(key, node, complaints)?.trim();
  if (text === undefined) return undefined;
  const question = trafficQuestionOf(text);
  if (question.kind === 'meaning') return { text, at: node.at, ...question.value };
  complaints.add(node.at, question.problem);
  return undefined;
}

/** The items of a list that may be empty. Undefined, with a complaint, where it is no list. */
export function listIn({ key, value }: Entry, example: string, complaints: Complaints): readonly Node[] | undefined {
  if (value.kind === 'list') return value.items;
  complaints.add(value.at, `${quoted(key)} is ${nounOf(value)}; write a list: ${example}`);
  return undefined;
}

/** What stands under the wrong direction, and, of a rule that a firewall has, what no rule can say. */
function problemOf(flow: Flow, direction: Direction, isRule: boolean): string | undefined {
  if (flow.direction !== direction) {
    const [right, meant] = direction === 'ingress' ? ['from', 'who may come in'] : ['to', 'where one may go'];
    return `${quoted(flow.text)} in ${quoted(direction)}; write ${quoted(right)}, which says ${meant}`;
  }
  if (!isRule || flow.peer.kind === 'addresses') return undefined;
  const { name } = flow.peer;
  if (name !== INTERNET && name !== NETWORK) return undefined;
  return `no rule can name ${quoted(name)}; write the addresses that it has, such as \`0.0.0.0/0\``;
}

function rulesOf(entry: Entry, direction: Direction, isRule: boolean, complaints: Complaints): readonly Flow[] {
  const preposition = direction === 'ingress' ? 'from' : 'to';
  const items = listIn(entry, `\`["tcp/443 ${preposition} 203.0.113.0/24"]\`, or \`[]\` for no rule`, complaints) ?? [];
  return items.flatMap((item) => {
    const flow = flowOf(item, direction, complaints);
    const problem = flow === undefined ? undefined : problemOf(flow, direction, isRule);
    if (problem !== undefined) complaints.add(item.at, problem);
    return flow === undefined || problem !== undefined ? [] : [flow];
  });
}

/**
 * Lines by direction, of the directions that are stated. `areRules`: whether a firewall has them, or they only say what is
 * let through, for which `internet` and `network` are words, too.
 */
export function ruleListsIn(
  entry: Entry,
  areRules: boolean,
  complaints: Complaints,
): ReadonlyMap<Direction, readonly Flow[]> {
  const example = `\`${entry.key}: { ingress: ["tcp/443 from anywhere"] }\``;
  const fields = fieldsOf(entry.value, RULES, example, complaints);
  const stated = DIRECTIONS.flatMap((direction) => {
    const list = fields?.get(direction);
    return list === undefined ? [] : [[direction, rulesOf(list, direction, areRules, complaints)] as const];
  });
  if (fields?.strays.length === 0 && stated.length === 0) {
    complaints.add(entry.value.at, `${quoted(entry.key)} is empty; write ${example}, or leave it out`);
  }
  return new Map(stated);
}
