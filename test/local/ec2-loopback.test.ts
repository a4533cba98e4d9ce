import { request } from 'node:http';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveOnLoopback, type LoopbackServer } from '../../local/loopback.ts';

let server: LoopbackServer;
let reached: string[];

beforeEach(async () => {
  reached = [];
  const app = new Hono();
  app.post('/', async (c) => {
    reached.push(await c.req.text());
    return c.text('done');
  });
  server = await serveOnLoopback(app);
});
afterEach(() => server.close());

/** A request on a connection of its own, with headers that `fetch` would not let through. */
function statusOf(headers: Record<string, string>, body = 'hello'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(server.url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode);
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

test('listens on the loopback address and on a free port', async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(server.url, { method: 'POST', body: 'a' })).text()).toBe('done');
  expect(reached).toEqual(['a']);
});

test.each(['127.0.0.1:1', 'localhost', 'LOCALHOST:8080', '[::1]:80'])('takes the host %s', async (host) => {
  expect(await statusOf({ host })).toBe(200);
});

test.each(['attacker.example.com', '127.0.0.1.example.com', 'localhost.example.com:80', '192.0.2.1', '10.0.0.1:80'])(
  'refuses the host %s',
  async (host) => {
    expect(await statusOf({ host })).toBe(403);
    expect(reached).toEqual([]);
  },
);

test.each(['https://attacker.example.com', 'null', 'http://127.0.0.1:8080'])(
  'refuses the origin %s',
  async (origin) => {
    expect(await statusOf({ origin })).toBe(403);
    expect(reached).toEqual([]);
  },
);

test('refuses a body over one mebibyte, announced or not', async () => {
  const large = 'x'.repeat(1024 * 1024 + 1);
  expect(await statusOf({ 'content-length': String(large.length) }, large)).toBe(413);
  expect(await statusOf({ 'transfer-encoding': 'chunked' }, large)).toBe(413);
  expect(reached).toEqual([]);
  expect(await statusOf({}, large.slice(1))).toBe(200);
});

test('a port that is taken is an error, not another port', async () => {
  const port = Number(new URL(server.url).port);
  await expect(serveOnLoopback(new Hono(), port)).rejects.toThrow(`port ${String(port)} is in use`);
});

test('a closed server answers no more', async () => {
  const other = await serveOnLoopback(new Hono());
  await fetch(other.url);
  await other.close();
  await expect(fetch(other.url)).rejects.toThrow();
});
