import { describe, expect, it } from 'vitest';
import { peerName } from '../../shared/core/model/rule.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import { ticketTextsOf } from '../../shared/core/ticket-text.ts';
import { firewallWith, HINT, policyOf, sceneOf, TARGET, tcpRule, reconcileFor } from './scene.ts';

// One clause is one breach and one ticket, although its findings may be as different as what was closed, what may be
// open, and what is held.

const OFFICE_ONLY = 'allow: [{ service: tcp/22, from: 10.0.0.0/8 }]';

/** A rule for the members of a group whose network is known: some of them may be allowed on 22, nobody is on 23. */
const members: Rule = {
  ...tcpRule('sgr-1', 22, 23, '0.0.0.0/0'),
  box: {
    ...tcpRule('sgr-1', 22, 23, '0.0.0.0/0').box,
    peer: { kind: 'named', name: peerName('sg', 'sg-0fedcba9876543210') },
  },
};

describe('a rule of which a part is proven and a part is possible', () => {
  it('is told of whole: what was closed, and what may still be open', async () => {
    const scene = sceneOf(firewallWith(members), policyOf('enforce', OFFICE_ONLY));
    const entry = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    expect(entry.body.kind).toBe('reverted');
    const findings = entry.body.kind === 'reverted' ? entry.body.findings : [];
    expect(new Set(findings.map(({ text, certainty }) => `${certainty} ${text}`))).toEqual(
      new Set(['proven tcp/23 from sg:sg-0fedcba9876543210', 'possible tcp/22 from sg:sg-0fedcba9876543210']),
    );
    const [text, ...more] = ticketTextsOf(entry);
    expect(more).toEqual([]);
    expect(text?.title).toContain('may be open: tcp/22 from sg:');
    for (const part of ['tcp/23 from sg:', 'tcp/22 from sg:', 'narrowed tcp/22-23 from sg:']) {
      expect(text?.description).toContain(part);
    }
    expect(text?.description).not.toMatch(/^Done +nothing/m);
  });

  it('is as urgent as what is left of it', async () => {
    const scene = sceneOf(firewallWith(members), policyOf('enforce', OFFICE_ONLY));
    const entry = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    // Something was open for certain, so somebody should look soon; nothing is open for certain, so not at once.
    expect(ticketTextsOf(entry).map(({ urgency }) => urgency)).toEqual([2]);
  });
});

describe('two rules of one breach', () => {
  it('which were both closed are both named, and the ticket is closed in its title', async () => {
    const scene = sceneOf(
      firewallWith(tcpRule('sgr-1', 22, 22, '0.0.0.0/0'), tcpRule('sgr-2', 20, 30, '203.0.113.0/24')),
      policyOf('enforce', OFFICE_ONLY),
    );
    const entry = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    const [text, ...more] = ticketTextsOf(entry);
    expect(more).toEqual([]);
    expect(text?.title).toContain('was open, and is closed');
    expect(text?.description).toContain('narrowed tcp/22 from 0.0.0.0/0 (sgr-1) to tcp/22 from 10.0.0.0/8');
    expect(text?.description).toContain('removed tcp/20-30 from 203.0.113.0/24 (sgr-2)');
  });
});

describe('two findings of one entry', () => {
  it('never share an id, so that whoever keeps them by id loses none', async () => {
    const scene = sceneOf(firewallWith(members), policyOf('report', OFFICE_ONLY));
    const entry = await reconcileFor(TARGET, HINT, { changes: 0 }, scene.deps);
    const findings = entry.body.kind === 'held' ? entry.body.findings : [];
    expect(findings.length).toBe(2);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
  });
});
