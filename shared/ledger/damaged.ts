import { Fault } from '../base/fault.ts';
import type { Target } from '../core/model/target.ts';
import type { Damaged } from './contract.ts';
import { targetOf } from './keys.ts';

/** The target that a row names. Where it names none, `id` is what stands in its place. */
function targetIn(text: string): Target {
  try {
    return targetOf(text);
  } catch {
    return { cloud: '', account: '', region: '', id: text };
  }
}

/** What is told of a row that cannot be what was appended. An error that says anything else is thrown on. */
export function damagedOf(target: string, sequence: number, error: unknown): Damaged {
  if (!(error instanceof Fault) || error.kind !== 'malformed') throw error;
  return { target: targetIn(target), sequence, why: error.message };
}
