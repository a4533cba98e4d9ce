import { it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { peerName } from '../../shared/core/model/rule.ts';
import { ALL_PORTS, ANY_PROTOCOL } from '../../shared/core/space/slots.ts';
import { ANYWHERE } from '../../shared/core/space/addresses.ts';
import type { DesiredBook } from '../../shared/core/effective.ts';
import { expectTickets } from './golden-ticket.ts';
import { firewallWith, HINT, HTTPS_ONLY, policyOf, sceneOf, TARGET, tcpRule, reconcileFor } from './scene.ts';
import type { Scene } from './scene.ts';

const half = firewallWith(tcpRule('sgr-1', 443, 444, '0.0.0.0/0'));
const everything: Firewall = firewallWith({
  ...tcpRule('sgr-1', 0, 0, '0.0.0.0/0'),
  box: { ...tcpRule('sgr-1', 0, 0, '203.0.113.0/24').box, slots: ANY_PROTOCOL },
});
const members: Firewall = firewallWith({
  ...tcpRule('sgr-1', 22, 22, '0.0.0.0/0'),
  box: {
    slots: tcpRule('sgr-1', 22, 22, '0.0.0.0/0').box.slots,
    sourcePorts: ALL_PORTS,
    peer: { kind: 'named', name: peerName('sg', 'sg-0fedcba9876543210') },
    own: ANYWHERE,
  },
});
const unread: Firewall = {
  ...firewallWith(),
  unread: [{ direction: 'ingress', rule: 'sgr-9', why: 'protocol `tcpx` is not known' }],
};
const noTelnet = 'deny: [{ service: tcp/23, from: anywhere, why: no telnet }]';
const site = 'require: [{ service: tcp/443, from: 10.0.0.0/8, why: the site }]';

interface Case {
  readonly firewall: Firewall;
  readonly policy: DesiredBook;
  readonly prepare?: (scene: Scene) => void;
}

const CASES: Readonly<Record<string, Case>> = {
  reverted: { firewall: half, policy: policyOf('enforce', HTTPS_ONLY) },
  collateral: { firewall: everything, policy: policyOf('enforce', noTelnet) },
  reported: { firewall: half, policy: policyOf('report', HTTPS_ONLY) },
  held: {
    firewall: firewallWith(
      ...Array.from({ length: 21 }, (_, index) =>
        tcpRule(`sgr-${String(index)}`, 23, 23, `198.51.100.${String(index)}/32`),
      ),
    ),
    policy: policyOf('enforce', noTelnet),
  },
  failed: {
    firewall: half,
    policy: policyOf('enforce', HTTPS_ONLY),
    prepare: ({ cloud }) => {
      cloud.refusal = 'the role may not call `ec2:ModifySecurityGroupRules`; allow it in the role of `change`';
    },
  },
  missing: { firewall: firewallWith(), policy: policyOf('enforce', site) },
  possible: {
    firewall: members,
    policy: policyOf('enforce', 'allow: [{ service: tcp/22, from: 10.0.0.0/8 }]'),
  },
  unreadable: {
    firewall: half,
    policy: policyOf('enforce', HTTPS_ONLY),
    prepare: ({ cloud }) => {
      cloud.fault = new Fault('forbidden', 'read `sg-0123456789abcdef0`: EC2 answered `UnauthorizedOperation`');
    },
  },
  unread: { firewall: unread, policy: policyOf('enforce', HTTPS_ONLY) },
};

/** What a person reads. Renew with `UPDATE_GOLDEN=1 npx vitest run test/app`, and read what changed. */
it.each(Object.entries(CASES))(
  'the ticket of a breach that is %s reads well',
  async (name, { firewall, policy, prepare }) => {
    const scene = sceneOf(firewall, policy);
    prepare?.(scene);
    const entry = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    await expectTickets(name, entry);
  },
);
