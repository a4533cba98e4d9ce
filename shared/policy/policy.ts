import { DIRECTIONS } from '../core/model/firewall.ts';
import type { Direction } from '../core/model/firewall.ts';
import { MODES } from '../core/model/policy.ts';
import type { Clause, Clauses, Mode, Policy, Place } from '../core/model/policy.ts';
import { PROTOCOLS } from '../core/space/slots.ts';
import { clausesIn } from './clause.ts';
import { durationIn } from './duration.ts';
import { fieldsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { handlingOf, statedOr } from './handling.ts';
import { matchOf } from './match.ts';
import { placeOf } from './node.ts';
import type { Entry, Node } from './node.ts';
import { quoted } from './problem.ts';
import type { Reading } from './reading.ts';
import { judgeOverlaps, judgeReach } from './require.ts';
import { integerIn, wordIn, nameIn } from './scalar.ts';
import { DIRECTION, LIMITS, POLICY } from './shapes.ts';

const UNSTATED_MODE: Mode = 'report';
/** All that a firewall can open: every protocol as if it had ports. */
const MOST_OPEN_PORTS = PROTOCOLS * 65_536;

function noClauses(place: Place): Clauses {
  return { allow: undefined, deny: [], require: [], place };
}

function directionIn(entry: Entry, direction: Direction, policyName: string, reading: Reading): Clauses {
  const unclaused = noClauses(placeOf(entry.at));
  const fields = fieldsOf(
    entry.value,
    DIRECTION,
    `\`${direction}:\` with \`allow\`, \`deny\` or \`require\` below it`,
    reading.complaints,
  );
  if (fields === undefined) return unclaused;
  const list = (effect: 'allow' | 'deny' | 'require'): readonly Clause[] | undefined => {
    const field = fields.get(effect);
    const seat = { direction, effect, prefix: `${policyName}/${direction}/${effect}` };
    return field === undefined ? undefined : clausesIn(field, seat, reading);
  };
  const clauses = { ...unclaused, allow: list('allow'), deny: list('deny') ?? [], require: list('require') ?? [] };
  if (entry.value.kind === 'map' && entry.value.entries.length === 0) {
    reading.complaints.add(
      entry.value.at,
      `${quoted(direction)} is empty; write \`allow\`, \`deny\` or \`require\`, or remove it`,
    );
  }
  return clauses;
}

/** What a policy says of a plan's waiting for somebody. `mode`: undefined where it is broken, and complained of. */
function approveAfterIn(entry: Entry, mode: Mode | undefined, { complaints }: Reading): number | undefined {
  if (mode !== undefined && mode !== 'approve') {
    const advice = 'write `mode: approve`, or remove `after`';
    complaints.add(entry.at, `\`after\` says when a plan that waits for approval is carried out by itself; ${advice}`);
  }
  return durationIn(entry, '1m', '30d', complaints);
}

function openPortsIn(entry: Entry, { complaints }: Reading): number | undefined {
  const fields = fieldsOf(entry.value, LIMITS, '`limits: { openPorts: 15 }`', complaints);
  const field =
    fields?.strays.length === 0 ? fields.need('openPorts', '`openPorts: 15`, or remove `limits`') : undefined;
  return field === undefined ? undefined : integerIn(field, 0, MOST_OPEN_PORTS, complaints);
}

/** The mode; undefined, with a complaint, where it is stated and broken. */
function modeIn(fields: Fields, { complaints }: Reading): Mode | undefined {
  const field = fields.get('mode');
  if (field !== undefined) return wordIn(field, MODES, complaints);
  return fields.tries('mode') ? undefined : UNSTATED_MODE;
}

/** One policy. What is broken in it is complained of, and then the whole is not used. */
export function policyOf(node: Node, reading: Reading): Policy | undefined {
  const { complaints, lost, names } = reading;
  const fields = fieldsOf(node, POLICY, '`- name: ...` with `match`, `mode` and `ingress` or `egress`', complaints);
  if (fields === undefined) return undefined;
  const nameField = fields.need('name', '`name: web tier`');
  const name = nameField === undefined ? undefined : nameIn(nameField, complaints);
  if (nameField !== undefined && name !== undefined) names.claim('policy', name, nameField.value.at, complaints);
  const matchField = fields.get('match');
  const lostBefore = lost.length;
  const { match, keysAreKnown } =
    matchField === undefined
      ? { match: {}, keysAreKnown: !fields.tries('match') }
      : matchOf(matchField.value, complaints);
  const mode = modeIn(fields, reading);
  const afterField = fields.get('after');
  const limitsField = fields.get('limits');
  const place = placeOf(fields.at);
  const of = (direction: Direction): Clauses => {
    const entry = fields.get(direction);
    return entry === undefined ? noClauses(place) : directionIn(entry, direction, name ?? '', reading);
  };
  const policy: Policy = {
    name: name ?? '',
    place,
    match,
    mode: mode ?? UNSTATED_MODE,
    approveAfterMs: afterField === undefined ? undefined : approveAfterIn(afterField, mode, reading),
    handling: handlingOf(fields, complaints),
    defaults: statedOr(fields.get('defaults'), (entry) => wordIn(entry, ['keep', 'judge'], complaints), 'keep'),
    openPorts: limitsField === undefined ? undefined : openPortsIn(limitsField, reading),
    ingress: of('ingress'),
    egress: of('egress'),
  };
  if (!fields.tries('limits') && DIRECTIONS.every((direction) => !fields.tries(direction))) {
    complaints.add(
      fields.at,
      'a policy has neither `ingress` nor `egress` nor `limits`, so it says nothing; write one of them',
    );
  }
  if (keysAreKnown) judgeReach(policy, reading);
  if (lost.length === lostBefore) judgeOverlaps(policy, fields.at, reading);
  return policy;
}
