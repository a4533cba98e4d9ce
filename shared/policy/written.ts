// A policy as values, with comments -> the text of its file.
import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Node } from 'yaml';
import type { Mode } from '../core/model/policy.ts';

/** Lines of prose that stand above what they are about. */
export type Comment = readonly string[];

export interface TextClause {
  readonly comment?: Comment;
  readonly services: readonly string[];
  readonly peers: readonly string[];
  readonly why?: string | undefined;
}

export interface TextDirection {
  readonly comment?: Comment;
  readonly allow?: readonly TextClause[];
  readonly deny?: readonly TextClause[];
}

export interface TextPolicy {
  readonly comment: Comment;
  readonly name: string;
  readonly match: Readonly<Record<string, unknown>>;
  readonly mode: Mode;
  readonly modeComment: Comment;
  readonly ingress: TextDirection;
  readonly egress?: TextDirection | undefined;
}

export interface TextDefinitions {
  readonly comment: Comment;
  readonly networks: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, readonly string[]>>;
}

export interface PolicyText {
  readonly comment: Comment;
  readonly define?: TextDefinitions | undefined;
  readonly policies: readonly TextPolicy[];
}

const WIDTH = 110;

/** Ids, names and descriptions come from outside, and a comment ends where its line does. */
function commentText(lines: Comment): string | undefined {
  if (lines.length === 0) return undefined;
  return lines.map((line) => ` ${line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')}`.trimEnd()).join('\n');
}

/** Prose in lines of a length that people read, for a comment at this depth. */
export function proseLines(text: string, indent = 0): Comment {
  const lines: string[] = [];
  for (const word of text === '' ? [] : text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH - 2 - indent)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function oneOrMore(texts: readonly string[]): string | readonly string[] {
  const [only, ...more] = texts;
  return only !== undefined && more.length === 0 ? only : texts;
}

type Key = Scalar<string>;
type TextMap = YAMLMap<Key, Node>;

/** Keys at the top that begin a part of the file. */
const PARTS = ['define', 'policies'];

const DOCUMENT = new Document();

function withComment<N extends Node>(node: N, comment: Comment | undefined): N {
  node.commentBefore = commentText(comment ?? []) ?? null;
  return node;
}

function keyNode(key: string, comment: Comment | undefined): Key {
  const node = withComment(new Scalar(key), comment);
  node.spaceBefore = PARTS.includes(key);
  return node;
}

/** A comment stands above the key, not above its value. */
function put(map: TextMap, key: string, value: Node | undefined, comment?: Comment): void {
  if (value !== undefined) map.add(new Pair(keyNode(key, comment), value));
}

/** On one line where it is short: `{ service: tcp/443, from: anywhere }`. */
function valueNode(value: unknown, indent: number): Node {
  return DOCUMENT.createNode(value, { flow: JSON.stringify(value).length + indent <= WIDTH });
}

/** A mapping of which each value is on one line, where that is short. */
function mapNode(fields: Readonly<Record<string, unknown>>, indent: number): TextMap {
  const map: TextMap = new YAMLMap();
  for (const [key, value] of Object.entries(fields)) put(map, key, valueNode(value, indent + key.length + 2));
  return map;
}

function listNode(items: readonly Node[]): YAMLSeq<Node> {
  const list = new YAMLSeq<Node>();
  for (const item of items) list.add(item);
  list.flow = items.length === 0;
  return list;
}

function fieldsNode(fields: Readonly<Record<string, unknown>>, indent: number): Node {
  return JSON.stringify(fields).length + indent <= WIDTH ? valueNode(fields, indent) : mapNode(fields, indent);
}

function clauseNode({ comment, services, peers, why }: TextClause, peerKey: 'from' | 'to'): Node {
  const reason = why === undefined ? {} : { why };
  return withComment(fieldsNode({ service: oneOrMore(services), [peerKey]: oneOrMore(peers), ...reason }, 10), comment);
}

function directionNode({ allow, deny }: TextDirection, peerKey: 'from' | 'to'): Node {
  const map: TextMap = new YAMLMap();
  const clauses = (some: readonly TextClause[]): Node => listNode(some.map((clause) => clauseNode(clause, peerKey)));
  put(map, 'allow', allow === undefined ? undefined : clauses(allow));
  put(map, 'deny', deny === undefined ? undefined : clauses(deny));
  return map;
}

function policyNode({ comment, name, match, mode, modeComment, ingress, egress }: TextPolicy): Node {
  const map: TextMap = new YAMLMap();
  put(map, 'name', valueNode(name, 4));
  put(map, 'match', fieldsNode(match, 6));
  put(map, 'mode', valueNode(mode, 4), modeComment);
  put(map, 'ingress', directionNode(ingress, 'from'), ingress.comment);
  if (egress !== undefined) put(map, 'egress', directionNode(egress, 'to'), egress.comment);
  return withComment(map, comment);
}

function definitionsNode({ networks, services }: TextDefinitions): TextMap {
  const map: TextMap = new YAMLMap();
  if (Object.keys(networks).length > 0) put(map, 'networks', mapNode(networks, 4));
  if (Object.keys(services).length > 0) put(map, 'services', mapNode(services, 4));
  return map;
}

/** The text of a policy file. It is read back as what was written: `loadPolicy` says whether it is a policy. */
export function policyFileText({ comment, define, policies }: PolicyText): string {
  const top: TextMap = new YAMLMap();
  const definitions = define === undefined ? undefined : definitionsNode(define);
  put(top, 'version', valueNode(1, 0));
  if (definitions !== undefined && definitions.items.length > 0) put(top, 'define', definitions, define?.comment);
  const items = policies.map(policyNode);
  for (const item of items.slice(1)) item.spaceBefore = true;
  put(top, 'policies', listNode(items));
  const document = new Document(top);
  document.commentBefore = commentText(comment) ?? null;
  return document.toString({ lineWidth: 0, singleQuote: true });
}
