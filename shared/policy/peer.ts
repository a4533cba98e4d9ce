import * as addresses from '../core/space/addresses.ts';
import type { Address, Addresses } from '../core/space/addresses.ts';
import { addressesOfBlock, addressOf, blockOf, blockText } from '../core/space/cidr.ts';
import { PRIVATE } from '../core/space/private.ts';
import type { Peers } from '../core/model/policy.ts';
import { NAMED_PEER_WORDS, namedPeerForm } from './named-peer.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Understood } from './problem.ts';

/** Every word that means a peer by itself. */
export const PEER_WORDS: readonly string[] = ['anywhere', 'private', ...NAMED_PEER_WORDS];

function oneAddress(address: Address): Addresses {
  return address.family === 4
    ? { v4: [address.at, address.at + 1], v6: [] }
    : { v4: [], v6: [address.at, address.at + 1n] };
}

function blockForm(text: string): Understood<Addresses> {
  const read = blockOf(text);
  if (read !== undefined) {
    if (!read.hostBits) return meaning(addressesOfBlock(read.block));
    const [host = ''] = text.split('/');
    const meant = `write \`${blockText(read.block)}\` for the network, or \`${host}\` for the one address`;
    return wrong(`CIDR ${quoted(text)} has host bits set; ${meant}`);
  }
  const slash = text.indexOf('/');
  const [host, prefix] = [text.slice(0, slash), text.slice(slash + 1)];
  const address = addressOf(host);
  if (address === undefined) return wrong(`CIDR ${quoted(text)} does not start with an address${octalHint(host)}`);
  const most = address.family === 4 ? 32 : 128;
  const mask = addressOf(prefix) === undefined ? '' : ', not a mask';
  return wrong(
    `CIDR ${quoted(text)} has no valid prefix length; write a number from 0 to ${String(most)} after the \`/\`${mask}`,
  );
}

function octalHint(text: string): string {
  if (!/^\d+(\.\d+){3}$/.test(text)) return '; write it like `203.0.113.0/24` or `2001:db8::/32`';
  const zero = text.split('.').some((part) => part.length > 1 && part.startsWith('0'));
  return zero ? ': parts must not start with a zero' : ': parts go from 0 to 255';
}

function rangeForm(text: string, firstText: string, lastText: string): Understood<Addresses> | undefined {
  const first = addressOf(firstText);
  const last = addressOf(lastText);
  if (first === undefined || last === undefined) {
    // Only a text with an address on one side is a range; `db-clients` is a name.
    if (first === undefined && last === undefined) return undefined;
    const odd = first === undefined ? firstText : lastText;
    return wrong(`range ${quoted(text)} has ${quoted(odd)}, which is no address; write it like \`10.0.0.1-10.0.0.9\``);
  }
  if (first.family === 4 && last.family === 4) {
    if (first.at <= last.at) return meaning({ v4: [first.at, last.at + 1], v6: [] });
  } else if (first.family === 6 && last.family === 6) {
    if (first.at <= last.at) return meaning({ v4: [], v6: [first.at, last.at + 1n] });
  } else {
    return wrong(`range ${quoted(text)} mixes IPv4 and IPv6; write one range for each`);
  }
  return wrong(`address range ${quoted(text)} is reversed; write \`${lastText}-${firstText}\``);
}

function hintFor(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (['any', 'all', '*', 'everyone', 'everywhere', 'world'].includes(lower)) {
    return `peer ${quoted(text)} is not a word of the language; write \`anywhere\``;
  }
  if (PEER_WORDS.includes(lower) && lower !== text) return `peer ${quoted(text)} has capitals; write ${quoted(lower)}`;
  if (text === '0.0.0.0' || text === '::') {
    return `peer ${quoted(text)} is one address that no packet has; write \`${text}/0\` or \`anywhere\``;
  }
  if (text.includes(','))
    return `peer ${quoted(text)} is a list in one text; write a YAML list: \`[10.0.0.0/8, 192.0.2.7]\``;
  if (/^\d+(\.\d+){3}$/.test(text)) return `address ${quoted(text)} is not valid${octalHint(text)}`;
  if (/^[\d.]+$/.test(text)) return `peer ${quoted(text)} is no address; write it like \`203.0.113.7\``;
  if (text.includes(':'))
    return `peer ${quoted(text)} is no IPv6 address; write it like \`2001:db8::7\`, without port or zone`;
  return undefined;
}

/** `::ffff:0:0/96`, which is IPv4 written as IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED: Addresses = { v4: [], v6: [0xffff_0000_0000n, 0x1_0000_0000_0000n] };

/**
 * No packet carries an IPv4 address that is written as IPv6, and no cloud says whom a rule for one lets in: what a
 * policy would ask for could never be read back.
 */
function isMapped(who: Addresses): boolean {
  return !addresses.isNobody(who) && addresses.isNobody(addresses.difference(who, MAPPED));
}

function addressForm(text: string): Understood<Addresses> | undefined {
  const form = writtenForm(text);
  if (form?.kind !== 'meaning' || !isMapped(form.value)) return form;
  return wrong(
    `peer ${quoted(text)} is IPv4 written as IPv6; write the IPv4 address or range, such as \`203.0.113.0/24\``,
  );
}

function writtenForm(text: string): Understood<Addresses> | undefined {
  if (text === 'anywhere') return meaning(addresses.ANYWHERE);
  if (text === 'private') return meaning(PRIVATE);
  if (text.includes('/') && !text.includes(',')) return blockForm(text);
  const address = text === '0.0.0.0' || text === '::' ? undefined : addressOf(text);
  if (address !== undefined) return meaning(oneAddress(address));
  const dash = /^([^-\s]+)\s*-\s*([^-\s]+)$/.exec(text);
  const range = dash === null ? undefined : rangeForm(text, dash[1] ?? '', dash[2] ?? '');
  if (range !== undefined) return range;
  const hint = hintFor(text);
  return hint === undefined ? undefined : wrong(hint);
}

/** The union of what many texts mean, each name once. */
export function unionOfPeers(many: readonly Peers[]): Peers {
  const [only, ...more] = many;
  if (only !== undefined && more.length === 0) return only;
  return {
    addresses: addresses.unionOf(many.map((one) => one.addresses)),
    names: [...new Set(many.flatMap(({ names }) => names))],
  };
}

/** The form of one peer without defined names; undefined where the text may be a name. */
export function peerForm(text: string): Understood<Peers> | undefined {
  const named = namedPeerForm(text);
  if (named !== undefined) {
    return named.kind === 'wrong' ? named : meaning({ addresses: addresses.NOBODY, names: [named.value] });
  }
  const form = addressForm(text);
  return form?.kind === 'meaning' ? meaning({ addresses: form.value, names: [] }) : form;
}

/** What an unknown name probably is, as the tail of a message. */
export function hostHint(text: string): string | undefined {
  const isHost = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(text);
  return isHost ? 'host names are not looked up, so write the addresses' : undefined;
}

/** `203.0.113.0/24`, an address, a range `a-b`, `anywhere` or `private` as a set of addresses. */
export function peerOf(text: string): Understood<Addresses> {
  const expected = 'write an address, a CIDR, a range or `anywhere`';
  const form = peerForm(text) ?? wrong(`unknown peer ${quoted(text)}; ${hostHint(text) ?? expected}`);
  if (form.kind === 'wrong') return form;
  if (form.value.names.length === 0) return meaning(form.value.addresses);
  return wrong(`peer ${quoted(text)} is known by its name only, and addresses are needed here; ${expected}`);
}
