import { createHash } from 'node:crypto';
import { isFieldName, newFields, storedValue } from './fields.ts';
import type { FieldName, Fields } from './fields.ts';

type JournalField = 'comments' | 'work_notes';

/** One line of the journal: a journal field is only ever appended to, and reads back as `""`. */
export interface JournalEntry {
  readonly field: JournalField;
  readonly text: string;
  readonly createdOn: string;
  readonly createdBy: string;
}

export interface Incident {
  readonly fields: Fields;
  readonly journal: readonly JournalEntry[];
}

/** Who writes, and when. */
export interface Stamp {
  readonly at: Date;
  readonly user: string;
}

/** What a request asks to write: known fields only, as the strings that would be stored. */
export type Written = ReadonlyMap<FieldName, string>;

const resolved = '6';
const closed = '7';
const cancelled = '8';

/** `YYYY-MM-DD HH:MM:SS`, always UTC, as the Table API writes times when display values are not asked for. */
export function timeText(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** A stable sys_id for a user, so that references to the same user are equal. */
export function userSysId(user: string): string {
  return createHash('md5').update(`sys_user/${user}`).digest('hex');
}

/**
 * Body of a request -> what would be stored. Unknown fields are dropped without a word, as the real API drops them.
 * A value that is an object or a list is a mistake of the client, and gives the name of the field instead.
 */
export function writtenFieldsOf(body: Readonly<Record<string, unknown>>): Written | { readonly badField: string } {
  const written = new Map<FieldName, string>();
  for (const [name, value] of Object.entries(body)) {
    if (!isFieldName(name)) continue;
    const text = textOf(value);
    if (text === undefined) return { badField: name };
    const stored = storedValue(name, text);
    if (stored !== undefined) written.set(name, stored);
  }
  return written;
}

function textOf(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** The incident that a POST creates. */
export function newIncident(written: Written, identity: { sysId: string; number: string }, stamp: Stamp): Incident {
  const at = timeText(stamp.at);
  const fields: Fields = {
    ...newFields,
    sys_id: identity.sysId,
    number: identity.number,
    opened_at: at,
    opened_by: userSysId(stamp.user),
    sys_created_on: at,
    sys_created_by: stamp.user,
    sys_updated_on: at,
    sys_updated_by: stamp.user,
  };
  return { fields: merged(fields, written, stamp), journal: journalEntriesOf(written, stamp) };
}

/** The incident after a PATCH. A write that changes nothing leaves it as it is, its update count too. */
export function updatedIncident(incident: Incident, written: Written, stamp: Stamp): Incident {
  const fields = merged(incident.fields, written, stamp);
  const added = journalEntriesOf(written, stamp);
  const changed = Object.entries(fields).some(([name, value]) => isFieldName(name) && incident.fields[name] !== value);
  if (!changed && added.length === 0) return incident;
  return {
    fields: {
      ...fields,
      sys_mod_count: String(Number(incident.fields.sys_mod_count) + 1),
      sys_updated_on: timeText(stamp.at),
      sys_updated_by: stamp.user,
    },
    journal: [...incident.journal, ...added],
  };
}

/**
 * Why the instance refuses this record, if it does. An incident is only resolved with a code and notes; the base system
 * has a data policy for it, many instances a business rule.
 */
export function abortOf(incident: Incident): string | undefined {
  const { state, close_code, close_notes } = incident.fields;
  if (state !== resolved && state !== closed) return undefined;
  if (close_code !== '' && close_notes !== '') return undefined;
  const rule = 'Resolution code and notes are mandatory';
  const ruleId = createHash('md5').update(rule).digest('hex');
  return `Operation against file 'incident' was aborted by Business Rule '${rule}^${ruleId}'. Business Rule Stack:${rule}`;
}

function merged(before: Fields, written: Written, stamp: Stamp): Fields {
  const plain = [...written].filter(([name]) => !isJournalField(name));
  const fields: Fields = { ...before, ...Object.fromEntries(plain) };
  return withState(withPriority(fields), written, before, stamp);
}

/** `priority` is looked up from impact and urgency, whatever the client writes (lookup rules of the base system, not verified). */
function withPriority(fields: Fields): Fields {
  const sum = Number(fields.impact) + Number(fields.urgency);
  return Number.isInteger(sum) && sum >= 2 && sum <= 6 ? { ...fields, priority: String(sum - 1) } : fields;
}

/** `incident_state` mirrors `state`, whichever of the two was written; `state` wins where both were. */
function withState(fields: Fields, written: Written, before: Fields, stamp: Stamp): Fields {
  const state = written.get('state') ?? written.get('incident_state') ?? before.state;
  const mirrored: Fields = { ...fields, state, incident_state: state };
  if (state === before.state) return mirrored;
  const at = timeText(stamp.at);
  const by = userSysId(stamp.user);
  const ended = state === closed || state === cancelled;
  return {
    ...mirrored,
    active: ended ? 'false' : 'true',
    ...(state === resolved || state === closed ? { resolved_at: fields.resolved_at || at, resolved_by: by } : {}),
    ...(ended ? { closed_at: at, closed_by: by } : {}),
  };
}

function isJournalField(name: string): name is JournalField {
  return name === 'work_notes' || name === 'comments';
}

function journalEntriesOf(written: Written, stamp: Stamp): JournalEntry[] {
  return [...written].flatMap(([field, text]) =>
    isJournalField(field) && text !== '' ? [{ field, text, createdOn: timeText(stamp.at), createdBy: stamp.user }] : [],
  );
}
