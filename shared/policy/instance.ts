import type { InstancePolicy } from '../core/model/policy.ts';
import type { PeerName } from '../core/model/rule.ts';
import { fieldsOf } from './fields.ts';
import { matchOf } from './match.ts';
import { namedPeerForm } from './named-peer.ts';
import { placeOf } from './node.ts';
import type { Entry, Node } from './node.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Complaints, Understood } from './problem.ts';
import type { Reading } from './reading.ts';
import { itemsOf, nameIn, textOf } from './scalar.ts';
import { FIREWALLS, INSTANCE } from './shapes.ts';

const EXAMPLE = 'write `sg:sg-0123456789abcdef0` or `sg:NAME`';

/** A security group that an interface may have: one of the instance's own account and network. */
function groupOf(text: string): Understood<PeerName> {
  const form = namedPeerForm(text);
  if (form?.kind === 'wrong') return form;
  if (form?.value.startsWith('sg:') !== true) return wrong(`${quoted(text)} is no security group; ${EXAMPLE}`);
  const [, id] = /^sg:\d{12}\/(sg-[0-9a-f]+)$/.exec(form.value) ?? [];
  if (id === undefined) return meaning(form.value);
  return wrong(`group ${quoted(text)} is one of an account, which is the instance's own here; write \`sg:${id}\``);
}

/** A group and where it stands. */
interface Group {
  readonly name: PeerName;
  readonly node: Node;
}

/** The groups of a list. Undefined, with complaints, where one of them means nothing. */
function groupsIn(entry: Entry, complaints: Complaints): readonly Group[] | undefined {
  const items = itemsOf(entry, complaints);
  if (items === undefined) return undefined;
  const groups = items.map((node): Group | undefined => {
    const text = textOf(entry.key, node, complaints);
    const group = text === undefined ? undefined : groupOf(text);
    if (group?.kind === 'wrong') complaints.add(node.at, group.problem);
    return group?.kind === 'meaning' ? { name: group.value, node } : undefined;
  });
  const whole = groups.filter((group) => group !== undefined);
  return whole.length === groups.length ? whole : undefined;
}

function namesOf(groups: readonly Group[]): readonly PeerName[] {
  return [...new Set(groups.map(({ name }) => name))];
}

function firewallsIn(entry: Entry, complaints: Complaints): Pick<InstancePolicy, 'require' | 'allow'> | undefined {
  const example = '`firewalls: { require: [...], allow: [...] }`';
  const fields = fieldsOf(entry.value, FIREWALLS, example, complaints);
  if (fields === undefined) return undefined;
  const requireField = fields.get('require');
  const allowField = fields.need('allow', '`allow:` with every group that an interface may have');
  const require = requireField === undefined ? [] : groupsIn(requireField, complaints);
  const allow = allowField === undefined ? undefined : groupsIn(allowField, complaints);
  if (require === undefined || allow === undefined) return undefined;
  const allowed = new Set(namesOf(allow));
  for (const { name, node } of require) {
    if (allowed.has(name)) continue;
    const advice = 'add it there in the same spelling, or require another';
    complaints.add(node.at, `\`require\` has ${quoted(name)}, which \`allow\` does not list; ${advice}`);
  }
  return { require: namesOf(require), allow: [...allowed] };
}

/** One item of `instances`. What is broken in it is complained of, and then the whole is not used. */
export function instanceOf(node: Node, { complaints, names }: Reading): InstancePolicy | undefined {
  const fields = fieldsOf(node, INSTANCE, '`- name: ...` with `match` and `firewalls`', complaints);
  if (fields === undefined) return undefined;
  const nameField = fields.need('name', '`name: web tier`');
  const matchField = fields.get('match');
  const firewallsField = fields.need('firewalls', '`firewalls: { require: [...], allow: [...] }`');
  const name = nameField === undefined ? undefined : nameIn(nameField, complaints);
  if (nameField !== undefined && name !== undefined) names.claim('instance', name, nameField.value.at, complaints);
  const match = matchField === undefined ? {} : matchOf(matchField.value, complaints).match;
  const firewalls = firewallsField === undefined ? undefined : firewallsIn(firewallsField, complaints);
  if (name === undefined || firewalls === undefined) return undefined;
  return { name, place: placeOf(fields.at), match, ...firewalls };
}
