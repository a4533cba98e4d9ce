import type { Peers } from '../core/model/policy.ts';
import type { Slots } from '../core/space/slots.ts';
import { nearestOf } from './nearest.ts';
import { nounOf } from './node.ts';
import type { Entry, Node } from './node.ts';
import { hostHint, PEER_WORDS, peerForm, unionOfPeers } from './peer.ts';
import { quoted, spotText } from './problem.ts';
import type { Complaints, Understood } from './problem.ts';
import { SERVICE_WORDS, serviceForm, unionOfSlots, usualService } from './service.ts';

/** One kind of thing that a policy names: networks or services. */
interface Kind<T> {
  readonly noun: string;
  /** The key under `define` that holds the names. */
  readonly key: string;
  readonly example: string;
  readonly words: readonly string[];
  readonly form: (text: string) => Understood<T> | undefined;
  readonly hint: (text: string) => string | undefined;
  readonly unionOf: (many: readonly T[]) => T;
  readonly size: (value: T) => number;
}

const NETWORKS: Kind<Peers> = {
  noun: 'network',
  key: 'networks',
  example: '`anywhere`, `private`, `203.0.113.0/24`, `198.51.100.7`, `sg:NAME` or a list of these',
  words: PEER_WORDS,
  form: peerForm,
  hint: hostHint,
  unionOf: unionOfPeers,
  size: ({ addresses, names }) => addresses.v4.length + addresses.v6.length + names.length,
};

const SERVICES: Kind<Slots> = {
  noun: 'service',
  key: 'services',
  example: '`tcp/443`, `udp/53`, `icmp/8`, `any` or a list of these',
  words: SERVICE_WORDS,
  form: serviceForm,
  hint: usualService,
  unionOf: unionOfSlots,
  size: (slots) => slots.length,
};

const MOST_NAMES_DEEP = 100;
/** Lists of lists of networks can grow beyond any file: this bounds what all of them may hold together. */
const MOST_EDGES = 4_000_000;

const MOST_GUESSES = 200;

const NAME = /^\p{L}[\p{L}\p{N}_. -]*$/u;

/** Defined names, each resolved once, and the texts that may use them. */
export class Definitions<T> {
  readonly #kind: Kind<T>;
  readonly #complaints: Complaints;
  readonly #entries = new Map<string, Entry>();
  readonly #resolved = new Map<string, T | undefined>();
  readonly #open: string[] = [];
  #edges = 0;
  #complete = true;

  constructor(kind: Kind<T>, complaints: Complaints) {
    this.#kind = kind;
    this.#complaints = complaints;
  }

  /** Some file could not be read, so a name that is not here may stand there. */
  markIncomplete(): void {
    this.#complete = false;
  }

