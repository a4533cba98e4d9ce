import * as line from '../core/space/line.ts';
import * as slots from '../core/space/slots.ts';
import type { Slots } from '../core/space/slots.ts';
import { nearestOf } from './nearest.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Understood } from './problem.ts';

const PROTOCOL_OF: ReadonlyMap<string, number> = new Map(
  [...slots.PROTOCOL_NAMES].map(([number, name]) => [name, number]),
);
const HIGHEST_PORT = 65535;
const HIGHEST_TYPE = 255;

/** Every word that means a service by itself. */
export const SERVICE_WORDS: readonly string[] = ['any', ...PROTOCOL_OF.keys()];

/** What people call a service by its usual port. Only ever a hint: a name means what the policy defines. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ['ssh', 'tcp/22'],
  ['telnet', 'tcp/23'],
  ['smtp', 'tcp/25'],
  ['dns', 'tcp+udp/53'],
  ['http', 'tcp/80'],
  ['ntp', 'udp/123'],
  ['ldap', 'tcp/389'],
  ['https', 'tcp/443'],
  ['mysql', 'tcp/3306'],
  ['rdp', 'tcp/3389'],
  ['postgres', 'tcp/5432'],
  ['postgresql', 'tcp/5432'],
  ['winrm', 'tcp/5985-5986'],
  ['redis', 'tcp/6379'],
]);

/** The union of many sets of slots, pairwise as a tree: one after the other would be quadratic. */
export function unionOfSlots(many: readonly Slots[]): Slots {
  const [first, second] = many;
  if (first === undefined) return [];
  if (second === undefined) return first;
  const half = many.length >>> 1;
  return line.union(unionOfSlots(many.slice(0, half)), unionOfSlots(many.slice(half)));
}

