import { expect } from 'vitest';
import { loadPolicy } from '../../shared/policy/load.ts';
import type { PolicyFile } from '../../shared/policy/load.ts';
import type { Policy, PolicySet } from '../../shared/core/model/policy.ts';
import { includes } from '../../shared/core/space/addresses.ts';
import type { Addresses } from '../../shared/core/space/addresses.ts';
import { addressOf } from '../../shared/core/space/cidr.ts';

export const NOW = new Date('2026-11-24T12:00:00Z');

/** A policy whose one clause stands on line 6. */
export function allowing(clause: string): string {
  return `version: 1\npolicies:\n  - name: web\n    ingress:\n      allow:\n        - ${clause}\n`;
}

/** A policy that allows a service from anywhere, the service on line 6. */
export function service(text: string): string {
  return allowing(`{ service: ${text}, from: anywhere }`);
}

/** A policy that allows SSH from a peer, the peer on line 6. */
export function peer(text: string): string {
  return allowing(`{ service: tcp/22, from: ${text} }`);
}

/** Keys of one policy, from line 4 on, with an ingress that says something in line 3. */
export function policyWith(keys: string): string {
  return `version: 1\npolicies:\n  - { name: web, ingress: { allow: [] }, ${keys} }\n`;
}

/** Keys of one exception in line 5. */
export function exceptionWith(keys: string): string {
  return `version: 1\npolicies:\n  - { name: web, ingress: { allow: [] } }\nexceptions:\n  - { ${keys} }\n`;
}

export function messagesOf(...texts: readonly string[]): readonly string[] {
  const names = ['web.yaml', 'zone.yaml'];
  const loaded = loadPolicy(
    texts.map((text, index) => ({ name: names[index] ?? `${String(index)}.yaml`, text })),
    NOW,
  );
  return loaded.kind === 'problems' ? loaded.problems.map(({ message }) => message) : [];
}

/** What is broken, the file, and every message of it from the line number on. */
export type BrokenCase = readonly [title: string, text: string, messages: readonly string[]];

export function judgeBroken(_title: string, text: string, messages: readonly string[]): void {
  expect(messagesOf(text)).toEqual(messages.map((message) => `policy \`web.yaml\` line ${message}`));
}

export function setOf(files: readonly PolicyFile[] | string): PolicySet {
  const loaded = loadPolicy(typeof files === 'string' ? [{ name: 'web.yaml', text: files }] : files, NOW);
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.set;
}

export function onlyPolicy(text: string): Policy {
  const [policy, ...more] = setOf(text).policies;
  if (policy === undefined || more.length > 0) throw new Error('expected one policy');
  return policy;
}

/** Which of these addresses are in the set. */
export function inside(who: Addresses, texts: readonly string[]): readonly string[] {
  return texts.filter((text) => includes(who, addressOf(text)!));
}
