import { breachOf, isOutcome, isState } from '../core/model/ledger.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import { targetKey } from '../core/model/target.ts';
import type { Kept } from '../ledger/contract.ts';
import type { Publisher } from '../publish/contract.ts';
import { withLease } from './lease.ts';
import { Logbook } from './logbook.ts';
import { lookAt } from './look.ts';
import { settle } from './settle.ts';
import type { Errand, Run, Settled, SettleDeps } from './settle.ts';

export interface ReconcileDeps extends SettleDeps {
  readonly publisher: Publisher;
}

/** Reads may lag behind writes, so a revert counts as verified only by a read that is at least this much later. */
const VERIFY_AFTER_MS = 60_000;
/** How long an outcome may stay untold before it is announced again. */
const TELL_AGAIN_MS = 15 * 60_000;

/** What an entry shows as open for certain, by its breaches; nothing where it shows no state. */
function openIn(body: LedgerBody): readonly string[] {
  const shown = body.kind === 'reverted' ? body.remaining : 'findings' in body && isState(body) ? body.findings : [];
  return shown.filter(({ certainty }) => certainty === 'proven').map(breachOf);
}

/** Whether a later entry shows again what a revert had closed: then nobody may say any more that it held. */
function isUndone({ body }: LedgerEntry, later: readonly LedgerEntry[]): boolean {
  if (body.kind !== 'reverted') return false;
  const left = new Set(openIn(body));
  const closed = new Set(body.findings.map(breachOf).filter((breach) => !left.has(breach)));
  return later.some((entry) => openIn(entry.body).some((breach) => closed.has(breach)));
}

/** The newest revert that holds, and that no later read has confirmed. Its own read may have been too early to show it. */
function unverifiedIn({ known }: Logbook): LedgerEntry | undefined {
  const entries = known.map(({ entry }) => entry);
  const at = entries.findLastIndex(({ body }) => body.kind === 'reverted');
  const reverted = entries[at];
  if (reverted === undefined || isUndone(reverted, entries.slice(at + 1))) return undefined;
  const isConfirmed = entries.some(({ body }) => body.kind === 'verified' && body.reverted === reverted.sequence);
  return isConfirmed ? undefined : reverted;
}

/**
 * Records that a revert holds, where this run's read was late enough to say so. Gives until when what was intended stays
 * due: until a later read has confirmed what came of it. Nothing is due any more where something else became of the
 * firewall.
 */
async function confirm(log: Logbook, { left, readAt }: Settled): Promise<Date | undefined> {
  const reverted = left === 'right' ? unverifiedIn(log) : undefined;
  if (reverted === undefined) return undefined;
  const verifyAt = new Date(reverted.at.getTime() + VERIFY_AFTER_MS);
  if (readAt < verifyAt) return verifyAt;
  await log.append(reverted.hint, { kind: 'verified', reverted: reverted.sequence });
  return undefined;
}

async function markIntents(log: Logbook, due: Date | undefined): Promise<void> {
  for (const { entry, mark } of log.known) {
    if (entry.body.kind === 'intended' && mark.due !== undefined) await log.mark(entry, { ...mark, due });
  }
}

/**
 * Announces one outcome. It is marked before, so that `ticket`, which clears the mark once all is filed, has the last
 * word; a mark that cannot be made keeps nothing from being told. Where it is not taken, it is due again at once.
 */
async function announce({ entry, mark }: Kept, log: Logbook, { publisher, clock }: ReconcileDeps): Promise<void> {
  const { target, sequence, body } = entry;
  const due = new Date(clock.now().getTime() + TELL_AGAIN_MS);
  const refusal = await log.mark(entry, { due, attempts: mark.attempts + 1 }).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  try {
    await publisher.publish({ kind: body.kind, target, sequence });
  } catch (error) {
    if (refusal === undefined) await log.mark(entry, mark).catch(() => undefined);
    throw error;
  }
  if (refusal !== undefined) throw refusal.error;
}

/** Announces what nobody has been told of yet, so that an earlier failure to tell heals itself. */
async function tell(log: Logbook, deps: ReconcileDeps): Promise<void> {
  const now = deps.clock.now();
  // What was never told is due, whatever the clock says: it may have been put back since the entry was made.
  const isDue = ({ entry, mark }: Kept): boolean =>
    isOutcome(entry.body) && mark.due !== undefined && (mark.attempts === 0 || mark.due <= now);
  const refusals: unknown[] = [];
  for (const one of log.known.filter(isDue)) {
    await announce(one, log, deps).catch((error: unknown) => refusals.push(error));
  }
  if (refusals.length > 0) throw refusals[0];
}

/**
 * Brings one firewall back to what the policies ask: read, judge, write only the difference, read again, record, tell.
 * Only the current state decides; the hint goes to the ledger. `owed` are entries of earlier runs that have something
 * due. Throws a `Fault`: `busy` while another worker has the target, otherwise what the cloud, the ledger or the
 * publisher met.
 */
export async function reconcile(
  errand: Errand,
  run: Pick<Run, 'changes'>,
  deps: ReconcileDeps,
  owed: readonly number[] = [],
): Promise<Settled> {
  const { target } = errand;
  return withLease(targetKey(target), deps, async () => {
    // Neither read needs the other, and both are made under the lease.
    const [log, first] = await Promise.all([Logbook.open(target, owed, deps), lookAt(target, deps)]);
    const settled = await settle(errand, log, first, run, deps);
    const due = settled.left === 'unknown' ? undefined : { by: await confirm(log, settled) };
    // People hear of it before intents are marked, since a store that takes no marks may still take entries.
    await tell(log, deps);
    if (due !== undefined) await markIntents(log, due.by);
    return settled;
  });
}
