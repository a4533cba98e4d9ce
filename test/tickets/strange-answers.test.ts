import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Fault, FaultKind } from '../../shared/base/fault.ts';
import { ServiceNowTickets } from '../../shared/tickets/servicenow.ts';
import { draftOf, idOf } from './contract.ts';
import { answering, faultOf, PASSWORD, ticketsAt, USER } from './instance.ts';

const SYS_ID = '0123456789abcdef0123456789abcdef';
const OURS = { sys_id: SYS_ID, number: 'INC0010001', correlation_id: idOf(1) };
const STRANGERS = { ...OURS, number: 'INC0000042', correlation_id: '' };

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function at(answer: (c: Context) => Response | Promise<Response>): Promise<ServiceNowTickets> {
  const served = await ticketsAt(answering(answer));
  open.push(served);
  return served.tickets;
}

function json(text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'Content-Type': 'application/json;charset=UTF-8' } });
}

describe('an instance that leaves out a part of the query', () => {
  it.each([
    ["other people's incident", [STRANGERS]],
    ['an incident whose correlation id only begins like ours', [{ ...OURS, correlation_id: `${idOf(1)}0` }]],
    ['an incident whose correlation id is spelled with capitals', [{ ...OURS, correlation_id: idOf(1).toUpperCase() }]],
    ['many incidents, none of them ours', [STRANGERS, { ...STRANGERS, number: 'INC0000043' }]],
  ])('and gives %s: refused, nothing is taken for ours', async (_what, result) => {
    const tickets = await at((c) => c.json({ result }));
    const fault = await faultOf(tickets.find(idOf(1)), 'malformed');
    expect(fault.message).toMatch(/not asked for.*`correlation_id`/);
  });

  it('and gives ours among others: ours is found', async () => {
    const tickets = await at((c) => c.json({ result: [STRANGERS, OURS] }));
    expect((await tickets.find(idOf(1)))?.number).toBe('INC0010001');
  });
});

describe('an instance on which a field may not be used', () => {
  it.each([
    ['empty', ''],
    ['cut', idOf(1).slice(0, 40)],
    ['of another', idOf(2)],
  ])('keeps a correlation id that is %s: refused, and the incident is named for a person', async (_what, kept) => {
    const tickets = await at((c) => c.json({ result: { ...OURS, correlation_id: kept } }, 201));
    const fault = await faultOf(tickets.create(draftOf(idOf(1))), 'forbidden');
    expect(fault.message).toMatch(/`INC0010001`.*`correlation_id`/);
  });

  it.each(['sys_id', 'number', 'correlation_id'] as const)('hides `%s`: refused by name', async (field) => {
    const rest = Object.fromEntries(Object.entries(OURS).filter(([name]) => name !== field));
    const found = await at((c) => c.json({ result: [rest] }));
    expect((await faultOf(found.find(idOf(1)), 'malformed')).message).toContain(field);
    const created = await at((c) => c.json({ result: rest }, 201));
    expect((await faultOf(created.create(draftOf(idOf(1))), 'malformed')).message).toContain(field);
  });
});

