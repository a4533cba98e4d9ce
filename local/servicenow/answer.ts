import { fieldNames, isFieldName, referencedTable } from './fields.ts';
import type { FieldName } from './fields.ts';
import type { Incident } from './incident.ts';

/** What a request says about the form of the records in its answer. */
export interface View {
  /** The scheme and host under which the client reached the instance: links start with it. */
  readonly origin: string;
  readonly fields: readonly FieldName[];
  readonly excludeReferenceLink: boolean;
}

interface Reference {
  readonly link: string;
  readonly value: string;
}

type WireValue = string | Reference;

/** One way a request fails, in the shape that every error of the Table API has. */
export interface Failure {
  readonly status: 400 | 401 | 403 | 404 | 405 | 429 | 501 | 502 | 503;
  readonly message: string;
  readonly detail: string | null;
}

/** Parameters of a request -> View. Unknown names in `sysparm_fields` are ignored, as documented. */
export function viewOf(url: URL): View {
  const asked = url.searchParams.get('sysparm_fields') ?? '';
  return {
    origin: url.origin,
    fields:
      asked === ''
        ? fieldNames
        : asked
            .split(',')
            .map((name) => name.trim())
            .filter(isFieldName),
    excludeReferenceLink: url.searchParams.get('sysparm_exclude_reference_link') === 'true',
  };
}

/** An incident as its JSON record. */
export function recordOf(incident: Incident, view: View): Readonly<Record<string, WireValue>> {
  return Object.fromEntries(view.fields.map((name) => [name, wireValueOf(name, incident, view)]));
}

function wireValueOf(name: FieldName, incident: Incident, view: View): WireValue {
  const value = incident.fields[name];
  const table = referencedTable.get(name);
  if (table === undefined || value === '' || view.excludeReferenceLink) return value;
  const reference: Reference = { link: `${view.origin}/api/now/table/${table}/${value}`, value };
  return reference;
}

/** The body of an error. */
export function errorBodyOf(failure: Failure): object {
  return { error: { message: failure.message, detail: failure.detail }, status: 'failure' };
}

/** `Link` header of a page: first, previous, next and last page, so far as they exist. */
export function linkHeaderOf(url: URL, page: { offset: number; limit: number; total: number }): string {
  const { offset, limit, total } = page;
  if (limit <= 0) return '';
  const last = Math.max(0, Math.floor((total - 1) / limit) * limit);
  const links: [string, number][] = [['first', 0]];
  if (offset > 0) links.push(['prev', Math.max(0, offset - limit)]);
  if (offset + limit < total) links.push(['next', offset + limit]);
  links.push(['last', last]);
  return links.map(([rel, at]) => `<${pageUrl(url, limit, at)}>;rel="${rel}"`).join(',');
}

function pageUrl(url: URL, limit: number, offset: number): string {
  const page = new URL(url);
  page.searchParams.set('sysparm_limit', String(limit));
  page.searchParams.set('sysparm_offset', String(offset));
  return page.href;
}
