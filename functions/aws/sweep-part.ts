import { z } from 'zod';
import { noteFailure } from '../../shared/app/retry.ts';
import { newRun } from '../../shared/app/settle.ts';
import { sweepPart as lookAt } from '../../shared/app/sweep-part.ts';
import type { Part } from '../../shared/app/sweep.ts';
import { Fault } from '../../shared/base/fault.ts';
import { targetKey } from '../../shared/core/model/target.ts';
import { batchAnswer, whyOf } from './answer.ts';
import type { BatchAnswer } from './answer.ts';
import { messagesIn } from './envelope.ts';
import type { Message } from './envelope.ts';
import { targetShape } from './target.ts';
import { processWiring } from './wire.ts';
import type { Wiring } from './wire.ts';

const owed = z.array(z.int().positive());
const part = z.object({ stops: z.array(z.object({ target: targetShape, owed })) });

function partOf(body: unknown): Part {
  const parsed = part.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Fault('malformed', 'the message is no part of a sweep; expected `{ stops: [{ target, owed }] }`');
}

/** Looks at the firewalls of its parts. A part of which something was not seen comes back whole. */
export async function sweepPart(event: unknown, { log, reconcile, answer }: Wiring): Promise<BatchAnswer> {
  const failures = new Map<Message, unknown>();
  const run = newRun(reconcile.clock);
  for (const message of messagesIn(event, failures)) {
    try {
      const { looked, reconciled, unseen } = await lookAt(partOf(message.body), run, reconcile);
      log.info('part swept', { looked, reconciled, unseen: unseen.size });
      for (const [stop, error] of unseen) {
        log.error('firewall not seen', { target: targetKey(stop.target), why: whyOf(error).why });
        noteFailure(failures, message, error);
      }
    } catch (error) {
      failures.set(message, error);
    }
  }
  return batchAnswer(failures, answer);
}

export async function handler(event: unknown): Promise<BatchAnswer> {
  return sweepPart(event, await processWiring());
}
