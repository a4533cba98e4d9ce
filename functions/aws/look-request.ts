import { z } from 'zod';
import type { LookRequest } from '../../shared/app/look-again.ts';
import { targetShape } from './target.ts';

const KINDS = ['name', 'instance', 'interface', 'network', 'subnet', 'prefix-list'] as const;
const said = z.string().max(10_000);

const lookRequest = z.object({
  targets: z.array(targetShape),
  leads: z.array(targetShape.extend({ kind: z.enum(KINDS) })),
  hint: z.object({
    eventId: said,
    eventName: said,
    at: z.iso.datetime().transform((at) => new Date(at)),
    actor: said,
    sourceAddress: said,
    userAgent: said,
  }),
  look: z.int().nonnegative().max(10),
});

/** The message with which a function asks itself for a look. Undefined for everything else. */
export function lookRequestOf(body: unknown): LookRequest | undefined {
  return lookRequest.safeParse(body).data;
}
