import type { Shape } from '../shapes.ts';

const NOTHING = { later: {}, renamed: {}, instead: {} };

export const TEST_FILE: Shape = {
  ...NOTHING,
  noun: 'a test file',
  known: ['version', 'policy', 'firewall', 'at', 'peers', 'tests'],
  renamed: { policies: 'policy', test: 'tests', cases: 'tests', defaults: 'firewall' },
};

export const TEST: Shape = {
  ...NOTHING,
  noun: 'a test',
  known: ['name', 'at', 'firewall', 'rules', 'peers', 'expect'],
  renamed: { now: 'at', time: 'at', group: 'firewall', names: 'peers', expected: 'expect' },
  instead: { ingress: 'rules', egress: 'rules', allowed: 'expect', forbidden: 'expect', after: 'expect' },
};

export const TEST_FIREWALL: Shape = {
  ...NOTHING,
  noun: 'the `firewall` of a test',
  known: ['cloud', 'account', 'region', 'id', 'name', 'tags', 'networks', 'from'],
  renamed: { network: 'networks', vpc: 'networks', vpcs: 'networks', input: 'from', file: 'from', labels: 'tags' },
  instead: { ingress: 'rules', egress: 'rules' },
};

export const RULES: Shape = {
  ...NOTHING,
  noun: 'a list of rules by direction',
  known: ['ingress', 'egress'],
  renamed: { inbound: 'ingress', outbound: 'egress' },
};

export const EXPECT: Shape = {
  ...NOTHING,
  noun: '`expect`',
  known: ['allowed', 'forbidden', 'possible', 'after', 'verdict', 'findings', 'policies'],
  renamed: { allow: 'allowed', deny: 'forbidden', denied: 'forbidden', possibly: 'possible', rules: 'after' },
  instead: { ingress: 'after', egress: 'after' },
};

export const EXPECTED_FLOW: Shape = {
  ...NOTHING,
  noun: 'traffic that is expected',
  known: ['traffic', 'by', 'mode'],
  renamed: { clause: 'by', flow: 'traffic' },
  instead: { service: 'traffic', from: 'traffic', to: 'traffic' },
};
