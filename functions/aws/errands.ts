import { targetKey } from '../../shared/core/model/target.ts';
import type { Hint, Target } from '../../shared/core/model/target.ts';
import type { Message } from './envelope.ts';
import type { Wiring } from './wire.ts';

/** One firewall to look at, and the messages that asked for it. */
export interface Errand {
  readonly target: Target;
  readonly hint: Hint;
  readonly messages: readonly Message[];
}

/** Where one message says to look. Names are looked up here, since an event may know no id. */
async function errandsIn(message: Message, { hear, log, reconcile: { cloud } }: Wiring): Promise<readonly Errand[]> {
  const heard = hear(message.body);
  if (heard.kind === 'ignored') {
    log.info('event ignored', { why: heard.why });
    return [];
  }
  const targets = [...heard.targets];
  for (const named of heard.named) {
    const found = await cloud.find(named);
    if (found.length === 0) log.info('no firewall has this name', { ...named });
    targets.push(...found);
  }
  return targets.map((target) => ({ target, hint: heard.hint, messages: [message] }));
}

function together(a: Errand, b: Errand): Errand {
  const newest = b.hint.at > a.hint.at ? b : a;
  return { ...newest, messages: [...a.messages, ...b.messages] };
}

/**
 * One errand for each firewall: a burst of events about it needs one look. The newest hint is kept, whatever order the
 * queue delivers, since the read shows what the last change left. Whose change is the cause, no hint proves. A message
 * that cannot be heard goes into `failures` with the reason.
 */
export async function errandsOf(
  messages: readonly Message[],
  failures: Map<Message, unknown>,
  wiring: Wiring,
): Promise<readonly Errand[]> {
  const errands = new Map<string, Errand>();
  for (const message of messages) {
    try {
      for (const errand of await errandsIn(message, wiring)) {
        const key = targetKey(errand.target);
        const known = errands.get(key);
        errands.set(key, known === undefined ? errand : together(known, errand));
      }
    } catch (error) {
      failures.set(message, error);
    }
  }
  return [...errands.values()];
}