describe('an answer that is not as documented', () => {
  const neither: readonly [what: string, text: string][] = [
    ['no text at all', ''],
    ['half an answer', '{"result": [{"sys_id": "0123'],
    ['a word', 'null'],
    ['a number', '0'],
    ['a text', '"result"'],
    ['a list without its envelope', `[${JSON.stringify(OURS)}]`],
    ['an object without a result', '{}'],
    ['no result', '{"result": null}'],
    ['an error with a status of success', '{"error": {"message": "no", "detail": null}, "status": "failure"}'],
    ['a number that is a script', JSON.stringify({ result: { ...OURS, number: '<script>' } })],
    ['a sys_id that leads elsewhere', JSON.stringify({ result: { ...OURS, sys_id: '../../logout.do?x=' } })],
    ['references where text was asked for', JSON.stringify({ result: { ...OURS, number: { link: 'x', value: 'y' } } })],
  ];

  it.each(neither)('is refused by find: %s', async (_what, text) => {
    const tickets = await at(() => json(text));
    await faultOf(tickets.find(idOf(1)), 'malformed');
  });

  it.each(neither)('is refused by create: %s', async (_what, text) => {
    const tickets = await at(() => json(text, 201));
    await faultOf(tickets.create(draftOf(idOf(1))), 'malformed');
  });

  it.each([
    ['find', (tickets: ServiceNowTickets) => tickets.find(idOf(1)), { result: OURS }],
    ['create', (tickets: ServiceNowTickets) => tickets.create(draftOf(idOf(1))), { result: [OURS] }],
  ] as const)('is refused by %s where one incident and many are confused', async (_name, call, answer) => {
    const tickets = await at((c) => c.json(answer));
    await faultOf(call(tickets), 'malformed');
  });

  it('does not put the whole answer into the message', async () => {
    const tickets = await at(() => json(`{"result": "${'secret of another '.repeat(1000)}"}`));
    const { message } = await faultOf(tickets.find(idOf(1)), 'malformed');
    expect(message.length).toBeLessThan(500);
    expect(message).not.toContain('secret of another');
  });

  it('is a page for people with the status of success: taken for an instance that is asleep', async () => {
    const tickets = await at((c) => c.html('<html>Instance hibernating</html>'));
    await faultOf(tickets.create(draftOf(idOf(1))), 'unavailable');
  });
});

describe('a status', () => {
  const kinds: readonly [status: number, kind: FaultKind][] = [
    [400, 'malformed'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'malformed'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
  ];

  it.each(kinds)('of %d is %s, for find and create, whatever else the answer says', async (status, kind) => {
    const tickets = await at(() => json(JSON.stringify({ result: OURS }), status));
    const text = new RegExp(`status ${String(status)}`);
    expect((await faultOf(tickets.find(idOf(1)), kind)).message).toMatch(text);
    expect((await faultOf(tickets.create(draftOf(idOf(1))), kind)).message).toMatch(text);
  });

  it('of a proxy in the way, with a page, is no login problem', async () => {
    const tickets = await at((c) => c.html('<html>Bad gateway</html>', 502));
    await faultOf(tickets.find(idOf(1)), 'unavailable');
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%d is not followed, so the login goes nowhere else', async (status) => {
    const received: string[] = [];
    const elsewhere = new Hono();
    elsewhere.all('*', (c) => {
      received.push(`${c.req.method} ${c.req.header('Authorization') ?? 'no login'}`);
      return c.json({ result: [OURS] });
    });
    const other = await ticketsAt(elsewhere);
    open.push(other);
    const tickets = await at(
      () => new Response(null, { status, headers: { Location: `${other.url}/api/now/table/incident` } }),
    );
    const faults: Fault[] = [
      await faultOf(tickets.find(idOf(1)), 'forbidden'),
      await faultOf(tickets.create(draftOf(idOf(1))), 'forbidden'),
    ];
    for (const { message } of faults) expect(message).toMatch(/redirect/);
    expect(received).toEqual([]);
  });
});

describe('a request', () => {
  it('asks for one answer in JSON, as the user that was given', async () => {
    const seen: { method: string; login: string; accept: string; path: string }[] = [];
    const tickets = await at(async (c) => {
      const login = Buffer.from((c.req.header('Authorization') ?? '').replace('Basic ', ''), 'base64').toString('utf8');
      seen.push({ method: c.req.method, login, accept: c.req.header('Accept') ?? '', path: c.req.path });
      await c.req.text();
      return c.req.method === 'POST' ? c.json({ result: OURS }, 201) : c.json({ result: [OURS] });
    });
    await tickets.find(idOf(1));
    await tickets.create(draftOf(idOf(1)));
    const expected = { login: `${USER}:${PASSWORD}`, accept: 'application/json', path: '/api/now/table/incident' };
    expect(seen).toEqual([
      { method: 'GET', ...expected },
      { method: 'POST', ...expected },
    ]);
  });

  it('that loses its connection half way through the answer is unavailable', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
      response.write('{"result": [', () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () =>
        new Promise((resolve) =>
          server.close(() => {
            resolve();
          }),
        ),
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const instance = new URL(`http://127.0.0.1:${String(address.port)}`);
    const tickets = new ServiceNowTickets({ instance, username: USER, password: PASSWORD });
    await faultOf(tickets.find(idOf(1)), 'unavailable');
  });
});
