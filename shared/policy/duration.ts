import type { Entry } from './node.ts';
import { nounOf } from './node.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Complaints, Understood } from './problem.ts';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

type Unit = keyof typeof UNIT_MS;
/** A duration as policies write it. */
type DurationText = `${number}${Unit}`;

const EXAMPLE = 'write it like `30s`, `5m`, `24h` or `7d`';

function unitOf(text: string): Unit | undefined {
  switch (text) {
    case 's':
    case 'm':
    case 'h':
    case 'd':
      return text;
    default:
      return undefined;
  }
}

function spelledOut(text: string): string | undefined {
  const [, count = '', word = ''] = /^(\d+)\s*([a-z]+)$/i.exec(text) ?? [];
  const unit = unitOf(word.charAt(0).toLowerCase());
  const isUnit = /^(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)$/i.test(word);
  return isUnit && unit !== undefined ? `${String(Number(count))}${unit}` : undefined;
}

/** `90s`, `5m`, `24h` or `7d` in milliseconds. */
export function durationOf(text: string): Understood<number> {
  const [, count = '', letter = ''] = /^(0|[1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const unit = unitOf(letter);
  if (unit !== undefined) return meaning(Number(count) * UNIT_MS[unit]);
  const meant = spelledOut(text);
  if (meant !== undefined && meant !== text)
    return wrong(`duration ${quoted(text)} is not readable; write \`${meant}\``);
  if (/^\d+$/.test(text)) {
    const all = ['s', 'm', 'h'].map((one) => `\`${text}${one}\``).join(', ');
    return wrong(`duration ${quoted(text)} has no unit; write ${all} or \`${text}d\``);
  }
  if (/^(\d+[smhd]\s*){2,}$/.test(text)) {
    return wrong(
      `duration ${quoted(text)} has more than one unit; write all of it in the smaller one, such as \`90m\``,
    );
  }
  return wrong(`duration ${quoted(text)} is not readable; ${EXAMPLE}`);
}

function msOf(text: DurationText): number {
  const duration = durationOf(text);
  if (duration.kind === 'wrong') throw new Error(duration.problem);
  return duration.value;
}

/** The duration under a key, within bounds, both included. */
export function durationIn(
  entry: Entry,
  least: DurationText,
  most: DurationText,
  complaints: Complaints,
): number | undefined {
  const { key, value } = entry;
  if (value.kind !== 'text' && value.kind !== 'number') {
    complaints.add(value.at, `${quoted(key)} is ${nounOf(value)}, not a duration; ${EXAMPLE}`);
    return undefined;
  }
  const duration = durationOf(value.text);
  if (duration.kind === 'wrong') {
    complaints.add(value.at, `${quoted(key)}: ${duration.problem}`);
    return undefined;
  }
  if (duration.value >= msOf(least) && duration.value <= msOf(most)) return duration.value;
  complaints.add(
    value.at,
    `${quoted(key)} is ${quoted(value.text)}; write a duration from \`${least}\` to \`${most}\``,
  );
  return undefined;
}
