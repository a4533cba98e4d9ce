import { expect } from 'vitest';
import type { PolicySet } from '../../shared/core/model/policy.ts';
import { warningsOf } from '../../shared/policy/lint/lint.ts';
import { NOW, setOf } from './policies.ts';

/** Each warning as `LINE: what is odd`. */
export function warningLines(set: PolicySet): readonly string[] {
  return warningsOf(set, NOW).map(({ file, line, message }) => {
    const spot = `policy \`${file}\` line ${String(line)}: `;
    expect(message.startsWith(spot)).toBe(true);
    return `${String(line)}: ${message.slice(spot.length)}`;
  });
}

/** What is odd, the file, and every warning about it from the line number on. */
export type OddCase = readonly [title: string, text: string, warnings: readonly string[]];

export function judgeOdd(_title: string, text: string, warnings: readonly string[]): void {
  expect(warningLines(setOf(text))).toEqual(warnings);
}

function list(key: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `      ${key}:\n${items.map((item) => `        - { ${item} }\n`).join('')}`;
}

/** One policy that reports. Its `allow` clauses stand on line 6 and on, its `deny` clauses a line behind the last of them. */
export function web(allow: readonly string[], deny: readonly string[] = []): string {
  return `version: 1\npolicies:\n  - name: web\n    ingress:\n${list('allow', allow)}${list('deny', deny)}`;
}
