import { z } from 'zod';
import { Fault } from '../base/fault.ts';
import type { Ticket, TicketDraft, Tickets } from './contract.ts';

/** Where the instance is and who we are there. Basic authentication of a user with the role `itil`. */
export interface ServiceNowAccess {
  /** `https://INSTANCE.service-now.com`, without a path. */
  readonly instance: URL;
  readonly username: string;
  readonly password: string;
  /** Instead of the network: an instance in this process. */
  readonly fetch?: typeof fetch | undefined;
}

const TIMEOUT_MS = 10_000;

/** An incident that a person has resolved stays active until it is closed, days later, and nobody looks at it any more. */
const RESOLVED = '6';

// Field sizes of the incident table: short_description 160, description 4,000 characters. The second is the documented
// default of the platform and may be larger on an instance; both were not verified on a live one.
const TITLE_SIZE = 160;
const DESCRIPTION_SIZE = 4000;

const incident = z.object({
  sys_id: z.string().regex(/^[0-9a-f]{32}$/),
  number: z.string().regex(/^[A-Z]+\d+$/),
  correlation_id: z.string(),
});
const oneIncident = z.object({ result: incident });
const manyIncidents = z.object({ result: z.array(incident) });

// Text fields are shown to people. Control characters and marks that turn the direction of text are what somebody puts
// into a rule's description to mislead them.
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function plainText(text: string, size: number): string {
  const plain = text.replaceAll('\r\n', '\n').replaceAll(UNPRINTABLE, '\ufffd').toWellFormed();
  return plain.length <= size ? plain : `${plain.slice(0, size - 1).toWellFormed()}…`;
}

function oneLine(text: string, size: number): string {
  return plainText(text.replaceAll(/\s+/g, ' '), size);
}

/**
 * An id goes into a query, where `^` starts another condition and `javascript:` runs on the server, and an empty one
 * fits every incident that has none.
 */
function checkId(correlationId: string): void {
  if (/^[a-z0-9-]{1,100}$/.test(correlationId)) return;
  throw new Fault(
    'malformed',
    'a correlation id is not of the letters `a-z0-9-` or longer than 100; nothing was asked',
  );
}

function faultOfStatus(status: number): Fault | undefined {
  if (status < 300) return undefined;
  const text = `servicenow answered with status ${String(status)}`;
  if (status < 400)
    return new Fault('forbidden', `${text}; redirects are not followed, set the instance's own address`);
  if (status === 401) return new Fault('forbidden', `${text}: the user name or password is not accepted`);
  if (status === 403) return new Fault('forbidden', `${text}: the user may not do this, or a business rule refused it`);
  if (status === 429) return new Fault('throttled', `${text}: the rate limit is reached`);
  if (status >= 500) return new Fault('unavailable', text);
  return new Fault('malformed', `${text}: it did not understand the request`);
}

/** Incidents through ServiceNow's Table API. */
export class ServiceNowTickets implements Tickets {
  readonly #access: ServiceNowAccess;

  constructor(access: ServiceNowAccess) {
    this.#access = access;
  }

  async find(correlationId: string): Promise<Ticket | undefined> {
    checkId(correlationId);
    const url = new URL('/api/now/table/incident', this.#access.instance);
    url.searchParams.set(
      'sysparm_query',
      `correlation_id=${correlationId}^active=true^state!=${RESOLVED}^ORDERBYnumber`,
    );
    url.searchParams.set('sysparm_fields', 'sys_id,number,correlation_id');
    // The limit counts before access rules do, so with 1 a record that the user may not see would hide the one it may.
    url.searchParams.set('sysparm_limit', '10');
    const { result } = await this.#ask(url, { method: 'GET' }, manyIncidents);
    // A part of a query that an instance does not understand is left out in silence, and other people's incidents come
    // back. So the answer is believed only where it carries the id that was asked for.
    const found = result.find(({ correlation_id: id }) => id === correlationId);
    if (found === undefined && result.length > 0) {
      throw new Fault(
        'malformed',
        'servicenow returned incidents that were not asked for; check that the user may read `correlation_id`',
      );
    }
    return found === undefined ? undefined : this.#ticketOf(found);
  }

  async create(draft: TicketDraft): Promise<Ticket> {
    checkId(draft.correlationId);
    const url = new URL('/api/now/table/incident', this.#access.instance);
    const body = JSON.stringify({
      short_description: oneLine(draft.title, TITLE_SIZE),
      description: plainText(draft.description, DESCRIPTION_SIZE),
      impact: String(draft.impact),
      urgency: String(draft.urgency),
      correlation_id: draft.correlationId,
      correlation_display: 'Portcullis',
    });
    const { result } = await this.#ask(url, { method: 'POST', body }, oneIncident);
    // A field that the user may not write is dropped in silence. Without this one, the next run would open a twin.
    if (result.correlation_id !== draft.correlationId) {
      throw new Fault(
        'forbidden',
        `servicenow created \`${result.number}\` but did not keep its \`correlation_id\`; let the user write that field`,
      );
    }
    return this.#ticketOf(result);
  }

  #ticketOf({ sys_id: sysId, number }: z.infer<typeof incident>): Ticket {
    const url = new URL('/nav_to.do', this.#access.instance);
    url.searchParams.set('uri', `incident.do?sys_id=${sysId}`);
    return { number, url: url.href };
  }

  async #ask<T>(url: URL, request: RequestInit, schema: z.ZodType<T>): Promise<T> {
    const { username, password, fetch: send = fetch } = this.#access;
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    };
    let status: number;
    let type: string;
    let text: string;
    try {
      const response = await send(url, {
        ...request,
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      status = response.status;
      type = response.headers.get('content-type') ?? '';
      text = await response.text();
    } catch (error) {
      throw new Fault('unavailable', `servicenow at \`${url.host}\` did not answer`, { cause: error });
    }
    const fault = faultOfStatus(status);
    if (fault !== undefined) throw fault;
    // A sleeping instance answers every request with 200 and a page for people.
    if (!type.includes('json')) {
      throw new Fault(
        'unavailable',
        `servicenow at \`${url.host}\` answered with a page instead of JSON; is the instance asleep?`,
      );
    }
    return answerOf(text, schema);
  }
}

function answerOf<T>(text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Fault('malformed', 'servicenow answered with text that is no JSON', { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, message }) => `\`${path.join('.')}\`: ${message}`).join('; ');
  throw new Fault('malformed', `servicenow's answer is not as documented: ${where}`);
}
