import type { BatchAnswer } from './answer.ts';
import { listen } from './listen.ts';
import { processWiring } from './wire.ts';

/** Hears calls that change what a firewall lets through, or what governs it. */
export async function handler(event: unknown): Promise<BatchAnswer> {
  return listen(event, await processWiring());
}
