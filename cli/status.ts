import type { Command } from 'commander';
import type { Pause } from '../shared/core/model/grant.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { Standing } from '../shared/grants/contract.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import { addLedgerOption } from './acting.ts';
import { kindOf } from './entry-words.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { datedOf } from './grants-page.ts';
import { placeText } from './heading.ts';
import { rejectedText } from './judging.ts';
import { pastSince, unsettled } from './looking-back.ts';
import { addPolicyPath, JSON_HELP } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { policySetOf } from './policy.ts';
import { statusLines } from './status-page.ts';
import type { LedgerStatus, Status } from './status-page.ts';
import { hasLedger, hasOrderBook, openOrderBook, openRecord } from './stores.ts';
import type { LedgerOptions } from './stores.ts';
import { visibleJson } from './visible.ts';

interface StatusOptions extends LedgerOptions {
  readonly policy?: readonly string[];
  readonly json?: true;
}

const DAY_MS = 24 * 60 * 60 * 1000;

async function ledgerStatus(ledger: Ledger, now: Date): Promise<LedgerStatus> {
  let due = 0;
  let dueSince: string | null = null;
  let page: string | undefined;
  do {
    const read = await ledger.due(now, page);
    dueSince ??= read.rows[0]?.due.toISOString() ?? null;
    due += read.rows.length;
    page = read.next;
  } while (page !== undefined);
  const { kept, damaged } = await pastSince(ledger, new Date(now.getTime() - DAY_MS));
  const lastDay = new Map<string, number>();
  for (const { entry } of unsettled(kept)) lastDay.set(kindOf(entry), (lastDay.get(kindOf(entry)) ?? 0) + 1);
  return { due, dueSince, lastDay: Object.fromEntries([...lastDay].sort()), damaged: damaged.length };
}

function pauseRecord(pause: Pause | undefined): Status['pause'] {
  return pause === undefined ? null : { by: pause.by, at: pause.at.toISOString(), why: pause.why };
}

function ordersStatus({ grants, rejected }: Standing, { guard }: PolicySet, now: Date): Status['orders'] {
  const live = grants.filter((grant) => datedOf(grant, guard, now).isLive);
  return { grants: live.length, rejected: rejected.length };
}

async function status(options: StatusOptions, look: Look): Promise<Result> {
  const now = new Date();
  const policy = await policySetOf(options, now);
  const standing = hasOrderBook() ? await (await openOrderBook()).standing() : undefined;
  const why = 'without it nobody can say what was done';
  const ledger = hasLedger(options) ? await ledgerStatus(await openRecord(options, why), now) : null;
  const document: Status = {
    version: 1,
    at: now.toISOString(),
    pause: pauseRecord(standing?.pause),
    pausedByPolicy: policy.paused,
    orders: standing === undefined ? null : ordersStatus(standing, policy, now),
    policies: policy.policies.map(({ name, place, mode }) => ({ policy: name, at: placeText(place), mode })),
    ledger,
  };
  return {
    code: EXIT.fine,
    output: options.json === true ? `${visibleJson(document)}\n` : pageText(statusLines(document, look), look),
    warnings: (standing?.rejected ?? []).map(rejectedText),
  };
}

export function addStatus(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addLedgerOption(addPolicyPath(program.command('status')))
    .summary('say whether changes are made, and what was done of late')
    .description(
      'Says whether everything is paused, which policies act, what is granted, and what the record has of the last day.',
    )
    .option('--json', JSON_HELP)
    .addHelpText('after', '\nExamples:\n  portcullis status\n  portcullis status --json');
  verb.action(() => run(status(verb.opts<StatusOptions>(), look)));
}
