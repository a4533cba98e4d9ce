// Inferred -> a policy file that says where each line is from.
import type { Firewall } from '../../core/model/firewall.ts';
import { policyFileText, proseLines } from '../written.ts';
import type { Comment, TextClause, TextDirection, TextPolicy } from '../written.ts';
import type { Picked } from './groups.ts';
import type { Inferred, InferredDirection, InferredPolicy, LeftOut } from './inferred.ts';

/** Where the firewalls were read, in words for the first line. */
export interface Origin {
  readonly from: string;
  readonly at: Date;
}

function nameOf({ target, name }: Firewall): string {
  return name === '' ? target.id : `${target.id} (${name})`;
}

function valueOf(picked: Picked): string {
  switch (picked.by) {
    case 'tag':
      return picked.value;
    case 'name':
      return picked.name;
    case 'id':
      return picked.id;
  }
}

const MOST_IN_NAME = 3;

/** Names of policies are in every finding, so they are short; each is there once. */
function policyNames(policies: readonly InferredPolicy[]): readonly string[] {
  const taken = new Map<string, number>();
  return policies.map(({ picked }) => {
    const values = picked.map((one) => valueOf(one).slice(0, 50).trim());
    const more = values.length - MOST_IN_NAME;
    const text = more > 0 ? `${values.slice(0, MOST_IN_NAME).join(', ')} and ${String(more)} more` : values.join(', ');
    const count = (taken.get(text) ?? 0) + 1;
    taken.set(text, count);
    return count === 1 ? text : `${text} (${String(count)})`;
  });
}

function matchOf({ picked }: InferredPolicy, { accounts, regions }: Inferred): Readonly<Record<string, unknown>> {
  const place = { cloud: 'aws', account: one(accounts), region: one(regions) };
  const values = one(picked.map(valueOf));
  const [first] = picked;
  switch (first?.by) {
    case 'tag':
      return { ...place, tags: { [first.key]: values } };
    case 'name':
      return {
        ...place,
        name: values,
        ...(first.untagged === undefined ? {} : { not: { tags: { [first.untagged]: '*' } } }),
      };
    case 'id':
    case undefined:
      return { ...place, id: values };
  }
}

function one(values: readonly string[]): string | readonly string[] {
  const [only, ...more] = values;
  return only !== undefined && more.length === 0 ? only : values;
}

/** The same traffic of several firewalls is told once. */
export function leftOutTexts(leftOut: readonly LeftOut[]): readonly string[] {
  const byTraffic = new Map<string, Set<string>>();
  for (const { firewall, text, why } of leftOut) {
    const what = why === 'unread' ? text : `${text} (${why})`;
    byTraffic.set(what, (byTraffic.get(what) ?? new Set()).add(nameOf(firewall)));
  }
  return [...byTraffic].map(([what, firewalls]) => `${what}: ${[...firewalls].join(', ')}`);
}

const INDENT = 2;

function itemLines(text: string): Comment {
  return proseLines(text, INDENT + 2).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

function policyComment({ firewalls, leftOut }: InferredPolicy): Comment {
  const count = `${String(firewalls.length)} security group${firewalls.length === 1 ? '' : 's'}.`;
  const managed = firewalls.filter(({ managedBy }) => managedBy !== undefined).length;
  const tended = managed === 0 ? '' : ` ${String(managed)} of them made by a service, which are only ever reported.`;
  if (leftOut.length === 0) return proseLines(`${count}${tended}`, INDENT);
  return [
    ...proseLines(`${count}${tended} Open now and left out, so that \`check\` finds it:`, INDENT),
    ...leftOutTexts(leftOut).flatMap(itemLines),
  ];
}

function directionOf({ clauses, widened }: InferredDirection): TextDirection {
  const allow = clauses.map(({ services, peers }): TextClause => ({ services, peers }));
  if (widened === undefined) return { allow };
  const { from, to, prefix } = widened;
  const text =
    `Wider than what is open now: ${String(from)} private addresses and networks are written as the ${String(to)} ` +
    `networks of size ${prefix} that they are in, since the list would have been too long to read.`;
  return { comment: proseLines(text, INDENT + 2), allow };
}

const MODE_COMMENT = ['`report` finds and files tickets; `enforce` closes, too.'];

function textPolicy(policy: InferredPolicy, name: string, inferred: Inferred, isFirst: boolean): TextPolicy {
  return {
    comment: policyComment(policy),
    name,
    match: matchOf(policy, inferred),
    mode: 'report',
    modeComment: isFirst ? MODE_COMMENT : [],
    ingress: directionOf(policy.ingress),
    egress: policy.egress === undefined ? undefined : directionOf(policy.egress),
  };
}

const SAID_ONCE =
  'Each policy allows what its security groups let in now. What is dangerous and open to a large part of the internet ' +
  'is left out and listed above its policy: administration, databases, file sharing, every protocol, long ranges of ' +
  'ports. Look at that first: close it, or allow it here and say why. Then take out of the lists what should not be ' +
  'open either.';
const EGRESS =
  'What may leave is said only where none of the groups of a policy lets everything out, as new groups do.';

/** The text of the file, comments and all. */
export function inferredText(inferred: Inferred, { from, at }: Origin): string {
  const names = policyNames(inferred.policies);
  const day = at.toISOString().slice(0, 10);
  const head = `What ${String(inferred.firewalls)} security groups of ${from} let through on ${day}, as a policy.`;
  return policyFileText({
    comment: [...proseLines(head), '', ...proseLines(SAID_ONCE), ...proseLines(EGRESS)],
    policies: inferred.policies.map((policy, index) => textPolicy(policy, names[index] ?? '', inferred, index === 0)),
  });
}
