import { randomUUID } from 'node:crypto';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { dropConnection } from '../drop-connection.ts';
import { errorBodyOf, linkHeaderOf, recordOf, viewOf } from './answer.ts';
import type { Failure } from './answer.ts';
import { abortOf, newIncident, updatedIncident, writtenFieldsOf } from './incident.ts';
import type { Incident, Written } from './incident.ts';
import { incidentPage, sysIdOfForm } from './page.ts';
import { compareBy, encodedQueryOf, matches, queryOfPairs } from './query.ts';
import { outageAnswer, rateLimitAnswer } from './weather.ts';
import type { Weather } from './weather.ts';

export interface LocalServiceNowOptions {
  readonly user: string;
  readonly password: string;
  readonly now: () => Date;
}

/** A ServiceNow instance with one table, in this process. The members of Weather are switches for tests. */
export interface LocalServiceNow extends Weather {
  readonly app: Hono;
  /** All incidents with their journals, oldest first. */
  incidents(): readonly Incident[];
  /** Every `javascript:` value that reached a query, so that a test sees an injection. */
  readonly evaluated: readonly string[];
  /** Every part of a query that was left out, so that a test sees a misspelt field. */
  readonly ignored: readonly string[];
}

interface Table {
  readonly options: LocalServiceNowOptions;
  readonly weather: Weather;
  /** By sys_id, in the order of creation. */
  readonly incidents: Map<string, Incident>;
  readonly evaluated: string[];
  readonly ignored: string[];
}

const defaultLimit = 10_000;
const firstNumber = 10_001;

/** A local ServiceNow: the Table API of `incident` over HTTP, with Basic authentication. */
export function createLocalServiceNow(options: LocalServiceNowOptions): LocalServiceNow {
  const app = new Hono();
  const incidents = new Map<string, Incident>();
  const evaluated: string[] = [];
  const ignored: string[] = [];
  const local: LocalServiceNow = {
    app,
    incidents: () => [...incidents.values()],
    evaluated,
    ignored,
    down: false,
    answersLost: false,
    hibernating: false,
    rateLimited: false,
  };
  const table: Table = { options, weather: local, incidents, evaluated, ignored };
  addDoor(app, table);
  app.get('/nav_to.do', (c) => {
    const incident = table.incidents.get(sysIdOfForm(c.req.query('uri')) ?? '');
    return incident === undefined ? c.text('no such incident\n', 404) : c.text(incidentPage(incident));
  });
  app.get('/api/now/table/incident', (c) => list(c, table));
  app.post('/api/now/table/incident', (c) => create(c, table));
  app.get('/api/now/table/incident/:sysId', (c) => readOne(c, table));
  app.on(['PATCH', 'PUT'], '/api/now/table/incident/:sysId', (c) => update(c, table));
  app.all('/api/now/table/incident/:sysId?', (c) =>
    fail(c, { status: 405, message: 'Method not supported', detail: 'not modelled by the local instance' }),
  );
  app.all('/api/now/table/:table/:sysId?', (c) =>
    fail(c, { status: 400, message: `Invalid table ${c.req.param('table')}`, detail: null }),
  );
  app.notFound((c) =>
    fail(c, { status: 400, message: 'Requested URI does not represent any resource', detail: c.req.path }),
  );
  return local;
}

/** What every request passes first: the weather, then the credentials, then what is not modelled. */
function addDoor(app: Hono, table: Table): void {
  app.use(async (c, next) => {
    const outage = outageAnswer(table.weather, c);
    if (outage !== undefined) return outage;
    if (!isAuthenticated(c, table.options)) {
      c.header('WWW-Authenticate', 'BASIC realm="Service-now"');
      const detail = 'Required to provide Auth information';
      return fail(c, { status: 401, message: 'User Not Authenticated', detail });
    }
    if (table.weather.rateLimited) return rateLimitAnswer(c, table.options.now());
    for (const name of ['sysparm_display_value', 'sysparm_input_display_value']) {
      const value = c.req.query(name);
      if (value !== undefined && value !== 'false') return fail(c, notModelled(`${name}=${value}`));
    }
    await next();
    return undefined;
  });
}

