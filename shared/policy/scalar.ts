import type { Entry, Node } from './node.ts';
import { nounOf } from './node.ts';
import { nearestOf } from './nearest.ts';
import { quoted } from './problem.ts';
import type { Complaints } from './problem.ts';

/** The items of a list, or the one value that stands in its place. Undefined, with a complaint, where there is none. */
export function itemsOf(entry: Entry, complaints: Complaints): readonly Node[] | undefined {
  const { key, value } = entry;
  if (value.kind !== 'list') return [value];
  if (value.items.length > 0) return value.items;
  complaints.add(value.at, `${quoted(key)} is an empty list; write at least one item`);
  return undefined;
}

/** The mapping under a key. Undefined, with a complaint, for anything else. */
export function mapIn(entry: Entry, complaints: Complaints): (Node & { readonly kind: 'map' }) | undefined {
  const { key, value } = entry;
  if (value.kind === 'map') return value;
  complaints.add(
    value.at,
    `${quoted(key)} is ${nounOf(value)}; write a mapping: \`key: value\` lines indented below it`,
  );
  return undefined;
}

/** A node that must be a text. Numbers and booleans are refused: YAML may have changed what they say. */
export function textOf(what: string, node: Node, complaints: Complaints): string | undefined {
  switch (node.kind) {
    case 'text':
      if (node.text.trim() !== '') return node.text;
      complaints.add(node.at, `${quoted(what)} is an empty text; write what it should say or leave the key out`);
      return undefined;
    case 'number':
    case 'boolean':
      complaints.add(node.at, `${quoted(what)} is ${nounOf(node)}, not a text; put it in quotes: \`"${node.text}"\``);
      return undefined;
    case 'empty':
      complaints.add(node.at, `${quoted(what)} is empty; write a text or leave the key out`);
      return undefined;
    case 'map':
    case 'list':
      complaints.add(node.at, `${quoted(what)} is ${nounOf(node)}; write a text`);
      return undefined;
  }
}

/** A text that people read, on one line however it was folded. */
export function proseIn(entry: Entry, complaints: Complaints): string | undefined {
  return textOf(entry.key, entry.value, complaints)?.replace(/\s+/g, ' ').trim();
}

const LONGEST_NAME = 200;

/** A name: one line, short enough for a ticket's title, and without blanks around it that nobody sees. */
export function nameIn(entry: Entry, complaints: Complaints): string | undefined {
  const name = textOf(entry.key, entry.value, complaints);
  if (name === undefined) return undefined;
  const fits =
    name === name.trim() && name.length <= LONGEST_NAME && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name);
  if (fits) return name;
  const expected = `at most ${String(LONGEST_NAME)} characters on one line, no blanks around them`;
  complaints.add(entry.value.at, `name ${quoted(name)} is not usable; write ${expected}`);
  return undefined;
}

/** One word of a closed list. */
export function wordIn<W extends string>(entry: Entry, words: readonly W[], complaints: Complaints): W | undefined {
  const text = textOf(entry.key, entry.value, complaints);
  if (text === undefined) return undefined;
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  const near = nearestOf(text, words);
  const choice = words.map(quoted).join(', ');
  const hint = near === undefined ? `write one of ${choice}` : `did you mean ${quoted(near)}? (one of ${choice})`;
  complaints.add(entry.value.at, `${quoted(entry.key)} cannot be ${quoted(text)}; ${hint}`);
  return undefined;
}

/** A value as a message shows it: what it says where that is short, else what it is. */
function shownOf(node: Node): string {
  if (node.kind === 'text') return `the text ${quoted(node.text)}`;
  return node.kind === 'number' ? quoted(node.text) : nounOf(node);
}

export function booleanIn(entry: Entry, complaints: Complaints): boolean | undefined {
  const { key, value } = entry;
  if (value.kind === 'boolean') return value.value;
  complaints.add(value.at, `${quoted(key)} is ${shownOf(value)}; write \`true\` or \`false\`, without quotes`);
  return undefined;
}

/** A whole number within bounds, both included. */
export function integerIn(entry: Entry, least: number, most: number, complaints: Complaints): number | undefined {
  const { key, value } = entry;
  const number = value.kind === 'number' && /^\d{1,9}$/.test(value.text) ? Number(value.text) : NaN;
  if (number >= least && number <= most) return number;
  const expected = `a whole number from ${String(least)} to ${String(most)}, without quotes`;
  complaints.add(value.at, `${quoted(key)} is ${shownOf(value)}; write ${expected}`);
  return undefined;
}

/** A percentage such as `10%` or `0.5%`, as a number from 0 to 1. */
export function shareIn(entry: Entry, complaints: Complaints): number | undefined {
  const { key, value } = entry;
  const text = value.kind === 'text' || value.kind === 'number' ? value.text : undefined;
  const [, percent] = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(text ?? '') ?? [];
  if (percent !== undefined && Number(percent) <= 100) return Number(percent) / 100;
  const bare = text !== undefined && /^\d{1,2}(\.\d{1,4})?$/.test(text) ? Number(text) : undefined;
  const hundredfold =
    bare !== undefined && bare > 0 && bare < 1 ? ` or \`${String(Number((bare * 100).toFixed(4)))}%\`` : '';
  const meant = bare === undefined ? 'a percentage from `0%` to `100%`' : `\`${String(bare)}%\`${hundredfold}`;
  complaints.add(value.at, `${quoted(key)} is ${shownOf(value)}, not a share; write ${meant}`);
  return undefined;
}
