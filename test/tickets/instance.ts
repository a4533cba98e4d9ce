import { expect } from 'vitest';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { serveOnLoopback } from '../../local/loopback.ts';
import { createLocalServiceNow } from '../../local/servicenow/server.ts';
import type { LocalServiceNow } from '../../local/servicenow/server.ts';
import { Fault } from '../../shared/base/fault.ts';
import type { FaultKind } from '../../shared/base/fault.ts';
import { ServiceNowTickets } from '../../shared/tickets/servicenow.ts';

export const USER = 'portcullis';
export const PASSWORD = 'pässword: of-nobody%40';

interface Served {
  readonly tickets: ServiceNowTickets;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** An adapter for whatever answers at this application. */
export async function ticketsAt(app: Hono, password = PASSWORD): Promise<Served> {
  const server = await serveOnLoopback(app);
  const { url } = server;
  const tickets = new ServiceNowTickets({ instance: new URL(url), username: USER, password });
  return { tickets, url, close: () => server.close() };
}

export interface ServedInstance extends Served {
  readonly instance: LocalServiceNow;
  /** Every request that reached the instance, as method and address. */
  readonly requests: readonly string[];
  /** A person sets the state of an incident, with a resolution that the base system asks for. */
  readonly setState: (number: string, state: string) => Promise<void>;
  /** What the instance has stored, by number. */
  readonly fieldsOf: (number: string) => Readonly<Record<string, string>>;
}

/** An adapter for the local instance. */
export async function servedInstance(password = PASSWORD): Promise<ServedInstance> {
  const now = (): Date => new Date('2026-11-24T09:30:15Z');
  const instance = createLocalServiceNow({ user: USER, password: PASSWORD, now });
  const requests: string[] = [];
  const counted = new Hono();
  counted.all('*', (c) => {
    requests.push(`${c.req.method} ${c.req.url}`);
    return instance.app.fetch(c.req.raw, c.env);
  });
  const served = await ticketsAt(counted, password);
  const incidentOf = (number: string): Readonly<Record<string, string>> => {
    const found = instance.incidents().find(({ fields }) => fields.number === number);
    if (found === undefined) throw new Error(`no incident \`${number}\``);
    return found.fields;
  };
  const setState = async (number: string, state: string): Promise<void> => {
    const path = `/api/now/table/incident/${incidentOf(number)['sys_id'] ?? ''}`;
    const answer = await fetch(`${served.url}${path}`, {
      method: 'PATCH',
      headers: {
        Authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ state, close_code: 'Solution provided', close_notes: 'done' }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return { ...served, instance, requests, setState, fieldsOf: incidentOf };
}

/** An instance of our own that answers every request of the incident table in its own way. */
export function answering(answer: (c: Context) => Response | Promise<Response>): Hono {
  const app = new Hono();
  app.all('/api/now/table/incident', answer);
  return app;
}

/** What a call met; fails where it met no `Fault` of this kind, or one that gives the login away. */
export async function faultOf(call: Promise<unknown>, kind: FaultKind): Promise<Fault> {
  const met: unknown = await call.then(
    (value) => new Error(`no fault but ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (!(met instanceof Fault)) throw met;
  expect(met.kind).toBe(kind);
  expect(met.message).toMatch(/^[^\n]+$/);
  expectNoSecret(met);
  return met;
}

/** Neither in the message nor in what it was caused by, plain, encoded or as the header carries it. */
function expectNoSecret(error: unknown): void {
  const secrets = [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(`${USER}:${PASSWORD}`).toString('base64')];
  for (let one = error; one instanceof Error; one = one.cause) {
    for (const secret of secrets) expect(`${one.message} ${one.stack ?? ''}`).not.toContain(secret);
  }
}
