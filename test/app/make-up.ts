import { fileTicket } from '../../shared/app/file-ticket.ts';
import { reconcile } from '../../shared/app/reconcile.ts';
import type { Settled } from '../../shared/app/settle.ts';
import { isOutcome } from '../../shared/core/model/ledger.ts';
import type { LedgerBody, LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { Due } from '../../shared/ledger/contract.ts';
import { HINT, TARGET } from './scene.ts';
import type { Scene } from './scene.ts';

export const MINUTE_MS = 60_000;
/** Later than anything can be due. */
const NEVER = new Date(8.64e15);

export async function dueBy({ ledger }: Scene, by: Date): Promise<readonly Due[]> {
  const all: Due[] = [];
  let page: string | undefined;
  do {
    const { rows, next } = await ledger.due(by, page);
    all.push(...rows);
    page = next;
  } while (page !== undefined);
  return all;
}

/** What is due now or at any later time: kind of entry, and in how many seconds. */
export async function dueIn(scene: Scene): Promise<readonly string[]> {
  const nowMs = scene.deps.clock.now().getTime();
  const texts: string[] = [];
  for (const { sequence, due } of await dueBy(scene, NEVER)) {
    const entry = await scene.ledger.entry(TARGET, sequence);
    texts.push(`${entry?.body.kind ?? 'nothing'} in ${String((due.getTime() - nowMs) / 1000)} s`);
  }
  return texts;
}

export function event(scene: Scene, deps = scene.deps): Promise<Settled> {
  return reconcile({ target: TARGET, hint: HINT, quiet: false }, { changes: 0 }, deps);
}

/** A run as a sweep makes it, for what is due by now. */
export async function swept(scene: Scene, deps = scene.deps): Promise<Settled> {
  const owed = (await dueBy(scene, scene.deps.clock.now())).map(({ sequence }) => sequence);
  return reconcile({ target: TARGET, hint: undefined, quiet: true }, { changes: 0 }, deps, owed);
}

/** Files the tickets of all outcomes that are due, now or later, as the function does that hears of them. */
export async function filed(scene: Scene, deps = scene.ticketDeps): Promise<void> {
  for (const { sequence } of await dueBy(scene, NEVER)) {
    const entry = await scene.ledger.entry(TARGET, sequence);
    if (entry !== undefined && isOutcome(entry.body)) await fileTicket(TARGET, sequence, deps);
  }
}

/** What sweeps and tickets make up for, one every quarter of an hour, until nothing is due. Gives how many it took. */
export async function madeUp(scene: Scene): Promise<number> {
  for (let sweeps = 1; sweeps <= 5; sweeps += 1) {
    scene.pass(15 * MINUTE_MS);
    await swept(scene);
    await filed(scene);
    if ((await dueBy(scene, NEVER)).length === 0) return sweeps;
  }
  throw new Error(`this stays due for ever: ${(await dueIn(scene)).join(', ')}`);
}

export async function entriesOf<Kind extends LedgerBody['kind']>(
  { ledger }: Scene,
  kind: Kind,
): Promise<readonly LedgerEntry<Extract<LedgerBody, { readonly kind: Kind }>>[]> {
  const isOf = (entry: LedgerEntry): entry is LedgerEntry<Extract<LedgerBody, { readonly kind: Kind }>> =>
    entry.body.kind === kind;
  return (await ledger.entries(TARGET)).filter(isOf);
}
