import { ServerResponse } from 'node:http';
import type { Context } from 'hono';

/** Drops the connection of this request without an answer; false where the request did not come over a socket. */
export function dropConnection(c: Context): boolean {
  const env: unknown = c.env;
  if (typeof env !== 'object' || env === null || !('outgoing' in env)) return false;
  const { outgoing } = env;
  if (!(outgoing instanceof ServerResponse)) return false;
  outgoing.destroy();
  return true;
}
