import { userInfo } from 'node:os';
import { Fault } from '../shared/base/fault.ts';
import { durationOf } from '../shared/policy/duration.ts';

/** Who asks, and why: options of the verbs that act. */
export interface OperatorOptions {
  readonly by?: string;
  readonly ticket?: string;
}

const LONGEST_NAME = 128;
const LONGEST_REASON = 500;

/** What people write goes into records and tickets, so it is one line that hides nothing. */
function spokenText(option: string, text: string, most: number): string {
  const spoken = text.trim();
  if (spoken === '') throw new Fault('malformed', `${option} is empty; write something that others understand`);
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(spoken)) {
    throw new Fault(
      'malformed',
      `${option} has line breaks or characters that nobody sees; write one line of plain text`,
    );
  }
  if (spoken.length <= most) return spoken;
  throw new Fault(
    'malformed',
    `${option} has ${String(spoken.length)} characters, and ${String(most)} are kept; write it shorter`,
  );
}

function userName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    // A container may run under a number that nobody gave a name.
    throw new Fault('malformed', 'nobody knows who you are here; write `--by NAME`', { cause });
  }
}

/** Who it is that asks. The default is the user of this machine. */
export function operatorOf({ by }: OperatorOptions): string {
  return spokenText('--by', by ?? userName(), LONGEST_NAME);
}

/** The change or incident that says why; undefined where none is written. */
export function ticketOf({ ticket }: OperatorOptions): string | undefined {
  return ticket === undefined ? undefined : spokenText('--ticket', ticket, LONGEST_NAME);
}

export function reasonOf(why: string): string {
  return spokenText('--why', why, LONGEST_REASON);
}

/** `2h` in milliseconds, under the name of its option. */
export function durationMsOf(option: string, text: string): number {
  const duration = durationOf(text);
  if (duration.kind === 'wrong') throw new Fault('malformed', `${option}: ${duration.problem}`);
  if (duration.value > 0) return duration.value;
  throw new Fault('malformed', `${option} \`${text}\` is no time at all; write it like \`30m\` or \`2h\``);
}
