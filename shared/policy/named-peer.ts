import { INTERNET, NETWORK, peerName, SELF } from '../core/model/rule.ts';
import type { PeerName } from '../core/model/rule.ts';
import { nearestOf } from './nearest.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Understood } from './problem.ts';

const KINDS = ['sg', 'prefix-list', 'tag', 'asg'] as const;
type Kind = (typeof KINDS)[number];

const EXAMPLE: Readonly<Record<Kind, string>> = {
  sg: '`sg:sg-0123456789abcdef0` or `sg:NAME`',
  'prefix-list': '`prefix-list:pl-0123456789abcdef0` or `prefix-list:OWNER/NAME`',
  tag: '`tag:Storage.WestEurope`',
  asg: '`asg:NAME`',
};

const WORDS: ReadonlyMap<string, PeerName> = new Map([
  ['network', NETWORK],
  ['internet', INTERNET],
  ['self', SELF],
]);

/** Every word that means a named peer by itself. */
export const NAMED_PEER_WORDS: readonly string[] = [...WORDS.keys()];

/** What else people call the kinds. */
const CALLED: ReadonlyMap<string, Kind> = new Map([
  ['group', 'sg'],
  ['securitygroup', 'sg'],
  ['pl', 'prefix-list'],
  ['prefixlist', 'prefix-list'],
  ['list', 'prefix-list'],
  ['servicetag', 'tag'],
  ['applicationsecuritygroup', 'asg'],
]);

/** EC2 and VPC ids have 8 digits, or 17 since 2018. */
const GROUP_ID = /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const LIST_ID = /^pl-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const ACCOUNT = /^\d{12}$/;

