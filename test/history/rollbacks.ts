import type { Order, Reverted } from '../../shared/core/model/order.ts';
import { revertIdOf } from '../../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { RuleRecord, RulesRecord } from '../../shared/core/model/record.ts';
import { NONE, packetsText } from '../oracle/history-packets.ts';
import type { Packets } from '../oracle/history-packets.ts';
import { standingOf } from '../oracle/history-world.ts';
import type { Standing } from '../oracle/history-world.ts';
import { plainRulesOf } from './plain-world.ts';
import type { HistoryStage } from './stage.ts';

/** The last part of law 6: a rollback restores the image from before the revert, and it stays until its grant ends. */

const MINUTE_MS = 60_000;
const GRANTED_MS = 30 * MINUTE_MS;

interface Done {
  readonly entry: LedgerEntry;
  readonly body: Reverted;
}

/** A group as it stands, or as it would with other rules. */
function standing(stage: HistoryStage, id: string, rules?: RulesRecord): Standing {
  const world = stage.world();
  const group = world.groups.find((one) => one.id === id);
  if (group === undefined) throw new Error(`group \`${id}\` is gone`);
  return standingOf(rules === undefined ? group : { ...group, rules: plainRulesOf(rules) }, world);
}

/** The last revert of each group that took something and that nobody has touched since. */
async function lastReverts(stage: HistoryStage): Promise<readonly Done[]> {
  const done: Done[] = [];
  for (const target of stage.targets()) {
    const entries = await stage.ledger.entries(target);
    const entry = entries.findLast(({ body }) => body.kind === 'reverted');
    if (entry?.body.kind === 'reverted' && entry.body.changes.some(({ kind }) => kind !== 'add')) {
      done.push({ entry, body: entry.body });
    }
  }
  return done;
}

/** The rules that a revert took or narrowed, as they were. People may have taken others meanwhile. */
function takenBy({ changes }: Reverted): RulesRecord {
  return {
    ingress: changes.flatMap(({ rule }): readonly RuleRecord[] => (rule === undefined ? [] : [rule])),
    egress: [],
  };
}

export async function rollbackWrongs(
  stage: HistoryStage,
): Promise<{ readonly rolledBack: number; readonly wrongs: readonly string[] }> {
  const wrongs: string[] = [];
  let rolledBack = 0;
  for (const { entry, body } of await lastReverts(stage)) {
    const { id } = entry.target;
    const open = (): Packets => standing(stage, id).open;
    const expectNone = (what: string, packets: Packets): void => {
      if (packets !== NONE) wrongs.push(`${id}: rollback ${what}: ${packetsText(packets)}`);
    };
    const closed = open();
    const until = new Date(stage.time.now().getTime() + GRANTED_MS);
    const revert = revertIdOf(entry);
    const order: Order = { kind: 'rollback', by: 'jo', grantId: `g-${id}`, until, revert, body, force: false };
    const result = await stage.byHand(order, entry.target);
    stage.tell(`people roll back ${revert}: ${JSON.stringify(result.kind)}`);
    if (result.kind !== 'done') {
      if (result.kind !== 'moved' && result.kind !== 'nothing')
        wrongs.push(`${id}: rollback is ${JSON.stringify(result)}`);
      if (open() !== closed) wrongs.push(`${id}: a rollback that was not made has changed the group`);
      continue;
    }
    rolledBack += 1;
    const restored = open();
    const taken = standing(stage, id, takenBy(body)).open;
    expectNone('has not restored', (taken | closed) & ~restored);
    expectNone('opened what the revert had not taken', restored & ~taken & ~closed);
    await stage.time.advanceBy(16 * MINUTE_MS);
    if (open() !== restored) wrongs.push(`${id}: what was rolled back did not stay`);
    await stage.time.advanceBy(GRANTED_MS);
    const { open: left, forbidden, asked } = standing(stage, id);
    if (asked.isEnforced) expectNone('is open after its grant', left & forbidden);
    expectNone('has cost what was legitimate', closed & ~left);
  }
  return { rolledBack, wrongs };
}
