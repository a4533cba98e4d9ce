// Text of a CloudFormation template in YAML -> its value, with the short forms of functions written out.
import { parseDocument, Pair, Scalar, YAMLMap } from 'yaml';
import type { CollectionTag, ScalarTag, YAMLSeq } from 'yaml';
import { FUNCTIONS, longNameOf } from '../shared/clouds/aws/cloudformation-functions.ts';

/** A template, or the first thing that is wrong with its text. */
export type ReadTemplate =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'problem'; readonly problem: string };

/** How often anchors may be repeated: a text of a page can stand for more than fits any memory. */
const MOST_ALIASES = 1_000;

function ofScalar(name: string): ScalarTag {
  // Own and only property, also where the name of the function were one that every object has.
  return { tag: `!${name}`, resolve: (text) => ({ [longNameOf(name)]: text }) };
}

function ofCollection(name: string, collection: 'map' | 'seq'): CollectionTag {
  return {
    tag: `!${name}`,
    collection,
    resolve: (value: string | YAMLMap | YAMLSeq) => {
      const map = new YAMLMap();
      map.items.push(new Pair(new Scalar(longNameOf(name)), value));
      return map;
    },
  };
}

const TAGS = FUNCTIONS.flatMap((name) => [ofScalar(name), ofCollection(name, 'map'), ofCollection(name, 'seq')]);

/** Whether a text is a template in YAML: JSON begins with a bracket, and our other inputs are JSON. */
export function isTemplateText(text: string): boolean {
  return (
    !/^\s*[{[]/.test(text) &&
    /^["']?(?:AWSTemplateFormatVersion|Resources|Parameters|Mappings|Conditions|Transform)["']?[ \t]*:/m.test(text)
  );
}

/** CloudFormation reads YAML 1.1 (CloudFormation User Guide, template formats, 2026-11-24). */
export function readTemplate(text: string): ReadTemplate {
  try {
    const document = parseDocument(text, { version: '1.1', merge: true, customTags: TAGS, logLevel: 'silent' });
    const [error] = document.errors;
    if (error !== undefined) return { kind: 'problem', problem: problemOf(error.message) };
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { kind: 'value', value };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'problem', problem: TOO_DEEP };
    if (error instanceof ReferenceError) return { kind: 'problem', problem: aliasProblemOf(error) };
    throw error;
  }
}

const TOO_DEEP = 'is nested too deeply';

function aliasProblemOf({ message }: ReferenceError): string {
  return message.startsWith('Excessive')
    ? `repeats anchors more than ${String(MOST_ALIASES)} times; write them out`
    : 'is no YAML: it repeats an anchor that is not there';
}

/** The first line of what the parser says; then it draws the place. */
function problemOf(message: string): string {
  if (message.includes('call stack')) return TOO_DEEP;
  const [first = ''] = message.split('\n');
  const said = first.replace(/:$/, '').replace(/`/g, "'");
  return `is no YAML: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
}
