// Orders <-> the text that is stored and signed.
import { z } from 'zod';
import { GRANT_CAUSES } from '../core/model/grant.ts';
import type { Grant, Pause } from '../core/model/grant.ts';

const VERSION = 1;

const time = z.iso.datetime().transform((text) => new Date(text));
const port = z.int().min(0).max(65_535);
const pair = z.tuple([port, port]);
const traffic = z.strictObject({
  protocol: z.union([z.string(), z.int()]),
  ports: pair.exactOptional(),
  icmp: z.strictObject({ type: z.int(), code: z.int().exactOptional() }).exactOptional(),
  peer: z.string(),
  sourcePorts: pair.exactOptional(),
  own: z.string().exactOptional(),
});
const grant = z.strictObject({
  version: z.literal(VERSION),
  id: z.string(),
  cause: z.enum(GRANT_CAUSES),
  target: z.strictObject({ cloud: z.string(), account: z.string(), region: z.string(), id: z.string() }),
  ingress: z.array(traffic),
  egress: z.array(traffic),
  at: time,
  until: time,
  by: z.string(),
  ticket: z.string().exactOptional(),
  revert: z.string().exactOptional(),
});
const pause = z.strictObject({ version: z.literal(VERSION), at: time, by: z.string(), why: z.string() });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function grantText(order: Grant): string {
  return JSON.stringify({ version: VERSION, ...order });
}

export function pauseText(order: Pause): string {
  return JSON.stringify({ version: VERSION, ...order });
}

/** Undefined where this version does not know what it says. */
export function grantIn(text: string): Grant | undefined {
  const read = grant.safeParse(jsonOf(text));
  if (!read.success) return undefined;
  const { id, cause, target, ingress, egress, at, until, by, ticket, revert } = read.data;
  const why = { ...(ticket === undefined ? {} : { ticket }), ...(revert === undefined ? {} : { revert }) };
  return { id, cause, target, ingress, egress, at, until, by, ...why };
}

export function pauseIn(text: string): Pause | undefined {
  const read = pause.safeParse(jsonOf(text));
  return read.success ? { at: read.data.at, by: read.data.by, why: read.data.why } : undefined;
}
