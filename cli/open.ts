import type { Command } from 'commander';
import { carryOut } from '../shared/app/by-hand.ts';
import { Fault } from '../shared/base/fault.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import type { Order } from '../shared/core/model/order.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { Question } from '../shared/core/model/question.ts';
import type { Target } from '../shared/core/model/target.ts';
import { trafficQuestionOf } from '../shared/policy/question.ts';
import { addActingOptions, handsIn } from './acting.ts';
import type { ActingOptions } from './acting.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { checkAccount, sourceOf } from './firewalls.ts';
import { grantedText, grantIn, stayingFor } from './granting.ts';
import { regionOf } from './live.ts';
import { operatorOf, ticketOf } from './operator.ts';
import { outcomeOf } from './outcome.ts';
import type { Look } from './page.ts';
import { policySetOf } from './policy.ts';
import { needOrderBook, openRecord, RECORDED } from './stores.ts';

interface OpenOptions extends ActingOptions {
  readonly firewall: string;
  readonly for: string;
  readonly ticket: string;
}

function questionOf(text: string): Question {
  const question = trafficQuestionOf(text);
  if (question.kind === 'wrong') throw new Fault('malformed', question.problem);
  return question.value;
}

/** Which firewall is meant: an id alone does not say whose it is. */
async function targetOf(options: OpenOptions, region: string, policy: PolicySet, now: Date): Promise<Target> {
  const { firewall: id, account } = options;
  checkAccount(account);
  if (account !== undefined) return { cloud: 'aws', account, region, id };
  const one = { cloud: 'aws', region, firewall: [id] };
  const { firewalls } = await sourceOf(one, now, new DesiredBook(policy).written);
  const [found] = firewalls;
  if (found === undefined) throw new Error('a firewall that was not there was not complained of');
  return found.target;
}

async function open(text: string, options: OpenOptions, look: Look): Promise<Result> {
  const question = questionOf(text);
  const by = operatorOf(options);
  const ticket = ticketOf(options) ?? '';
  const ledger = await openRecord(options, RECORDED);
  const orders = await needOrderBook();
  const now = new Date();
  const policy = await policySetOf(options, now);
  const staying = stayingFor('open', options.for, policy.guard, now);
  const region = regionOf(options.region);
  const target = await targetOf(options, region, policy, now);
  const order: Order = { kind: 'open', by, ticket, ...staying, question };
  const result = await carryOut(order, target, { changes: 0 }, await handsIn(region, policy, { ledger, orders }));
  const outcome = outcomeOf(target, result);
  return {
    code: outcome.outcome === 'done' ? EXIT.fine : EXIT.error,
    output: grantedText(outcome, grantIn(result), now, { json: options.json, look }),
    warnings: [],
  };
}

export function addOpen(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addActingOptions(program.command('open'))
    .argument('<TRAFFIC>', 'such as "tcp/22 from 198.51.100.7" or "tcp/443 to sg:NAME"')
    .summary('let some traffic through for a while')
    .description(
      'Grants some traffic of one firewall for a while, and adds the rules for it. When the grant ends, a run closes it ' +
        'again. What a firm deny forbids, and what nothing would close, is not opened.',
    )
    .requiredOption('--firewall <ID>', 'the firewall, by its id')
    .requiredOption('--for <DURATION>', 'how long, such as `2h`; the policy bounds it by `guard.maxGrant`')
    .requiredOption('--ticket <TICKET>', 'the change or incident that says why')
    .addHelpText(
      'after',
      `
Exits with 0 if it is open, with 2 if it is not.

Examples:
  portcullis open "tcp/22 from 198.51.100.7" --firewall sg-0123456789abcdef0 --for 2h --ticket CHG0030192
  portcullis open "tcp/5432 to sg:database" --firewall sg-0123456789abcdef0 --for 30m --ticket INC0010023`,
    );
  verb.action((traffic: string) => run(open(traffic, verb.opts<OpenOptions>(), look)));
}