function isAuthenticated(c: Context, { user, password }: LocalServiceNowOptions): boolean {
  const given = /^Basic (.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
  return Buffer.from(given, 'base64').toString('utf8') === `${user}:${password}`;
}

function list(c: Context, table: Table): Response {
  const url = new URL(c.req.url);
  const pairs = [...url.searchParams].filter(([name]) => !name.startsWith('sysparm_'));
  const query = encodedQueryOf(url.searchParams.get('sysparm_query') ?? queryOfPairs(pairs));
  table.evaluated.push(...query.evaluated);
  table.ignored.push(...query.ignored);
  const [part] = query.notModelled;
  if (part !== undefined) return fail(c, notModelled(part));
  const found = [...table.incidents.values()]
    .filter((incident) => matches(query, incident.fields))
    .sort((a, b) => compareBy(query, a.fields, b.fields));
  const limit = countOf(url.searchParams.get('sysparm_limit')) ?? defaultLimit;
  const offset = countOf(url.searchParams.get('sysparm_offset')) ?? 0;
  c.header('X-Total-Count', String(found.length));
  c.header('Link', linkHeaderOf(url, { offset, limit, total: found.length }));
  const view = viewOf(url);
  return c.json({ result: found.slice(offset, offset + limit).map((incident) => recordOf(incident, view)) });
}

function countOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

async function create(c: Context, table: Table): Promise<Response> {
  const written = await writtenOf(c);
  if ('status' in written) return fail(c, written);
  const identity = {
    sysId: randomUUID().replaceAll('-', ''),
    number: `INC${String(firstNumber + table.incidents.size).padStart(7, '0')}`,
  };
  const incident = newIncident(written, identity, stampOf(table));
  return store(c, table, incident, 201);
}

function readOne(c: Context, table: Table): Response {
  const incident = table.incidents.get(c.req.param('sysId') ?? '');
  if (incident === undefined) return fail(c, noRecord);
  return c.json({ result: recordOf(incident, viewOf(new URL(c.req.url))) });
}

async function update(c: Context, table: Table): Promise<Response> {
  const written = await writtenOf(c);
  if ('status' in written) return fail(c, written);
  // INVARIANT: read after the body has arrived, with no wait before the store, so that two updates at once both count.
  const incident = table.incidents.get(c.req.param('sysId') ?? '');
  if (incident === undefined) return fail(c, noRecord);
  return store(c, table, updatedIncident(incident, written, stampOf(table)), 200);
}

/** Checks the record against the instance's rules, keeps it and answers with it, if the answer is not to be lost. */
function store(c: Context, table: Table, incident: Incident, status: 200 | 201): Response {
  const abort = abortOf(incident);
  if (abort !== undefined) return fail(c, { status: 403, message: 'Operation Failed', detail: abort });
  table.incidents.set(incident.fields.sys_id, incident);
  if (table.weather.answersLost) {
    if (dropConnection(c)) return RESPONSE_ALREADY_SENT;
    return fail(c, { status: 502, message: 'Bad Gateway', detail: null });
  }
  const view = viewOf(new URL(c.req.url));
  if (status === 201) c.header('Location', `${view.origin}/api/now/table/incident/${incident.fields.sys_id}`);
  return c.json({ result: recordOf(incident, view) }, status);
}

async function writtenOf(c: Context): Promise<Written | Failure> {
  const body = jsonOf(await c.req.text());
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    // The message is ServiceNow's (KB0747638); this detail is not verified against an instance.
    return { status: 400, message: 'Exception while reading request', detail: 'The payload is not valid JSON.' };
  }
  const written = writtenFieldsOf({ ...body });
  if (!('badField' in written)) return written;
  const detail = `field \`${written.badField}\` is neither text, number, boolean nor null; write a string`;
  return { status: 400, message: 'Exception while reading request', detail };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON at all gets the same answer as JSON that is not an object.
    return undefined;
  }
}

function stampOf({ options }: Table): { at: Date; user: string } {
  return { at: options.now(), user: options.user };
}

const noRecord: Failure = {
  status: 404,
  message: 'No Record found',
  detail: "Record doesn't exist or ACL restricts the record retrieval",
};

function notModelled(part: string): Failure {
  return { status: 501, message: 'Not modelled', detail: `the local instance does not model \`${part}\`` };
}

function fail(c: Context, failure: Failure): Response {
  return c.json(errorBodyOf(failure), failure.status);
}
