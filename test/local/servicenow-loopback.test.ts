import { afterEach, describe, expect, it } from 'vitest';
import { serveOnLoopback } from '../../local/loopback.ts';
import { createLocalServiceNow } from '../../local/servicenow/server.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function served() {
  const now = () => new Date('2026-11-24T09:30:15Z');
  const serviceNow = createLocalServiceNow({ user: 'portcullis', password: 'open sesame', now });
  const server = await serveOnLoopback(serviceNow.app);
  open.push(server);
  const send = (method: string, path: string, body?: unknown) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: { Authorization: `Basic ${btoa('portcullis:open sesame')}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { serviceNow, send, url: server.url };
}

describe('over a socket', () => {
  it('points to the new record by an address that can be followed', async () => {
    const { send, url } = await served();
    const created = await send('POST', '/api/now/table/incident', { short_description: 'pörtcullis ✓' });
    expect(created.status).toBe(201);
    const location = created.headers.get('Location') ?? '';
    expect(location.startsWith(`${url}/api/now/table/incident/`)).toBe(true);
    const read = await send('GET', `${location.slice(url.length)}?sysparm_fields=short_description`);
    expect(await read.json()).toEqual({ result: { short_description: 'pörtcullis ✓' } });
  });

  it('drops the connection of a write whose answer is to be lost, once it is carried out', async () => {
    const { serviceNow, send } = await served();
    serviceNow.answersLost = true;
    await expect(send('POST', '/api/now/table/incident', { correlation_id: 'once' })).rejects.toThrow(TypeError);
    const read = await send('GET', '/api/now/table/incident?correlation_id=once&sysparm_fields=number');
    expect(await read.json()).toEqual({ result: [{ number: 'INC0010001' }] });
    serviceNow.answersLost = false;
    expect((await send('POST', '/api/now/table/incident', {})).status).toBe(201);
  });
});
