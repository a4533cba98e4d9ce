import type { Asked } from '../../shared/app/visits.ts';
import type { Message } from './envelope.ts';
import { lookRequestOf } from './look-request.ts';
import type { Wiring } from './wire.ts';

/** What one message asks for: a look that we asked ourselves for, or one where an event says. Undefined for nothing. */
export function askedBy(message: Message, { hear, log }: Wiring): Asked<Message> | undefined {
  const request = lookRequestOf(message.body);
  if (request !== undefined) return { message, ...request };
  const heard = hear(message.body);
  switch (heard.kind) {
    case 'ignored':
      log.info('event ignored', { why: heard.why });
      return undefined;
    case 'clock':
      log.info('event ignored', { why: 'a clock ticked; `sweep` listens to clocks' });
      return undefined;
    case 'targets':
      return { message, targets: heard.targets, leads: heard.leads, hint: heard.hint, look: 0 };
  }
}