function numberOf(text: string, most: number): number | undefined {
  return /^(0|[1-9]\d{0,5})$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

function portsOf(protocols: readonly number[], text: string, selector: string): Understood<Slots> {
  const [firstText = '', lastText = firstText, ...rest] = selector.split('-');
  const before = text.slice(0, text.indexOf('/'));
  if (selector === '*' || selector === 'any' || selector === 'all') {
    return wrong(`ports ${quoted(selector)} in ${quoted(text)}; for all ports write ${quoted(before)}`);
  }
  if (selector.includes(',')) {
    const list = selector.split(',').map((part) => `${before}/${part.trim()}`);
    return wrong(
      `service ${quoted(text)} names several ports at once; write a list: ${quoted(`[${list.join(', ')}]`)}`,
    );
  }
  if (rest.length > 0 || !/^\d+(-\d+)?$/.test(selector)) {
    return wrong(
      `port ${quoted(selector)} in ${quoted(text)} is no number; write \`${before}/443\` or \`${before}/8000-8100\``,
    );
  }
  const first = numberOf(firstText, HIGHEST_PORT);
  const last = numberOf(lastText, HIGHEST_PORT);
  if (first === undefined || last === undefined) {
    const port = first === undefined ? firstText : lastText;
    const reason = /^0\d/.test(port)
      ? 'starts with a zero; write it without'
      : 'is out of range; ports go from 0 to 65535';
    return wrong(`port ${quoted(port)} ${reason}`);
  }
  if (first > last) return wrong(`port range ${quoted(selector)} is reversed; write \`${lastText}-${firstText}\``);
  return meaning(unionOfSlots(protocols.map((protocol) => slots.portSlots(protocol, first, last))));
}

function typesOf(protocol: number, text: string, selector: string): Understood<Slots> {
  const name = slots.PROTOCOL_NAMES.get(protocol) ?? String(protocol);
  if (selector.includes('-') || selector.includes(',')) {
    return wrong(`${name} types have no ranges: ${quoted(text)}; write a list: \`[${name}/3, ${name}/11]\``);
  }
  const [typeText = '', codeText, ...rest] = selector.split('.');
  if (rest.length > 0 || !/^\d+(\.\d+)?$/.test(selector)) {
    const example = `write \`${name}/8\` (type), \`${name}/3.4\` (type and code) or \`${name}\` (all types)`;
    return wrong(`${name} type ${quoted(selector)} is no number; ${example}`);
  }
  const type = numberOf(typeText, HIGHEST_TYPE);
  if (type === undefined) return wrong(`${name} type ${quoted(typeText)} is out of range; types go from 0 to 255`);
  if (codeText === undefined) return meaning(slots.typeSlots(protocol, type));
  const code = numberOf(codeText, HIGHEST_TYPE);
  if (code === undefined) return wrong(`${name} code ${quoted(codeText)} is out of range; codes go from 0 to 255`);
  return meaning(slots.typeSlots(protocol, type, code));
}

function selectedOf(text: string, names: readonly string[], selector: string): Understood<Slots> {
  const protocols = names.flatMap((name) => PROTOCOL_OF.get(name) ?? []);
  const [only] = protocols;
  if (protocols.every(slots.hasPorts)) return portsOf(protocols, text, selector);
  if (only !== undefined && protocols.length === 1 && slots.hasTypes(only)) return typesOf(only, text, selector);
  if (protocols.length === 1) {
    return wrong(`${names.join('')} has no ports: ${quoted(text)}; write ${quoted(names.join(''))}`);
  }
  const odd = names.find((name) => !slots.hasPorts(PROTOCOL_OF.get(name) ?? 0)) ?? '';
  const rest = `protocols with ports, such as \`tcp+udp/53\`, can share them`;
  return wrong(`${quoted(odd)} in ${quoted(text)} has no ports; only ${rest}; write a list`);
}

function unknownProtocol(text: string, name: string, selector: string | undefined): string {
  if (/^\d+$/.test(name)) {
    const known = slots.PROTOCOL_NAMES.get(Number(name));
    if (selector !== undefined && PROTOCOL_OF.has(selector.toLowerCase())) {
      return `service ${quoted(text)} has the port first; write ${quoted(`${selector.toLowerCase()}/${name}`)}`;
    }
    const better = known === undefined || selector === undefined ? 'a protocol by its name' : `${known}/${selector}`;
    return `protocol number in ${quoted(text)} cannot be combined; write ${quoted(better)}`;
  }
  const lower = name.toLowerCase();
  if (PROTOCOL_OF.has(lower)) return `protocol ${quoted(name)} has capitals; write ${quoted(text.toLowerCase())}`;
  const near = nearestOf(name, [...PROTOCOL_OF.keys()]);
  if (near !== undefined) return `unknown protocol ${quoted(name)} in ${quoted(text)}; did you mean ${quoted(near)}?`;
  const all = [...PROTOCOL_OF.keys()].map(quoted).join(', ');
  return `unknown protocol ${quoted(name)} in ${quoted(text)}; write one of ${all} or a protocol number`;
}

/** Hints for texts that are near the language; undefined for a plain word, which may be a defined name. */
function hintFor(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (['all', '*', '-1'].includes(lower)) return `service ${quoted(text)} is not a word of the language; write \`any\``;
  if (/^(\*|all|any)\//.test(lower))
    return `service ${quoted(text)} names no protocol; write \`tcp${text.slice(text.indexOf('/'))}\``;
  if (lower !== text && SERVICE_WORDS.includes(lower))
    return `service ${quoted(text)} has capitals; write ${quoted(lower)}`;
  if (text.includes(','))
    return `service ${quoted(text)} is a list in one text; write a YAML list: \`[tcp/80, tcp/443]\``;
  const pair = /^([a-z0-9]+)\s*[: ]\s*(\d+(?:-\d+)?)$/.exec(lower);
  if (pair !== null)
    return `service ${quoted(text)} is not readable; write ${quoted(`${pair[1] ?? ''}/${pair[2] ?? ''}`)}`;
  if (/^\d+-\d+$/.test(text)) return `service ${quoted(text)} names no protocol; write \`tcp/${text}\``;
  return undefined;
}

/** What an unknown name usually means, as the tail of a message. */
export function usualService(name: string): string | undefined {
  const usual = USUAL.get(name.toLowerCase());
  return usual === undefined ? undefined : `write \`${usual}\`, or define it: \`services: { ${name}: ${usual} }\``;
}

/** The form of one service without defined names; undefined where the text may be a name. */
export function serviceForm(text: string): Understood<Slots> | undefined {
  if (text === 'any') return meaning(slots.ANY_PROTOCOL);
  if (/^\d+$/.test(text)) {
    const number = numberOf(text, slots.PROTOCOLS - 1);
    if (number !== undefined) return meaning(slots.wholeProtocol(number));
    return wrong(`protocol number ${quoted(text)} is out of range (0 to 255); for a port write \`tcp/${text}\``);
  }
  const hint = hintFor(text);
  if (hint !== undefined) return wrong(hint);
  const slash = text.indexOf('/');
  const head = slash === -1 ? text : text.slice(0, slash);
  if (slash === -1 && !head.includes('+') && !PROTOCOL_OF.has(head)) return undefined;
  const selector = slash === -1 ? undefined : text.slice(slash + 1);
  const names = head.split('+');
  const odd = names.find((name) => !PROTOCOL_OF.has(name));
  if (odd !== undefined) return wrong(unknownProtocol(text, odd, selector));
  if (selector === '')
    return wrong(`service ${quoted(text)} has nothing after the \`/\`; write a port, or ${quoted(head)}`);
  if (selector !== undefined) return selectedOf(text, names, selector);
  return meaning(unionOfSlots(names.flatMap((name) => PROTOCOL_OF.get(name) ?? []).map(slots.wholeProtocol)));
}

/** `tcp/22`, `icmp/3.4`, `tcp+udp/53`, `50` or `any` as a set of slots. */
export function serviceOf(text: string): Understood<Slots> {
  const usual = USUAL.get(text.toLowerCase());
  const hint =
    usual === undefined ? 'write a service such as `tcp/443`, `udp/53`, `icmp/8` or `any`' : `write \`${usual}\``;
  return serviceForm(text) ?? wrong(`unknown service ${quoted(text)}; ${hint}`);
}