  /** Takes a definition. Its value is looked at when all files are in, so that names may stand in any order. */
  define(entry: Entry): void {
    const { noun, words, form } = this.#kind;
    const { key, at } = entry;
    const first = this.#entries.get(key);
    if (first !== undefined) {
      this.#complaints.add(at, `${noun} ${quoted(key)} is defined twice; the first is in ${spotText(first.at)}`);
      return;
    }
    this.#entries.set(key, entry);
    if (words.includes(key.toLowerCase()) || form(key) !== undefined) {
      this.#complaints.add(
        at,
        `${noun} name ${quoted(key)} reads like a word or a value of the language; choose another name`,
      );
    } else if (!NAME.test(key) || key.trimEnd() !== key) {
      const expected = 'letters, digits, `-`, `_`, `.` and blanks, a letter first';
      this.#complaints.add(at, `${noun} name ${quoted(key)} is not usable; write ${expected}`);
    }
  }

  /** Resolves every name, used or not, so that a slip in an unused definition does not wait for its first use. */
  resolveAll(): void {
    for (const name of this.#entries.keys()) this.#named(name);
  }

  /** The set that a text, a number or a list of them means. Undefined, with a complaint, where it means none. */
  of(node: Node, key: string): T | undefined {
    switch (node.kind) {
      case 'text':
      case 'number':
        return this.#ofText(node, node.text);
      case 'list':
        return this.#ofList(node, key);
      case 'map':
      case 'boolean':
      case 'empty':
        this.#complaints.add(
          node.at,
          `${quoted(key)} is ${nounOf(node)}; write ${this.#textMeant(node) ?? this.#kind.example}`,
        );
        return undefined;
    }
  }

  /** `sg: bastion` is a mapping to YAML, and a slip here. */
  #textMeant(node: Node): string | undefined {
    const [only, ...more] = node.kind === 'map' ? node.entries : [];
    if (only?.value.kind !== 'text' || more.length > 0) return undefined;
    const text = `${only.key}:${only.value.text}`;
    return this.#kind.form(text)?.kind === 'meaning' ? `${quoted(text)}, without a blank after the \`:\`` : undefined;
  }

  #ofList(node: Node & { readonly kind: 'list' }, key: string): T | undefined {
    if (node.items.length === 0) {
      this.#complaints.add(node.at, `${quoted(key)} is an empty list; write ${this.#kind.example}`);
      return undefined;
    }
    const values = node.items.map((item) => this.of(item, key));
    const whole = values.filter((value) => value !== undefined);
    // A list with a broken item is broken: what is left of it would mean less than was written.
    if (whole.length < values.length) return undefined;
    // Past the bound nothing is united any more: the complaint was made, and going on could take minutes.
    if (this.#edges > MOST_EDGES) return undefined;
    const union = this.#kind.unionOf(whole);
    this.#edges += this.#kind.size(union);
    if (this.#edges <= MOST_EDGES) return union;
    const problem = `lists of ${this.#kind.noun}s hold more than ${String(MOST_EDGES)} ranges together`;
    this.#complaints.add(node.at, `${problem}; name a list once under \`define\` and use the name`);
    return undefined;
  }

  #ofText(node: Node, text: string): T | undefined {
    if (this.#entries.has(text)) return this.#named(text);
    if (text !== text.trim() || text === '') {
      const reason = text.trim() === '' ? 'is an empty text' : `${quoted(text)} has blanks around it`;
      this.#complaints.add(node.at, `${this.#kind.noun} ${reason}; write ${this.#kind.example}`);
      return undefined;
    }
    const form = this.#kind.form(text);
    if (form?.kind === 'meaning') return form.value;
    if (form !== undefined) this.#complaints.add(node.at, form.problem);
    else if (this.#complete) this.#complaints.add(node.at, this.#unknown(text));
    return undefined;
  }

  #unknown(text: string): string {
    const { noun, key, words, hint, example } = this.#kind;
    const unknown = `unknown ${noun} ${quoted(text)}`;
    const known = hint(text);
    if (known !== undefined) return `${unknown}; ${known}`;
    // A file with hundreds of unknown names has lost its definitions; guesses would help nobody and take long.
    if (this.#complaints.count > MOST_GUESSES) return unknown;
    const near = nearestOf(text, [...this.#entries.keys(), ...words]);
    if (near !== undefined) return `${unknown}; did you mean ${quoted(near)}?`;
    return `${unknown}; define it under \`define: ${key}:\`, or write ${example}`;
  }

  #named(name: string): T | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || this.#resolved.has(name)) return this.#resolved.get(name);
    const { noun } = this.#kind;
    const start = this.#open.indexOf(name);
    if (start !== -1) {
      const circle = [...this.#open.slice(start), name].map(quoted).join(' -> ');
      this.#complaints.add(entry.at, `${noun} ${quoted(name)} is defined by itself: ${circle}`);
      return undefined;
    }
    if (this.#open.length === MOST_NAMES_DEEP) {
      const limit = String(MOST_NAMES_DEEP);
      this.#complaints.add(
        entry.at,
        `${noun} ${quoted(name)} is reached through more than ${limit} other names; name it directly`,
      );
      return undefined;
    }
    this.#open.push(name);
    const value = this.of(entry.value, name);
    this.#open.pop();
    this.#resolved.set(name, value);
    return value;
  }
}

export function networksOf(complaints: Complaints): Definitions<Peers> {
  return new Definitions(NETWORKS, complaints);
}

export function servicesOf(complaints: Complaints): Definitions<Slots> {
  return new Definitions(SERVICES, complaints);
}
