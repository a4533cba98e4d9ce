import { isFieldName } from './fields.ts';
import type { FieldName, Fields } from './fields.ts';

type Operator = '!=' | '=' | 'STARTSWITH' | 'ENDSWITH' | 'LIKE' | 'IN' | 'ISEMPTY' | 'ISNOTEMPTY';

interface Condition {
  readonly field: FieldName;
  readonly operator: Operator;
  readonly value: string;
}

interface Order {
  readonly field: FieldName;
  readonly descending: boolean;
}

/** An encoded query: groups (`^NQ`) of clauses (`^`) of alternative conditions (`^OR`). */
export interface EncodedQuery {
  readonly groups: readonly (readonly (readonly Condition[])[])[];
  readonly order: readonly Order[];
  /** Parts that the instance leaves out, because they name no field of the table or have no known form. */
  readonly ignored: readonly string[];
  /** Values that a real instance would run as a script. */
  readonly evaluated: readonly string[];
  /** Parts that a real instance understands and this one does not: the request has to be refused. */
  readonly notModelled: readonly string[];
}

const conditionForm = /^([a-z][a-z0-9_]*)(!=|=|STARTSWITH|ENDSWITH|LIKE|ISEMPTY|ISNOTEMPTY|IN(?!STANCEOF))([^]*)$/;
const orderForm = /^ORDERBY(DESC)?([^]*)$/;
const scriptForm = /^[a-z0-9_.]*(?:!=|=|[A-Z]+)(javascript:[^]*)$/;

/** Forms of the documentation's page "Encoded query strings" (read 2026-11-24) that are not carried out here. */
const notModelledForm =
  /^(?:RLQUERY|JOIN|123TEXTQUERY321|[a-z][a-z0-9_]*(?:\.|<|>|NOT ?(?:LIKE|IN)|CONTAINS|DOESNOTCONTAIN|BETWEEN|N?SAMEAS|INSTANCEOF|ON[A-Z]|ANYTHING|EMPTYSTRING|DYNAMIC|RELATIVE|DATEPART|VALCHANGES|CHANGES|MORETHAN|LESSTHAN|[GL]T_))/;

/**
 * Text of `sysparm_query` -> EncodedQuery. An invalid part is left out and the rest runs, so a misspelt field name
 * widens the answer: the documented behaviour of the real API (page "Table API", read 2026-11-24).
 */
export function encodedQueryOf(text: string): EncodedQuery {
  const groups: Condition[][][] = [[]];
  const order: Order[] = [];
  const ignored: string[] = [];
  const evaluated: string[] = [];
  const notModelled: string[] = [];
  for (const [index, part] of partsOf(text).entries()) {
    if (part === '' || part === 'EQ') continue;
    const ordering = orderOf(part);
    if (ordering !== undefined) {
      order.push(ordering);
      continue;
    }
    const joiner = index === 0 || part.startsWith('ORDERBY') ? '' : (/^(?:OR|NQ)/.exec(part)?.[0] ?? '');
    const body = part.slice(joiner.length);
    if (joiner === 'NQ') groups.push([]);
    const group = groups.at(-1) ?? [];
    // INVARIANT: a part that is left out still opens a clause, so that a following `^OR` does not join an earlier one.
    if (joiner !== 'OR' || group.length === 0) group.push([]);
    const condition = conditionOf(body);
    if (condition !== undefined) group.at(-1)?.push(condition);
    else if (notModelledForm.test(body)) notModelled.push(part);
    else ignored.push(part);
    const script = scriptForm.exec(body)?.[1];
    if (script !== undefined) evaluated.push(script);
  }
  const filled = groups.map((group) => group.filter((clause) => clause.length > 0));
  return { groups: filled, order, ignored, evaluated, notModelled };
}

/** `?number=INC0010001`: fields given as parameters of their own are conditions, all of which have to hold. */
export function queryOfPairs(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([field, value]) => `${field}=${value.replaceAll('^', '^^')}`).join('^');
}

/** Does this record match? A query without a condition matches every record. */
export function matches(query: EncodedQuery, fields: Fields): boolean {
  return query.groups.some((group) => group.every((clause) => clause.some((condition) => holds(condition, fields))));
}

/** How two records are ordered by this query: negative, zero or positive. */
export function compareBy(query: EncodedQuery, a: Fields, b: Fields): number {
  for (const { field, descending } of query.order) {
    if (a[field] === b[field]) continue;
    return a[field] < b[field] === descending ? 1 : -1;
  }
  return 0;
}

/**
 * Cuts at single carets; a doubled caret is one caret of a value. That doubling is what clients do; ServiceNow's own
 * pages do not describe it (not verified against an instance).
 */
function partsOf(text: string): string[] {
  const parts = [''];
  for (const [token] of text.matchAll(/\^\^|\^|[^^]+/g)) {
    if (token === '^') parts.push('');
    else parts.push((parts.pop() ?? '') + (token === '^^' ? '^' : token));
  }
  return parts;
}

function orderOf(part: string): Order | undefined {
  const form = orderForm.exec(part);
  const field = form?.[2] ?? '';
  return isFieldName(field) ? { field, descending: form?.[1] !== undefined } : undefined;
}

function conditionOf(part: string): Condition | undefined {
  const [, field = '', operator = '', value = ''] = conditionForm.exec(part) ?? [];
  return isFieldName(field) && isOperator(operator) ? { field, operator, value } : undefined;
}

function isOperator(text: string): text is Operator {
  return ['!=', '=', 'STARTSWITH', 'ENDSWITH', 'LIKE', 'IN', 'ISEMPTY', 'ISNOTEMPTY'].includes(text);
}

/** Text is compared without regard to case, as on the base system's database (not verified for every operator). */
function holds({ field, operator, value }: Condition, fields: Fields): boolean {
  if (value.startsWith('javascript:')) return false;
  const have = fields[field].toLowerCase();
  const want = value.toLowerCase();
  switch (operator) {
    case '=':
      return have === want;
    case '!=':
      return have !== want;
    case 'LIKE':
      return have.includes(want);
    case 'STARTSWITH':
      return have.startsWith(want);
    case 'ENDSWITH':
      return have.endsWith(want);
    case 'IN':
      return want.split(',').includes(have);
    case 'ISEMPTY':
      return have === '';
    case 'ISNOTEMPTY':
      return have !== '';
  }
}
