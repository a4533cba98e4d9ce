import { describe, expect, it } from 'vitest';
import { reconcile } from '../../shared/app/reconcile.ts';
import { firewallWith, HINT, HTTPS_ONLY, ingressOf, kindsOf, policyOf, sceneOf, TARGET, tcpRule } from './scene.ts';
import type { Scene } from './scene.ts';

const MINUTE_MS = 60_000;
const LEGAL = tcpRule('sgr-1', 443, 443, '0.0.0.0/0');
const SSH = tcpRule('sgr-2', 22, 22, '0.0.0.0/0');

function scene(): Scene {
  // The handling of a policy stands beside its mode.
  return sceneOf(firewallWith(LEGAL, SSH), policyOf('enforce\n    grace: 5m', HTTPS_ONLY));
}

function event({ deps }: Scene): ReturnType<typeof reconcile> {
  return reconcile({ target: TARGET, hint: HINT, quiet: false }, { changes: 0 }, deps);
}

function sweep({ deps }: Scene): ReturnType<typeof reconcile> {
  return reconcile({ target: TARGET, hint: undefined, quiet: true }, { changes: 0 }, deps);
}

function close(one: Scene): void {
  one.cloud.move((firewall) => ({ ...firewall, ingress: [{ combine: 'union', rules: [LEGAL] }] }));
}

function open(one: Scene): void {
  one.cloud.move((firewall) => ({ ...firewall, ingress: [{ combine: 'union', rules: [LEGAL, SSH] }] }));
}

describe('grace', () => {
  it('holds a revert back, and the sweep after it carries it out', async () => {
    const one = scene();
    await event(one);
    one.pass(4 * MINUTE_MS);
    await sweep(one);
    expect(ingressOf(one)).toHaveLength(2);
    one.pass(MINUTE_MS);
    await sweep(one);
    expect(ingressOf(one)).toEqual(['tcp/443 from 0.0.0.0/0']);
    expect(await kindsOf(one)).toEqual(['held', 'intended', 'reverted']);
  });

  it('is dropped where the excess is gone by then, and starts anew where it comes back', async () => {
    const one = scene();
    await event(one);
    close(one);
    one.pass(3 * MINUTE_MS);
    await sweep(one);
    open(one);
    one.pass(3 * MINUTE_MS);
    await sweep(one);
    expect(ingressOf(one)).toHaveLength(2);
    one.pass(5 * MINUTE_MS);
    await sweep(one);
    expect(ingressOf(one)).toHaveLength(1);
  });

  it('does not start anew however many events there are meanwhile', async () => {
    const one = scene();
    for (let minute = 0; minute < 5; minute += 1) {
      for (let times = 0; times < 12; times += 1) await event(one);
      one.pass(MINUTE_MS);
    }
    await sweep(one);
    expect(ingressOf(one)).toHaveLength(1);
  });

  it('goes on while nobody can read the firewall', async () => {
    const one = scene();
    await event(one);
    one.pass(5 * MINUTE_MS);
    await one.ledger.append(TARGET, undefined, { kind: 'unreadable', why: 'no answer' });
    await sweep(one);
    expect(ingressOf(one)).toHaveLength(1);
  });
});
