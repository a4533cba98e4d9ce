import type { Command } from 'commander';
import { carryOut } from '../shared/app/by-hand.ts';
import { Fault } from '../shared/base/fault.ts';
import { revertIdOf } from '../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import type { Order, Reverted } from '../shared/core/model/order.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import { addActingOptions, handsIn } from './acting.ts';
import type { ActingOptions } from './acting.ts';
import { entryNamed } from './entry-name.ts';
import { entryStory } from './entry-story.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { grantedText, grantIn, stayingFor } from './granting.ts';
import { operatorOf, ticketOf } from './operator.ts';
import { outcomeOf } from './outcome.ts';
import type { Look } from './page.ts';
import { policySetOf } from './policy.ts';
import { needOrderBook, openRecord, RECORDED } from './stores.ts';

interface RollbackOptions extends ActingOptions {
  readonly for: string;
  readonly force?: true;
}

/** What a revert did. Throws a `Fault` (malformed) where the entry is none, and says what it is instead. */
function revertIn(entry: LedgerEntry): Reverted {
  const { body } = entry;
  const id = revertIdOf(entry);
  if (body.kind === 'reverted') return body;
  const what =
    body.kind === 'intended'
      ? 'was about to change something, and nobody knows yet what came of it; the next sweep finds out'
      : `changed nothing (it is of the kind \`${body.kind}\`), so there is nothing to put back`;
  throw new Fault('malformed', `\`${id}\` ${what}; \`portcullis ledger list --kind reverted\` lists reverts`);
}

/** What to do where the firewall has moved; mostly it was a rollback that moved it. */
async function movedTexts(entry: LedgerEntry, ledger: Ledger): Promise<readonly string[]> {
  const [done] = entryStory(entry, await ledger.entries(entry.target)).rollbacks;
  const force = '`--force` puts it back all the same; rules that the revert had changed are overwritten, others stay';
  return done === undefined ? [force] : [`it was rolled back before, by \`${revertIdOf(done)}\``, force];
}

async function rollback(id: string, options: RollbackOptions, look: Look): Promise<Result> {
  const by = operatorOf(options);
  const ticket = ticketOf(options);
  const ledger = await openRecord(options, RECORDED);
  const orders = await needOrderBook();
  const now = new Date();
  const policy = await policySetOf(options, now);
  const staying = stayingFor('rollback', options.for, policy.guard, now);
  const entry = await entryNamed(id, options, ledger);
  const order: Order = {
    kind: 'rollback',
    by,
    ...(ticket === undefined ? {} : { ticket }),
    ...staying,
    revert: revertIdOf(entry),
    body: revertIn(entry),
    force: options.force === true,
  };
  const { target } = entry;
  const result = await carryOut(
    order,
    target,
    { changes: 0 },
    await handsIn(target.region, policy, { ledger, orders }),
  );
  const outcome = outcomeOf(target, result);
  const isFine = outcome.outcome === 'done' || outcome.outcome === 'nothing';
  return {
    code: isFine ? EXIT.fine : outcome.outcome === 'moved' ? EXIT.found : EXIT.error,
    output: grantedText(outcome, grantIn(result), now, { json: options.json, look }),
    warnings: outcome.outcome === 'moved' ? await movedTexts(entry, ledger) : [],
  };
}

export function addRollback(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addActingOptions(program.command('rollback'))
    .argument('<REVERT-ID>', 'as tickets, `apply` and `ledger list` say it, such as `sg-0123456789abcdef0/7`')
    .summary('put back what a revert took')
    .description(
      'Puts back what a revert took, if the firewall is as the revert left it, and grants it for a while so that it ' +
        'stays. What a firm deny forbids is not put back.',
    )
    .option('--for <DURATION>', 'how long it stays where a policy forbids it', '24h')
    .option('--ticket <TICKET>', 'the change or incident that says why')
    .option('--force', 'also where somebody has changed the firewall since; says what has moved')
    .addHelpText(
      'after',
      `
Exits with 0 if it is put back, with 1 if the firewall has moved, with 2 if it cannot be.

Examples:
  portcullis rollback aws/111122223333/us-east-1/sg-0123456789abcdef0/7 --ticket INC0010023
  portcullis rollback sg-0123456789abcdef0/7 --for 4h --force`,
    );
  verb.action((id: string) => run(rollback(id, verb.opts<RollbackOptions>(), look)));
}
