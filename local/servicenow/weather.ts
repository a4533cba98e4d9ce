import type { Context } from 'hono';
import { errorBodyOf } from './answer.ts';

/** Switches for tests: what is wrong with the instance just now. They may be flipped between any two requests. */
export interface Weather {
  /** 503 from the load balancer; nothing is read or written. */
  down: boolean;
  /** Writes are carried out and their answers are lost: the connection drops, or a 502 where there is no socket. */
  answersLost: boolean;
  /** A sleeping developer instance: 200 with an HTML page, whatever was asked. */
  hibernating: boolean;
  /** The hourly limit of the user is used up. */
  rateLimited: boolean;
}

const requestsPerHour = 500;

/** The answer of an instance that cannot be reached, before it knows who asks. */
export function outageAnswer(weather: Weather, c: Context): Response | undefined {
  if (weather.down) return c.json(errorBodyOf(unavailable), 503);
  if (!weather.hibernating) return undefined;
  return c.html('<!DOCTYPE html><html><head><title>Instance Hibernating page</title></head><body></body></html>', 200);
}

const unavailable = { status: 503, message: 'Service Unavailable', detail: null } as const;

/**
 * 429 with the headers of the documentation's page "Inbound REST API rate limiting" (read 2026-11-24): limits count per
 * hour, so the way back can be an hour long.
 */
export function rateLimitAnswer(c: Context, now: Date): Response {
  const hourMs = 3_600_000;
  const resetMs = (Math.floor(now.getTime() / hourMs) + 1) * hourMs;
  c.header('Retry-After', String(Math.ceil((resetMs - now.getTime()) / 1000)));
  c.header('X-RateLimit-Limit', String(requestsPerHour));
  c.header('X-RateLimit-Reset', String(resetMs / 1000));
  c.header('X-RateLimit-Rule', 'Table API per user');
  const detail = `Rate limit of ${requestsPerHour} requests per hour for Table API exceeded`;
  return c.json(errorBodyOf({ status: 429, message: 'Rate limit exceeded', detail }), 429);
}