/** What EC2 takes for the name of a group (CreateSecurityGroup, `GroupName`, read 2026-11-24), without its `*`. */
const GROUP_NAME = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$]{1,255}$/;
/** The most that a prefix list's name may have (CreateManagedPrefixList, `PrefixListName`, read 2026-11-24). */
const LONGEST_LIST_NAME = 255;
const TAG = /^[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/;
/** Azure's rule for names of application security groups (resource name rules, read 2026-11-24). */
const ASG_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?$/;

/** Tags that Azure spells in one way, and people in many. */
const KNOWN_TAGS = ['Internet', 'VirtualNetwork', 'AzureLoadBalancer'];

function idProblem(noun: string, prefix: string, id: string): string {
  const digits = `8 or 17 digits and letters from a to f after \`${prefix}-\``;
  const example = prefix === 'sg' ? '`sg:sg-0123456789abcdef0`' : '`prefix-list:pl-0123456789abcdef0`';
  return `${noun} id ${quoted(id)} is not whole; write it like ${example}, with ${digits}`;
}

function accountHint(account: string): string {
  const digits = account.replace(/[-\s]/g, '');
  return ACCOUNT.test(digits) ? `write it as ${quoted(digits)}` : 'it has 12 digits, leading zeros included';
}

/** A group of another account: by its id only, since a name is looked up in the guarded firewall's own network. */
function foreignGroupForm(text: string, account: string, id: string): Understood<PeerName> | undefined {
  const isGroupId = /^sg-/i.test(id);
  const looksForeign = isGroupId || /^\d{4}-?\d{4}-?\d{4}$/.test(account);
  // EC2 takes a `/` in a group's name, too.
  if (!looksForeign) return undefined;
  if (!ACCOUNT.test(account)) {
    return wrong(`account ${quoted(account)} in ${quoted(text)} is not readable; ${accountHint(account)}`);
  }
  if (!isGroupId) {
    const reason = `group ${quoted(id)} of another account cannot be looked up by its name`;
    return wrong(`${reason}; write its id, such as \`sg:${account}/sg-0123456789abcdef0\``);
  }
  return GROUP_ID.test(id) ? meaning(peerName('sg', `${account}/${id}`)) : wrong(idProblem('security group', 'sg', id));
}

function groupForm(text: string, id: string): Understood<PeerName> {
  if (GROUP_ID.test(id)) return meaning(peerName('sg', id));
  if (/^sg-/i.test(id)) return wrong(idProblem('security group', 'sg', id));
  const slash = id.indexOf('/');
  const foreign = slash === -1 ? undefined : foreignGroupForm(text, id.slice(0, slash), id.slice(slash + 1));
  if (foreign !== undefined) return foreign;
  if (id.includes('*')) {
    return wrong(
      `group name ${quoted(id)} has a \`*\`, and names of peers are no patterns; write each group, or its id`,
    );
  }
  if (GROUP_NAME.test(id)) return meaning(peerName('sg', id));
  const expected = 'up to 255 of the characters that EC2 takes: a-z, A-Z, 0-9, blanks and `._-:/()#,@[]+=&;{}!$`';
  return wrong(`group name ${quoted(id)} cannot exist; write ${expected}`);
}

function listForm(text: string, id: string): Understood<PeerName> {
  if (LIST_ID.test(id)) return meaning(peerName('prefix-list', id));
  if (/^pl-[0-9a-z]*$/i.test(id)) return wrong(idProblem('prefix list', 'pl', id));
  const slash = id.indexOf('/');
  if (slash === -1) {
    const owner = id.startsWith('com.amazonaws.') ? 'aws' : '111122223333';
    const meant = `the account that owns it, or \`aws\`: ${quoted(`prefix-list:${owner}/${id}`)}`;
    return wrong(`prefix list ${quoted(id)} is named without its owner; write its id, or ${meant}`);
  }
  const [owner, name] = [id.slice(0, slash), id.slice(slash + 1)];
  if (owner !== 'aws' && !ACCOUNT.test(owner)) {
    const hint = owner.toLowerCase() === 'aws' ? 'write `aws`' : `write \`aws\`, or an account: ${accountHint(owner)}`;
    return wrong(`owner ${quoted(owner)} of ${quoted(text)} is not readable; ${hint}`);
  }
  if (/^pl-[0-9a-f]+$/.test(name)) {
    return wrong(`prefix list ${quoted(name)} is an id, which needs no owner; write ${quoted(`prefix-list:${name}`)}`);
  }
  const fits = name !== '' && name.trim() === name && name.length <= LONGEST_LIST_NAME && !/\p{C}/u.test(name);
  if (fits) return meaning(peerName('prefix-list', id));
  return wrong(`prefix list name ${quoted(name)} cannot exist; write 1 to ${String(LONGEST_LIST_NAME)} characters`);
}

function tagForm(id: string): Understood<PeerName> {
  const plain = id.replace(/_/g, '').toLowerCase();
  const known = KNOWN_TAGS.find((tag) => tag.toLowerCase() === plain);
  if (known !== undefined && known !== id) {
    return wrong(`service tag ${quoted(id)} is spelled otherwise; write \`tag:${known}\``);
  }
  if (TAG.test(id)) return meaning(peerName('tag', id));
  return wrong(`service tag ${quoted(id)} cannot exist; write it like \`tag:Storage\` or ${EXAMPLE.tag}`);
}

function asgForm(id: string): Understood<PeerName> {
  if (id.includes('/')) {
    const name = id.slice(id.lastIndexOf('/') + 1);
    const meant = ASG_NAME.test(name) ? `\`asg:${name}\`` : EXAMPLE.asg;
    return wrong(`application security group ${quoted(id)} is a path; write its name: ${meant}`);
  }
  if (ASG_NAME.test(id)) return meaning(peerName('asg', id));
  const expected = '1 to 80 letters, digits, `_`, `.` and `-`, a letter or digit first and no `.` or `-` last';
  return wrong(`application security group ${quoted(id)} cannot exist; write ${expected}`);
}

function formOfKind(kind: Kind, text: string, id: string): Understood<PeerName> {
  switch (kind) {
    case 'sg':
      return groupForm(text, id);
    case 'prefix-list':
      return listForm(text, id);
    case 'tag':
      return tagForm(id);
    case 'asg':
      return asgForm(id);
  }
}

/** An id, or the name of a list of Amazon's, without the kind before it. */
function bareForm(text: string): Understood<PeerName> | undefined {
  if (GROUP_ID.test(text)) return wrong(`peer ${quoted(text)} is a security group; write ${quoted(`sg:${text}`)}`);
  if (LIST_ID.test(text)) return wrong(`peer ${quoted(text)} is a prefix list; write ${quoted(`prefix-list:${text}`)}`);
  if (/^sg-[0-9a-z]+$/i.test(text)) return wrong(idProblem('security group', 'sg', text));
  if (/^pl-[0-9a-z]+$/i.test(text)) return wrong(idProblem('prefix list', 'pl', text));
  if (!text.startsWith('com.amazonaws.')) return undefined;
  return wrong(`peer ${quoted(text)} is a prefix list of Amazon's; write ${quoted(`prefix-list:aws/${text}`)}`);
}

function kindHint(text: string, written: string): string | undefined {
  const plain = written.toLowerCase().replace(/[-_ ]/g, '');
  const near = CALLED.get(plain) ?? nearestOf(written, KINDS);
  if (near !== undefined) return `did you mean ${quoted(`${near}:${text.slice(written.length + 1).trim()}`)}?`;
  // Digits and the letters a to f before a colon are an IPv6 address with a slip in it.
  return /^[0-9a-f]*$/i.test(written) ? undefined : `write one of ${KINDS.map((kind) => `\`${kind}:\``).join(', ')}`;
}

/**
 * The form of one peer that is known by a name; undefined where the text is none: an address, or a name that the policy
 * defines.
 */
export function namedPeerForm(text: string): Understood<PeerName> | undefined {
  const word = WORDS.get(text);
  if (word !== undefined) return meaning(word);
  const [, written, id = ''] = /^([A-Za-z][A-Za-z0-9_ -]*):(.*)$/s.exec(text) ?? [];
  if (written === undefined) return bareForm(text);
  const kind = KINDS.find((one) => one === written);
  if (kind === undefined) {
    const hint = id.startsWith(':') ? undefined : kindHint(text, written);
    return hint === undefined ? undefined : wrong(`peer ${quoted(text)} has no known kind before its \`:\`; ${hint}`);
  }
  if (id.trim() === '') return wrong(`peer ${quoted(text)} names nothing after the \`:\`; write ${EXAMPLE[kind]}`);
  if (id.trim() !== id) {
    return wrong(`peer ${quoted(text)} has blanks after the \`:\`; write ${quoted(`${kind}:${id.trim()}`)}`);
  }
  if (/,\s*(?:sg|prefix-list|tag|asg):/.test(id)) {
    const parts = text.split(',').map((part) => `"${part.trim()}"`);
    return wrong(`peer ${quoted(text)} is a list in one text; write a YAML list: ${quoted(`[${parts.join(', ')}]`)}`);
  }
  return formOfKind(kind, text, id);
}
