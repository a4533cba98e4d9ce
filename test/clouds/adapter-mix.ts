import type { Plan } from '../../shared/core/model/plan.ts';
import type { PlainRule } from '../oracle/plain-case.ts';

/** What the cases of one run were like: a law that is asked about plans that change nothing holds for anything. */
export interface AdapterMix {
  cases: number;
  unread: number;
  withChanges: number;
  narrowed: number;
  removed: number;
  added: number;
  /** Some call added rules; edited some in place; took some away; took some away before anything was added. */
  authorized: number;
  edited: number;
  revoked: number;
  revokedFirst: number;
  /** Several calls, so that there was something in between. */
  inSteps: number;
  /** What changed has a rule of a group, of another account's group, of a list, of ICMP, of a protocol by number. */
  ofGroup: number;
  ofForeign: number;
  ofList: number;
  ofIcmp: number;
  ofNumber: number;
  /** EC2 had no room for what was to be added. */
  withoutRoom: number;
}

export function emptyAdapterMix(): AdapterMix {
  return {
    cases: 0,
    unread: 0,
    withChanges: 0,
    narrowed: 0,
    removed: 0,
    added: 0,
    authorized: 0,
    edited: 0,
    revoked: 0,
    revokedFirst: 0,
    inSteps: 0,
    ofGroup: 0,
    ofForeign: 0,
    ofList: 0,
    ofIcmp: 0,
    ofNumber: 0,
    withoutRoom: 0,
  };
}

export function notePlan(mix: AdapterMix, plan: Plan, changed: readonly PlainRule[], actions: readonly string[]): void {
  const count = (key: keyof AdapterMix, isSo: boolean): void => {
    if (isSo) mix[key] += 1;
  };
  count('withChanges', plan.changes.length > 0);
  count(
    'narrowed',
    plan.changes.some(({ kind }) => kind === 'narrow'),
  );
  count(
    'removed',
    plan.changes.some(({ kind }) => kind === 'remove'),
  );
  count(
    'added',
    plan.changes.some(({ kind }) => kind === 'add'),
  );
  count(
    'authorized',
    actions.some((action) => action.startsWith('Authorize')),
  );
  count('edited', actions.includes('ModifySecurityGroupRules'));
  count(
    'revoked',
    actions.some((action) => action.startsWith('Revoke')),
  );
  count('revokedFirst', actions.length > 1 && actions[0]?.startsWith('Revoke') === true);
  count('inSteps', actions.length > 1);
  const names = changed.flatMap(({ peer }) => ('named' in peer ? [peer.named] : []));
  count(
    'ofGroup',
    names.some((name) => name.startsWith('sg:sg-')),
  );
  count(
    'ofForeign',
    names.some((name) => /^sg:\d/.test(name)),
  );
  count(
    'ofList',
    names.some((name) => name.startsWith('prefix-list:')),
  );
  const protocols = changed.map(({ service }) => service.protocol);
  count(
    'ofIcmp',
    protocols.some((protocol) => protocol === 1 || protocol === 58),
  );
  count(
    'ofNumber',
    protocols.some((protocol) => protocol !== 'any' && ![1, 6, 17, 58].includes(protocol)),
  );
}

export function adapterMixText({ cases, ...counts }: AdapterMix): string {
  const shares = Object.entries(counts).map(([name, count]) => `${name} ${String(count)}`);
  return `${String(cases)} cases: ${shares.join(', ')}`;
}

/** What hardly any case had, of what every run has to have. */
export function rareIn(mix: AdapterMix): readonly string[] {
  const least = Math.max(Math.floor(mix.cases / 200), 1);
  return Object.entries(mix).flatMap(([name, count]: [string, number]) => (count < least ? [name] : []));
}
