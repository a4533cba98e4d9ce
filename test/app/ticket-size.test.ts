import { expect, it } from 'vitest';
import { ticketTextsOf } from '../../shared/core/ticket-text.ts';
import { firewallWith, HINT, policyOf, sceneOf, TARGET, tcpRule, reconcileFor } from './scene.ts';

// What ServiceNow's description holds by default; the adapter cuts what is longer, and the end is lost.
const HOLDS = 4000;

/** So many single addresses, no two of which are neighbours. */
function addresses(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `10.${String(Math.floor(index / 100))}.${String((index % 100) * 2)}.1/32`,
  );
}

const NO_TELNET = 'deny: [{ service: tcp/23, from: anywhere, why: no telnet }]';

/** Each makes a list that is as long as the policy or the firewall. */
const LONG: readonly [what: string, ...Parameters<typeof sceneOf>][] = [
  [
    'a rule for all but hundreds of addresses',
    firewallWith(tcpRule('sgr-1', 22, 22, '0.0.0.0/0')),
    policyOf('report', `allow: [{ service: tcp/22, from: [${addresses(400).join(', ')}] }]`),
  ],
  [
    'hundreds of rules',
    firewallWith(...addresses(400).map((cidr, index) => tcpRule(`sgr-${String(index)}`, 23, 23, cidr))),
    policyOf('enforce', NO_TELNET),
  ],
  [
    'a reason of thousands of characters',
    firewallWith(tcpRule('sgr-1', 23, 23, '0.0.0.0/0')),
    policyOf('enforce', `deny: [{ service: tcp/23, from: anywhere, why: "${'because '.repeat(700)}" }]`),
  ],
  [
    'a rule that is narrowed to hundreds',
    firewallWith(tcpRule('sgr-1', 22, 23, '10.0.0.0/8')),
    policyOf('enforce', `deny: [{ service: tcp/23, from: [${addresses(300).join(', ')}] }]`),
  ],
];

it.each(LONG)('the ticket of %s fits, and what stands last is not lost', async (_what, firewall, desired) => {
  const scene = sceneOf(firewall, desired);
  const texts = ticketTextsOf(await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps));
  expect(texts).not.toEqual([]);
  for (const { description } of texts) {
    expect(description.length).toBeLessThanOrEqual(HOLDS);
    for (const label of ['Firewall', 'Found', 'Last change', 'Done', 'Record']) {
      expect(description).toMatch(new RegExp(`^${label} `, 'm'));
    }
  }
});
