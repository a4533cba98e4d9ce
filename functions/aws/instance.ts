import type { BatchAnswer } from './answer.ts';
import { listen } from './listen.ts';
import { processWiring } from './wire.ts';

/** Hears of instances that start, and looks at every group on every interface of theirs. */
export async function handler(event: unknown): Promise<BatchAnswer> {
  return listen(event, await processWiring());
}
