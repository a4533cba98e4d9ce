import type { Log } from '../base/log.ts';
import { Fault } from '../base/fault.ts';
import type { Cloud, Lead } from '../clouds/contract.ts';
import type { DesiredBook } from '../core/effective.ts';
import { targetKey } from '../core/model/target.ts';
import type { Hint, Target } from '../core/model/target.ts';
import { inTurn } from './in-turn.ts';
import { followAgain } from './look-again.ts';
import type { LookAgainDeps, LookRequest } from './look-again.ts';
import { noteFailure } from './retry.ts';
import type { Run } from './settle.ts';

export interface VisitsDeps {
  readonly cloud: Cloud;
  readonly desired: DesiredBook;
  readonly log: Log;
  readonly lookAgain: LookAgainDeps;
}

/** One firewall to look at, the newest event that asked for it, and all messages that did. */
export interface Visit<M> {
  readonly target: Target;
  readonly hint: Hint;
  /** Which look this is: 0 for the one that the event asks for. */
  readonly look: number;
  readonly messages: readonly M[];
}

/** What one message says, before leads are followed. */
export interface Asked<M> extends LookRequest {
  readonly message: M;
}

/** A lead and the message that it came in. */
interface Followed<M> {
  readonly lead: Lead;
  readonly message: M;
}

/** Whether a lead may be to blame, so that the others are worth a try of their own. */
function mayBeOneOfThem(error: unknown): boolean {
  return !(error instanceof Fault) || ['malformed', 'unsupported', 'forbidden'].includes(error.kind);
}

/**
 * What each lead touches. All leads of one kind are followed in one go, however many messages they came in; where one of
 * them spoils that, those of each message by themselves.
 */
async function followed<M>(
  asked: readonly Asked<M>[],
  failures: Map<M, unknown>,
  run: Run,
  { cloud, desired }: VisitsDeps,
): Promise<ReadonlyMap<Lead, readonly Target[]>> {
  const found = new Map<Lead, readonly Target[]>();
  const ask = async (some: readonly Followed<M>[]): Promise<void> => {
    const leads = some.map(({ lead }) => lead);
    const targets = await cloud.find(leads, desired.written);
    for (const [index, lead] of leads.entries()) found.set(lead, targets[index] ?? []);
  };
  const all = asked.flatMap(({ leads, message }) => leads.map((lead) => ({ lead, message })));
  for (const alike of Map.groupBy(all, ({ lead }) => lead.kind).values()) {
    const failed = await inTurn([alike], run, ask);
    if (!failed.has(alike)) continue;
    const byMessage = [...Map.groupBy(alike, ({ message }) => message).values()];
    const isAloneBetter = byMessage.length > 1 && mayBeOneOfThem(failed.get(alike));
    const whys = isAloneBetter ? await inTurn(byMessage, run, ask) : failed;
    for (const [some, why] of whys) for (const { message } of some) noteFailure(failures, message, why);
  }
  return found;
}

/** What an event names may be too new to be shown, so leads by which nobody was found are followed again later. */
async function followLostAgain<M>(
  asked: readonly Asked<M>[],
  found: ReadonlyMap<Lead, readonly Target[]>,
  failures: Map<M, unknown>,
  { log, lookAgain }: VisitsDeps,
): Promise<void> {
  for (const { message, leads, hint, look } of asked) {
    const lost = leads.filter((lead) => found.get(lead)?.length === 0);
    for (const { kind, id } of lost) log.info('no firewall found', { by: kind, id });
    await followAgain(lost, { hint, look }, lookAgain).catch((error: unknown) => {
      noteFailure(failures, message, error);
    });
  }
}

/** The newest hint, of two equally new ones the first; and what is owed to an event, where either is the first look at one. */
function together<M>(a: Visit<M>, b: Visit<M>): Visit<M> {
  const newest = b.hint.at > a.hint.at ? b : a;
  return { ...newest, look: Math.min(a.look, b.look), messages: [...a.messages, ...b.messages] };
}

/**
 * One visit to each firewall: a burst of events about it needs one look. The newest hint is kept, whatever order the
 * messages come in, since the read shows what the last change left. Whose change is the cause, no hint proves. A message
 * whose leads cannot be followed goes into `failures` with the reason.
 */
export async function visitsOf<M>(
  asked: readonly Asked<M>[],
  failures: Map<M, unknown>,
  run: Run,
  deps: VisitsDeps,
): Promise<readonly Visit<M>[]> {
  const found = await followed(asked, failures, run, deps);
  await followLostAgain(asked, found, failures, deps);
  const visits = new Map<string, Visit<M>>();
  for (const { message, targets, leads, hint, look } of asked) {
    for (const target of [...targets, ...leads.flatMap((lead) => found.get(lead) ?? [])]) {
      const visit: Visit<M> = { target, hint, look, messages: [message] };
      const known = visits.get(targetKey(target));
      visits.set(targetKey(target), known === undefined ? visit : together(known, visit));
    }
  }
  return [...visits.values()];
}
