import { it } from 'vitest';
import type { DesiredBook } from '../../shared/core/effective.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { Hint } from '../../shared/core/model/target.ts';
import { expectTickets } from './golden-ticket.ts';
import { firewallWith, HINT, HTTPS_ONLY, policyOf, sceneOf, TARGET, tcpRule, reconcileFor } from './scene.ts';

const NO_SSH = 'deny: [{ service: tcp/22, from: anywhere, why: use the bastion }]';
const ssh = tcpRule('sgr-1', 22, 22, '0.0.0.0/0');
const wide = tcpRule('sgr-2', 20, 30, '203.0.113.0/24');

interface Case {
  readonly firewall: Firewall;
  readonly policy: DesiredBook;
  readonly hint?: Hint | undefined;
}

const CASES: Readonly<Record<string, Case>> = {
  'two-breaches': {
    firewall: firewallWith(tcpRule('sgr-1', 3306, 3306, '0.0.0.0/0'), tcpRule('sgr-2', 22, 22, '0.0.0.0/0')),
    policy: policyOf('enforce', HTTPS_ONLY, NO_SSH),
  },
  egress: {
    firewall: { ...firewallWith(), egress: [{ combine: 'union', rules: [ssh] }] },
    policy: policyOf('enforce', HTTPS_ONLY, 'deny: []\n    egress:\n      allow: [{ service: tcp/443, to: anywhere }]'),
  },
  'no-event': { firewall: firewallWith(ssh), policy: policyOf('enforce', NO_SSH), hint: undefined },
  'pieces-held': { firewall: firewallWith(ssh, wide), policy: policyOf('enforce\n    maxFragments: 1', NO_SSH) },
  'collateral-held': { firewall: firewallWith(wide), policy: policyOf('enforce\n    revert: remove', NO_SSH) },
  'missing-reported': {
    firewall: firewallWith(),
    policy: policyOf('report', 'require: [{ service: tcp/443, from: 10.0.0.0/8, why: the site }]'),
  },
};

/** What a person reads. Renew with `UPDATE_GOLDEN=1 npx vitest run test/app`, and read what changed. */
it.each(Object.entries(CASES))(
  'the ticket of the case `%s` reads well',
  async (name, { firewall, policy, ...more }) => {
    const scene = sceneOf(firewall, policy);
    const entry = await reconcileFor(TARGET, 'hint' in more ? more.hint : HINT, { changes: 0 }, scene.deps);
    await expectTickets(name, entry);
  },
);
