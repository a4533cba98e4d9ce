import type { Entry, Node, Spot } from './node.ts';
import { nounOf } from './node.ts';
import { nearestOf } from './nearest.ts';
import { quoted } from './problem.ts';
import type { Complaints } from './problem.ts';
import { SHAPES } from './shapes.ts';
import type { Shape } from './shapes.ts';

function own(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

const MERGE_KEY = '<<';
/** The key of a clause that holds prose. */
const PROSE_KEY = 'why';
/** A guess at a word as short as `not` or `id` may well be wrong: it is offered, and the value is not judged by it. */
const SHORTEST_SURE_GUESS = 4;

/** Why a key is refused, the key that was probably meant, and whether the value reads as that key's value. */
interface Refusal {
  readonly problem: string;
  readonly meant?: string;
  readonly sameValue?: boolean;
}

function refusalOf({ key, value }: Entry, shape: Shape): Refusal {
  const later = own(shape.later, key);
  if (later !== undefined) return { problem: `key ${quoted(key)} is not supported in this version; ${later}` };
  if (key === MERGE_KEY) {
    return { problem: 'YAML merge key `<<` is not supported; repeat the keys, or use an alias for a whole value' };
  }
  const unknown = `unknown key ${quoted(key)} in ${shape.noun}`;
  const renamed = own(shape.renamed, key);
  if (renamed !== undefined) {
    return { problem: `${unknown}; write ${quoted(renamed)}`, meant: renamed, sameValue: true };
  }
  const instead = own(shape.instead, key);
  if (instead !== undefined) return { problem: `${unknown}; write ${quoted(instead)}`, meant: instead };
  const near = nearestOf(key, shape.known);
  if (near !== undefined) {
    const sameValue = near.length >= SHORTEST_SURE_GUESS;
    return { problem: `${unknown}; did you mean ${quoted(near)}?`, meant: near, sameValue };
  }
  const home = SHAPES.find((other) => other.known.includes(key) || own(other.later, key) !== undefined);
  // `{ why: no ftp, inside either }` has a key without a value.
  const text = value.kind === 'empty' ? 'if a text with a comma was meant, put it in quotes; ' : '';
  const place = home === undefined ? text : `it belongs in ${home.noun}; `;
  return { problem: `${unknown}; ${place}the keys here are ${shape.known.map(quoted).join(', ')}` };
}

/**
 * `{ why: no ftp, inside either }`: YAML ends a text at a comma and takes the rest for keys. After prose they are the rest
 * of it, unless they are keys of the language.
 */
function withProseJoined(entries: readonly Entry[], shape: Shape): readonly Entry[] {
  const joined: Entry[] = [];
  for (const entry of entries) {
    const before = joined.at(-1);
    const isRest = entry.isBare && !shape.known.includes(entry.key);
    if (isRest && before?.key === PROSE_KEY && before.value.kind === 'text') {
      const text = `${before.value.text}, ${entry.key}`;
      joined[joined.length - 1] = { ...before, value: { ...before.value, text } };
    } else joined.push(entry);
  }
  return joined;
}

/** The fields of one mapping. A misspelt key is complained of, and its value is read all the same: it has problems, too. */
export class Fields {
  readonly at: Spot;
  /** Keys that were complained of and whose values nobody reads. */
  readonly strays: readonly string[];
  readonly #noun: string;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #meant: ReadonlySet<string>;
  readonly #complaints: Complaints;

  constructor(node: Node & { readonly kind: 'map' }, shape: Shape, complaints: Complaints) {
    this.at = node.at;
    this.#noun = shape.noun;
    this.#complaints = complaints;
    const isKnown = ({ key }: Entry): boolean => shape.known.includes(key);
    const stated = withProseJoined(node.entries, shape);
    const entries = new Map(stated.filter(isKnown).map((entry) => [entry.key, entry]));
    const allMeant = new Set<string>();
    const strays: string[] = [];
    for (const entry of stated.filter((one) => !isKnown(one))) {
      const { problem, meant, sameValue = false } = refusalOf(entry, shape);
      complaints.add(entry.at, problem);
      if (meant !== undefined) allMeant.add(meant);
      // What is stated under the right key counts: a second value for it would be judged as something it is not.
      if (meant !== undefined && sameValue && !entries.has(meant)) entries.set(meant, { ...entry, key: meant });
      else strays.push(entry.key);
    }
    this.#entries = entries;
    this.#meant = allMeant;
    this.strays = strays;
  }

  /** The field, or undefined where it is not stated. */
  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Whether a merge key was complained of: it would have brought fields that nobody can name here. */
  get merges(): boolean {
    return this.strays.includes(MERGE_KEY);
  }

  /** Whether the field is stated, or meant by a key that was complained of already. */
  tries(key: string): boolean {
    return this.#entries.has(key) || this.#meant.has(key) || this.merges;
  }

  /** The field; a complaint with an example where it is not stated. */
  need(key: string, example: string): Entry | undefined {
    if (!this.tries(key)) this.#complaints.add(this.at, `${this.#noun} has no ${quoted(key)}; write ${example}`);
    return this.#entries.get(key);
  }
}

/** A mapping as the fields that its shape knows. Every other key is a complaint; undefined where it is no mapping. */
export function fieldsOf(node: Node, shape: Shape, example: string, complaints: Complaints): Fields | undefined {
  if (node.kind === 'map') return new Fields(node, shape, complaints);
  const was = node.kind === 'text' || node.kind === 'number' ? quoted(node.text) : nounOf(node);
  complaints.add(node.at, `${shape.noun} is a mapping, and this is ${was}; write ${example}`);
  return undefined;
}
