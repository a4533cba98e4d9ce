import { isAlias, isMap, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Pair, ParsedNode } from 'yaml';
import type { Entry, Node, Spot } from './node.ts';
import { quoted } from './problem.ts';
import type { Complaints } from './problem.ts';
import { syntaxProblemOf } from './syntax.ts';

/** One policy file, read but not understood. `name` is what messages call it. */
export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

/** The most bytes of a policy file. */
export const MOST_BYTES = 1024 * 1024;
const MOST_VALUES = 200_000;
const MOST_LEVELS = 30;
const MOST_SYNTAX_PROBLEMS = 5;

type YamlNode = ParsedNode | null;
/** A node and how many values it holds, aliases followed. */
interface Grown {
  readonly node: Node;
  readonly values: number;
}

/** Thrown and caught in this file only: nothing that follows in the document could be relied on. */
class Unreadable extends Error {}

/** Turns the parser's tree into ours, once per anchor. */
class Reader {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #complaints: Complaints;
  readonly #anchors = new Map<string, Grown | 'open'>();

  constructor(file: string, lines: LineCounter, complaints: Complaints) {
    this.#file = file;
    this.#lines = lines;
    this.#complaints = complaints;
  }

  spot(offset: number): Spot {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  fail(at: Spot, what: string): never {
    this.#complaints.add(at, what);
    throw new Unreadable();
  }

  read(yaml: YamlNode, empty: Spot, level: number): Grown {
    if (yaml === null) return { node: { kind: 'empty', at: empty }, values: 1 };
    const at = this.spot(yaml.range[0]);
    if (level > MOST_LEVELS)
      this.fail(at, `values are nested more than ${String(MOST_LEVELS)} levels deep; write them flatter`);
    if (isAlias(yaml)) return this.#aliased(yaml.source, at);
    const { anchor } = yaml;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const grown = isMap(yaml)
      ? this.#map(yaml.items, at, level)
      : isSeq(yaml)
        ? this.#list(yaml.items, at, level)
        : { node: this.#scalar(yaml.value, yaml.source, at, empty), values: 1 };
    if (anchor !== undefined) this.#anchors.set(anchor, grown);
    return grown;
  }

  #aliased(name: string, at: Spot): Grown {
    const grown = this.#anchors.get(name);
    if (grown === undefined) {
      const text = quoted(`*${name}`);
      this.fail(at, `alias ${text} has no anchor before it; if the text ${text} was meant, quote it: \`"*${name}"\``);
    }
    if (grown === 'open') this.fail(at, `alias ${quoted(`*${name}`)} stands inside its own anchor, so it never ends`);
    return grown;
  }

  /** INVARIANT: aliases share one node, but the sum counts what a walk would meet, so it bounds an alias bomb. */
  #sum(values: number, more: { readonly values: number }, at: Spot): number {
    const sum = values + more.values;
    if (sum > MOST_VALUES)
      this.fail(
        at,
        `file holds more than ${String(MOST_VALUES)} values, aliases followed; split it or use fewer aliases`,
      );
    return sum;
  }

  #list(items: readonly YamlNode[], at: Spot, level: number): Grown {
    let values = 1;
    const nodes: Node[] = [];
    for (const item of items) {
      const grown = this.read(item, at, level + 1);
      values = this.#sum(values, grown, at);
      nodes.push(grown.node);
    }
    return { node: { kind: 'list', at, items: nodes }, values };
  }

  #map(pairs: readonly Pair<ParsedNode, YamlNode>[], at: Spot, level: number): Grown {
    let values = 1;
    const entries = new Map<string, Entry>();
    for (const pair of pairs) {
      const entry = this.#entry(pair, at, level);
      values = this.#sum(values, entry, at);
      const { key, at: keyAt } = entry.node;
      const first = entries.get(key);
      if (first === undefined) entries.set(key, entry.node);
      else
        this.#complaints.add(
          keyAt,
          `key ${quoted(key)} is written twice; the first is on line ${String(first.at.line)}`,
        );
    }
    return { node: { kind: 'map', at, entries: [...entries.values()] }, values };
  }

  #entry(
    pair: Pair<ParsedNode, YamlNode>,
    map: Spot,
    level: number,
  ): { readonly node: Entry; readonly values: number } {
    const key = this.read(pair.key, map, level + 1).node;
    if (key.kind === 'map' || key.kind === 'list' || key.kind === 'empty') {
      return this.fail(key.at, 'key is not a text; write `key: value`');
    }
    // A value that is left out has no place of its own, so it is looked for where its key stands.
    const grown = this.read(pair.value, key.at, level + 1);
    return {
      node: { key: key.text, at: key.at, value: grown.node, isBare: pair.value === null },
      values: grown.values,
    };
  }

  #scalar(value: unknown, source: string | undefined, at: Spot, empty: Spot): Node {
    if (typeof value === 'string') return { kind: 'text', at, text: value };
    if (typeof value === 'number' || typeof value === 'bigint') {
      return { kind: 'number', at, text: source ?? String(value) };
    }
    if (typeof value === 'boolean') return { kind: 'boolean', at, value, text: source ?? String(value) };
    if (value === null) return { kind: 'empty', at: source === '' || source === undefined ? empty : at };
    return this.fail(at, 'value has a YAML tag that is not supported; leave the tag out');
  }
}

/**
 * What one file says; undefined where it cannot be relied on, and the complaints say why. `keys`: what to write into an
 * empty one.
 */
export function documentOf(
  file: PolicyFile,
  complaints: Complaints,
  keys = '`version: 1` and `policies:`',
): Node | undefined {
  const top: Spot = { file: file.name, line: 1, column: 1 };
  const bytes = Buffer.byteLength(file.text);
  if (bytes > MOST_BYTES) {
    complaints.add(top, `file has ${String(bytes)} bytes; at most ${String(MOST_BYTES)} are read, so split it`);
    return undefined;
  }
  const lines = new LineCounter();
  // `uniqueKeys: false`: the parser compares every key with every other, and its message does not name the first.
  const documents = parseAllDocuments(file.text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    version: '1.2',
    merge: false,
    // Otherwise `!!set` and `!!omap` come back as mappings and lists that are none.
    resolveKnownTags: false,
  });
  const reader = new Reader(file.name, lines, complaints);
  const [first, second] = documents;
  const source = 'empty' in documents ? documents : first;
  const before = complaints.count;
  const seen = new Set<number>();
  for (const error of [...(source?.errors ?? []), ...(source?.warnings ?? [])]) {
    const at = reader.spot(error.pos[0]);
    // One slip makes the parser complain many times: about the same line, and then about every token that follows.
    if (seen.size > 0 && error.code === 'UNEXPECTED_TOKEN') continue;
    if (seen.has(at.line) || seen.size === MOST_SYNTAX_PROBLEMS) continue;
    seen.add(at.line);
    complaints.add(at, syntaxProblemOf(error.code, error.message));
  }
  if (first?.directives.yaml.explicit === true) complaints.add(top, '`%YAML` directive is not supported; leave it out');
  if (second !== undefined) {
    complaints.add(reader.spot(second.range[0]), 'second YAML document in one file; give each document its own file');
  }
  if (complaints.count > before) return undefined;
  if (first?.contents === undefined || first.contents === null) {
    complaints.add(top, `file is empty; write ${keys}`);
    return undefined;
  }
  try {
    return reader.read(first.contents, top, 0).node;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}
