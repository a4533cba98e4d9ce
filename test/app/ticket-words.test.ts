import { describe, expect, it } from 'vitest';
import { ticketTextsOf } from '../../shared/core/ticket-text.ts';
import type { TicketText } from '../../shared/core/ticket-text.ts';
import { firewallWith, HINT, policyOf, sceneOf, TARGET, tcpRule, reconcileFor } from './scene.ts';

const NO_TELNET = 'deny: [{ service: tcp/23, from: anywhere, why: no telnet }]';
/** A second policy, as more lines of the first one's `ingress`. */
const AND_REPORTED_SSH =
  '# and\n  - name: trial\n    mode: report\n    ingress:\n      deny: [{ service: tcp/22, from: anywhere }]';
const LIVE_ON = 'Connections that were open before may live on';

/** The tickets of a run that comes so long after the event. */
async function textsOf(
  passedMs: number,
  ...[firewall, desired]: Parameters<typeof sceneOf>
): Promise<readonly TicketText[]> {
  const scene = sceneOf(firewall, desired);
  // A scene begins 3 s after its event.
  scene.pass(passedMs - 3_000);
  return ticketTextsOf(await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps));
}

/** A firewall with so many rules of one breach. */
function telnetFrom(count: number): ReturnType<typeof firewallWith> {
  const rules = Array.from({ length: count }, (_, index) =>
    tcpRule(`sgr-${String(index)}`, 23, 23, `198.51.100.${String(index * 2)}/32`),
  );
  return firewallWith(...rules);
}

describe('how long a breach was open', () => {
  it.each([
    [-1_000, '0 s'],
    [3_900, '3 s'],
    [119_999, '119 s'],
    [179_999, '2 min'],
    [119.9 * 60_000, '119 min'],
    [179 * 60_000, '2 h'],
  ])('is told as a least, never rounded up: %i ms', async (passedMs, expected) => {
    const [text] = await textsOf(passedMs, telnetFrom(1), policyOf('enforce', NO_TELNET));
    expect(text!.description).toMatch(
      new RegExp(`^Open for    at least ${expected}, counted from the last change`, 'm'),
    );
  });
});

describe('a ticket of several findings', () => {
  it('counts them in its title, before anything that may be cut off', async () => {
    const [text] = await textsOf(3_000, telnetFrom(3), policyOf('report', NO_TELNET));
    expect(text!.title).toMatch(/is open: 3 findings, the first is tcp\/23 from 198\.51\.100\.0\/32$/);
  });

  it('does not count one', async () => {
    const [text] = await textsOf(3_000, telnetFrom(1), policyOf('report', NO_TELNET));
    expect(text!.title).toMatch(/is open: tcp\/23 from 198\.51\.100\.0\/32$/);
  });

  it.each([
    [13, 'and 1 more; the ledger has it too'],
    [14, 'and 2 more; the ledger has them all'],
  ])('lists twelve of %i and counts the rest', async (count, expected) => {
    const [text] = await textsOf(3_000, telnetFrom(count), policyOf('report', NO_TELNET));
    expect(text!.description).toContain(expected);
  });
});

describe('that open connections may live on', () => {
  it('is told where something was closed', async () => {
    const [text] = await textsOf(3_000, telnetFrom(1), policyOf('enforce', NO_TELNET));
    expect(text!.description).toContain(LIVE_ON);
  });

  it('is not told where the policy only reports', async () => {
    const [text] = await textsOf(3_000, telnetFrom(1), policyOf('report', NO_TELNET));
    expect(text!.description).not.toContain(LIVE_ON);
  });

  it('is not told of a breach that stays open beside one that was closed, on the same rule', async () => {
    const firewall = firewallWith(tcpRule('sgr-1', 22, 23, '203.0.113.0/24'));
    const texts = await textsOf(3_000, firewall, policyOf('enforce', NO_TELNET, AND_REPORTED_SSH));
    const [closed, open] = [
      texts.find(({ title }) => title.includes('is closed')),
      texts.find(({ title }) => title.includes('is open')),
    ];
    expect(closed!.description).toContain(LIVE_ON);
    expect(open!.description).not.toContain(LIVE_ON);
  });
});
