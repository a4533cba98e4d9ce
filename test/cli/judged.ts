import { DesiredBook } from '../../shared/core/effective.ts';
import { explanationOf } from '../../shared/core/explain.ts';
import type { Explanation } from '../../shared/core/explain.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import { judgementOf } from '../../shared/core/judge.ts';
import type { Judgement } from '../../shared/core/judge.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { ANYWHERE } from '../../shared/core/space/addresses.ts';
import type { Addresses } from '../../shared/core/space/addresses.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { peerOf } from '../../shared/policy/peer.ts';
import type { Understood } from '../../shared/policy/problem.ts';
import { trafficQuestionOf } from '../../shared/policy/question.ts';
import { serviceOf } from '../../shared/policy/service.ts';
import { TRAITS } from '../core/core-case.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

/** The one prefix list that rules of these tests name, and its two entries. */
export const LIST = 'prefix-list:pl-1';
const ENTRIES = ['198.51.100.7', '203.0.113.7'];

function meant<T>(understood: Understood<T>): T {
  if (understood.kind === 'wrong') throw new Error(understood.problem);
  return understood.value;
}

function addressesOf(texts: readonly string[]): Addresses {
  const all = texts.map((text) => meant(peerOf(text)));
  return { v4: all.flatMap(({ v4 }) => v4), v6: all.flatMap(({ v6 }) => v6) };
}

/** `tcp/22 from 0.0.0.0/0` as a rule; a peer with a colon and no `/` is a name. */
function ruleOf(text: string): Rule {
  const [service = '', peer = ''] = text.split(' from ');
  const [kind = '', id] = peer.split(':');
  return {
    id: text,
    description: '',
    tags: {},
    box: {
      slots: meant(serviceOf(service)),
      sourcePorts: [0, 65536],
      peer:
        id === undefined
          ? { kind: 'addresses', addresses: addressesOf([peer]) }
          : { kind: 'named', name: peerName(kind, id) },
      own: ANYWHERE,
    },
  };
}

function firewallOf(rules: readonly string[]): Firewall {
  const entries = addressesOf(ENTRIES);
  return {
    target: { cloud: 'aws', account: '111122223333', region: 'us-east-1', id: 'sg-1' },
    name: 'web',
    tags: {},
    networks: [],
    version: 'read-1',
    readAt: NOW,
    ingress: [{ combine: 'union', rules: rules.map(ruleOf) }],
    egress: [],
    names: new Map([[peerName('prefix-list', 'pl-1'), { least: entries, most: entries }]]),
    aliases: new Map(),
    unresolved: new Set(),
    managedBy: undefined,
    unread: [],
  };
}

/** A firewall with these ingress rules under these policies: one item of `policies`, in YAML, each. */
export function judged(
  rules: readonly string[],
  policies: readonly string[],
  question = 'tcp/22 from 198.51.100.7',
): { readonly judgement: Judgement; readonly explanation: Explanation } {
  const text = `version: 1\npolicies:\n${policies.map((one) => `  - ${one}\n`).join('')}`;
  const loaded = loadPolicy([{ name: 'web.yaml', text }], NOW);
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const firewall = firewallOf(rules);
  const desired = new DesiredBook(loaded.set).for(firewall, NOW);
  return {
    judgement: judgementOf(firewall, desired, TRAITS, { limits: LIMITS, changesInRun: 0 }),
    explanation: explanationOf(firewall, loaded.set, meant(trafficQuestionOf(question)), NOW),
  };
}
