// ChangeRecord -> what was done, in words.
import type { ChangeRecord } from './model/record.ts';
import { recordText } from './records.ts';

/** `narrowed tcp/22 from 0.0.0.0/0 (sgr-1) to tcp/22 from 10.0.0.0/8`; a line for each piece where there are several. */
export function changeTexts({ kind, direction, rule, becomes = [] }: ChangeRecord): readonly string[] {
  const after = becomes.map((record) => recordText(direction, record));
  if (rule === undefined) return after.map((text) => `added ${text}`);
  const before = `${recordText(direction, rule)}${rule.id === undefined ? '' : ` (${rule.id})`}`;
  if (kind === 'remove') return [`removed ${before}`];
  const [only, ...others] = after;
  const done = kind === 'restore' ? 'restored' : 'narrowed';
  if (others.length === 0) return [`${done} ${before} to ${only ?? 'nothing'}`];
  return [`${done} ${before} to`, ...after.map((text) => `  ${text}`)];
}
