import { describe, expect, it } from 'vitest';
import { entryTexts, kindOf } from '../../cli/entry-words.ts';
import { pastSince, unsettled } from '../../cli/looking-back.ts';
import { carryOut } from '../../shared/app/by-hand.ts';
import type { Order } from '../../shared/core/model/order.ts';
import { trafficQuestionOf } from '../../shared/policy/question.ts';
import { entriesOf, madeUp, swept } from './make-up.ts';
import { dyingAt, firewallWith, ingressOf, policyOf, sceneOf, TARGET, tcpRule } from './scene.ts';
import type { Scene } from './scene.ts';

// Wherever a command dies, nothing is open without a grant that ends, nothing is written that the record has no word of,
// and sweeps bring both to their end.

const CLOSED = ['tcp/443 from 0.0.0.0/0'];
const OPEN = ['tcp/22 from 198.51.100.7/32', ...CLOSED];
const HOUR_MS = 3_600_000;
/** More than an opening has effects: the last ones of these die of nothing. */
const EFFECTS = 16;

function opened(): Scene {
  return sceneOf(
    firewallWith(tcpRule('sgr-1', 443, 443, '0.0.0.0/0')),
    policyOf('enforce', 'allow: [{ service: tcp/443, from: anywhere }]'),
  );
}

function openingIn(scene: Scene): Order {
  const question = trafficQuestionOf('tcp/22 from 198.51.100.7');
  if (question.kind === 'wrong') throw new Error(question.problem);
  const until = new Date(scene.deps.clock.now().getTime() + 2 * HOUR_MS);
  return { kind: 'open', by: 'jo', ticket: 'CHG0030192', grantId: 'g-1', until, question: question.value };
}

/** Whether it came to its end. */
async function dies(scene: Scene, effect: number, when: 'before' | 'after'): Promise<boolean> {
  const count = { left: effect };
  const { deps } = scene;
  const mortal = {
    ...deps,
    cloud: dyingAt(deps.cloud, count, when),
    ledger: dyingAt(deps.ledger, count, when),
    orders: dyingAt(deps.orders, count, when),
  };
  const end = await carryOut(openingIn(scene), TARGET, { changes: 0 }, mortal).catch((error: unknown) => error);
  return !(end instanceof Error);
}

/** What `ledger list` says of it. */
async function told({ ledger }: Scene): Promise<readonly string[]> {
  const { kept } = await pastSince(ledger, new Date(0));
  return unsettled(kept).map(({ entry }) => `${kindOf(entry)}: ${entryTexts(entry)[0] ?? ''}`);
}

describe.each(['before', 'after'] as const)('an opening that dies %s an effect', (when) => {
  it.each(Array.from({ length: EFFECTS }, (_, index) => index + 1))('number %i', async (effect) => {
    const scene = opened();
    await dies(scene, effect, when);
    const isOpen = ingressOf(scene).length > 1;
    const { grants } = await scene.orders.standing();
    if (isOpen) {
      expect(ingressOf(scene)).toEqual(OPEN);
      expect(grants.map(({ id }) => id)).toEqual(['g-1']);
      expect((await told(scene)).join()).toMatch(/^(intended: was about to change|opened: added tcp\/22)/);
    }
    await madeUp(scene);
    expect(ingressOf(scene)).toEqual(isOpen ? OPEN : CLOSED);
    const done = await entriesOf(scene, 'reverted');
    expect(done.map(({ body }) => body.order)).toEqual(
      isOpen ? [{ kind: 'open', by: 'jo', ticket: 'CHG0030192', grant: 'g-1' }] : [],
    );
    expect((await told(scene)).join()).not.toContain('was about to');
    scene.pass(2 * HOUR_MS);
    await swept(scene);
    expect(ingressOf(scene)).toEqual(CLOSED);
  });
});

it('these deaths are all that there are: the last of them is none', async () => {
  const ends = await Promise.all([1, EFFECTS].map((effect) => dies(opened(), effect, 'before')));
  expect(ends).toEqual([false, true]);
});
