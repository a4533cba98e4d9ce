/**
 * The fields of an incident as the Table API answers them, with what a new record holds where nobody wrote anything.
 *
 * The set of names is that of the documented answer to `POST /api/now/table/incident` (ServiceNow documentation, page
 * "Table API", read 2026-11-24), and `hold_reason`, which later releases add.
 */
const blankFields = {
  active: 'true',
  activity_due: '',
  additional_assignee_list: '',
  approval: 'not requested',
  approval_history: '',
  approval_set: '',
  assigned_to: '',
  assignment_group: '',
  business_duration: '',
  business_service: '',
  business_stc: '',
  calendar_duration: '',
  calendar_stc: '',
  caller_id: '',
  category: 'inquiry',
  caused_by: '',
  child_incidents: '0',
  close_code: '',
  close_notes: '',
  closed_at: '',
  closed_by: '',
  cmdb_ci: '',
  comments: '',
  comments_and_work_notes: '',
  company: '',
  contact_type: '',
  correlation_display: '',
  correlation_id: '',
  delivery_plan: '',
  delivery_task: '',
  description: '',
  due_date: '',
  escalation: '0',
  expected_start: '',
  follow_up: '',
  group_list: '',
  hold_reason: '',
  impact: '3',
  incident_state: '1',
  knowledge: 'false',
  location: '',
  made_sla: 'true',
  notify: '1',
  number: '',
  opened_at: '',
  opened_by: '',
  order: '',
  parent: '',
  parent_incident: '',
  priority: '5',
  problem_id: '',
  reassignment_count: '0',
  rejection_goto: '',
  reopen_count: '0',
  resolved_at: '',
  resolved_by: '',
  rfc: '',
  severity: '3',
  short_description: '',
  sla_due: '',
  state: '1',
  subcategory: '',
  sys_class_name: 'incident',
  sys_created_by: '',
  sys_created_on: '',
  sys_domain: 'global',
  sys_domain_path: '/',
  sys_id: '',
  sys_mod_count: '0',
  sys_tags: '',
  sys_updated_by: '',
  sys_updated_on: '',
  time_worked: '',
  upon_approval: 'proceed',
  upon_reject: 'cancel',
  urgency: '3',
  user_input: '',
  watch_list: '',
  wf_activity: '',
  work_end: '',
  work_notes: '',
  work_notes_list: '',
  work_start: '',
};

export type FieldName = keyof typeof blankFields;

/** Every value of a record is a string on the wire: numbers, booleans and times too. */
export type Fields = Readonly<Record<FieldName, string>>;

export const newFields: Fields = blankFields;

/** Is there a field of this name on the incident table? */
export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(blankFields, name);
}

/** The names of all fields, in the order in which they are answered. */
export const fieldNames: readonly FieldName[] = Object.keys(blankFields).filter(isFieldName);

/** Which table a reference field points to. A set reference is answered as `{ link, value }`, an empty one as `""`. */
export const referencedTable: ReadonlyMap<FieldName, string> = new Map<FieldName, string>([
  ['assigned_to', 'sys_user'],
  ['assignment_group', 'sys_user_group'],
  ['business_service', 'cmdb_ci_service'],
  ['caller_id', 'sys_user'],
  ['caused_by', 'change_request'],
  ['closed_by', 'sys_user'],
  ['cmdb_ci', 'cmdb_ci'],
  ['company', 'core_company'],
  ['location', 'cmn_location'],
  ['opened_by', 'sys_user'],
  ['parent', 'task'],
  ['parent_incident', 'incident'],
  ['problem_id', 'problem'],
  ['resolved_by', 'sys_user'],
  ['rfc', 'change_request'],
  ['sys_domain', 'sys_user_group'],
]);

/**
 * The platform writes these itself; what a client sends for them is dropped without a word.
 * Not verified against an instance: whether `number` can be chosen by a client with enough rights.
 */
const writtenByPlatform: ReadonlySet<FieldName> = new Set<FieldName>([
  'comments_and_work_notes',
  'number',
  'sys_class_name',
  'sys_created_by',
  'sys_created_on',
  'sys_domain',
  'sys_domain_path',
  'sys_id',
  'sys_mod_count',
  'sys_updated_by',
  'sys_updated_on',
]);

/** Longer text is cut without a word. Not verified against an instance of 2026: the lengths are those of the base system. */
const maxLength: ReadonlyMap<FieldName, number> = new Map<FieldName, number>([
  ['close_notes', 4000],
  ['correlation_display', 100],
  ['correlation_id', 100],
  ['description', 4000],
  ['short_description', 160],
]);

/** What a client's value becomes once it is stored, or undefined where the platform drops it. */
export function storedValue(name: FieldName, value: string): string | undefined {
  if (writtenByPlatform.has(name)) return undefined;
  // The configuration item is given by sys_id. Other text ends up as an empty reference, with a 201 all the same
  // (seen in public integrations, not verified against an instance).
  if (name === 'cmdb_ci' && !/^[0-9a-f]{32}$/.test(value)) return '';
  return value.slice(0, maxLength.get(name) ?? value.length);
}
