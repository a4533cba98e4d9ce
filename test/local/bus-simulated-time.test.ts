import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { SimulatedTime } from '../../local/simulated-time.ts';

const start = new Date('2026-11-24T09:00:00Z');

function clock(options: { quietTurns?: number; patienceMs?: number } = {}) {
  const time = new SimulatedTime({ start, ...options });
  const story: string[] = [];
  const say = (what: string) => story.push(`${(time.now().getTime() - start.getTime()) / 1000} ${what}`);
  return { time, story, say };
}

describe('simulated time', () => {
  it('wakes by due time, and those of one time in the order in which they lay down', async () => {
    const { time, story, say } = clock();
    const sleeper = async (name: string, seconds: number) => {
      await time.sleep(seconds * 1000);
      say(name);
    };
    const all = [sleeper('c', 3), sleeper('a', 1), sleeper('b1', 2), sleeper('b2', 2), sleeper('now', 0)];
    await time.untilQuiet();
    await Promise.all(all);
    expect(story).toEqual(['0 now', '1 a', '2 b1', '2 b2', '3 c']);
  });

  it('lets all that follows from one sleeper happen before it wakes the next', async () => {
    const { time, story, say } = clock();
    const app = new Hono();
    app.post('/', async (c) => c.text(`${await c.req.text()}!`));
    const worker = async (name: string) => {
      await time.sleep(1000);
      for (let n = 0; n < 5; n += 1) {
        for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
        const answer = await app.fetch(new Request('http://127.0.0.1/', { method: 'POST', body: name }));
        say(`${await answer.text()}${n}`);
      }
      await time.sleep(0);
      say(`${name} end`);
    };
    const all = ['a', 'b'].map(worker);
    await time.advanceTo(new Date(start.getTime() + 1000));
    await Promise.all(all);
    const rounds = (name: string) => [0, 1, 2, 3, 4].map((n) => `1 ${name}!${n}`);
    expect(story).toEqual([...rounds('a'), ...rounds('b'), '1 a end', '1 b end']);
  });

  it('goes no further than it is told, and stands there', async () => {
    const { time, story, say } = clock();
    const ring = async () => {
      for (;;) {
        await time.sleep(60_000);
        say('ring');
      }
    };
    void ring();
    await time.advanceBy(150_000);
    expect(story).toEqual(['60 ring', '120 ring']);
    expect(time.now()).toEqual(new Date('2026-11-24T09:02:30Z'));
    await time.advanceTo(new Date('2026-11-24T09:03:00Z'));
    expect(story).toEqual(['60 ring', '120 ring', '180 ring']);
    await expect(time.untilQuiet(600_000)).rejects.toThrow('still sleeps after 600000 ms');
  });

  it('moves as far as some work needs', async () => {
    const { time, story, say } = clock();
    void time.sleep(7_200_000).then(() => say('too far'));
    const work = async () => {
      await time.sleep(30_000);
      await time.sleep(30_000);
      return 'done';
    };
    expect(await time.finish(work())).toBe('done');
    expect([time.now(), story]).toEqual([new Date('2026-11-24T09:01:00Z'), []]);
    await expect(time.finish(Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
    const { time: other } = clock();
    await expect(other.finish(new Promise(() => undefined))).rejects.toThrow('nobody sleeps');
  });

  it('forgets a sleeper whose signal is aborted', async () => {
    const { time } = clock();
    const ending = new AbortController();
    const sleep = time.sleep(1000, ending.signal);
    ending.abort();
    await expect(sleep).rejects.toMatchObject({ name: 'AbortError' });
    await expect(time.sleep(1000, ending.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await time.untilQuiet();
    expect(time.now()).toEqual(start);
  });

  it('waits for calls outside of the process that it is told of, and says so where one never ends', async () => {
    const { time, story, say } = clock();
    const { time: hasty } = clock({ patienceMs: 20 });
    const server = createServer((_request, response) => setImmediate(() => response.end('pong')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const worker = async () => {
      await time.sleep(1000);
      say(await time.outside('ping', async () => (await fetch(url)).text()));
    };
    const all = [worker(), time.sleep(2000).then(() => say('next'))];
    await time.untilQuiet();
    await Promise.all(all);
    expect(story).toEqual(['1 pong', '2 next']);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    void hasty.outside('for ever', () => new Promise(() => undefined));
    await expect(hasty.advanceBy(1)).rejects.toThrow('`for ever #');
  });

  it('is moved by one at a time, and only by finite times', async () => {
    const { time } = clock();
    const first = time.advanceBy(1000);
    await expect(time.advanceBy(1000)).rejects.toThrow('twice at once');
    await first;
    expect(() => time.sleep(Number.NaN)).toThrow('finite');
  });
});
