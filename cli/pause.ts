import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import type { Pause } from '../shared/core/model/grant.ts';
import type { Rejected } from '../shared/grants/contract.ts';
import { PAUSE_KEY } from '../shared/grants/signed.ts';
import { addOperatorOption } from './acting.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { timeText } from './heading.ts';
import { operatorOf, reasonOf } from './operator.ts';
import type { OperatorOptions } from './operator.ts';
import { JSON_HELP } from './options.ts';
import { line, pageText, toned } from './page.ts';
import type { Line, Look } from './page.ts';
import { needOrderBook } from './stores.ts';
import { visibleJson } from './visible.ts';

interface PauseOptions extends OperatorOptions {
  readonly why: string;
  readonly json?: true;
}

function resultOf(document: object, page: readonly Line[], json: true | undefined, look: Look): Result {
  const output = json === true ? `${visibleJson({ version: 1, ...document })}\n` : pageText(page, look);
  return { code: EXIT.fine, output, warnings: [] };
}

/** It may be the key of this command that is wrong: then the pause holds, and one in its place would count for nobody else. */
function refuseForeign(rejected: readonly Rejected[]): void {
  if (!rejected.some(({ key }) => key === PAUSE_KEY)) return;
  const ask =
    'set it to the key of the functions; if it is that, somebody forged the pause: write `portcullis resume` first';
  throw new Fault('conflict', `a pause stands that PORTCULLIS_GRANTS_KEY did not sign, so nothing was changed; ${ask}`);
}

async function pause(options: PauseOptions, look: Look): Promise<Result> {
  const order: Pause = { at: new Date(), by: operatorOf(options), why: reasonOf(options.why) };
  const orders = await needOrderBook();
  const { pause: before, rejected } = await orders.standing();
  refuseForeign(rejected);
  await orders.pause(order);
  const instead =
    before === undefined
      ? []
      : [line(2, `instead of the pause by ${before.by} since ${timeText(before.at)} (${before.why})`)];
  const page = [
    line(
      0,
      toned('strong', 'paused'),
      `: from its next look on no run changes anything; grants and rollbacks stay possible`,
    ),
    ...instead,
    line(2, 'to let changes go on: `portcullis resume`'),
  ];
  return resultOf({ pause: order }, page, options.json, look);
}

async function resume({ json }: { readonly json?: true }, look: Look): Promise<Result> {
  const orders = await needOrderBook();
  const { pause: before } = await orders.standing();
  const wasPaused = await orders.resume();
  const said =
    before === undefined
      ? 'the pause is taken back'
      : `the pause by ${before.by} since ${timeText(before.at)} is taken back`;
  const page = wasPaused
    ? [line(0, toned('strong', 'resumed'), `: ${said}; the next sweep carries out what was held`)]
    : [line(0, 'nothing was paused')];
  return resultOf({ resumed: wasPaused }, page, json, look);
}

export function addPause(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const pausing = addOperatorOption(program.command('pause'))
    .summary('hold every change until `resume`')
    .description('Holds every change that a run or `apply` would make. Findings are still recorded and ticketed.')
    .requiredOption('--why <TEXT>', 'the reason, for whoever wonders')
    .option('--json', JSON_HELP)
    .addHelpText('after', '\nExamples:\n  portcullis pause --why "migration of the office network, until Friday"');
  pausing.action(() => run(pause(pausing.opts<PauseOptions>(), look)));
  const resuming = program
    .command('resume')
    .summary('let changes go on after `pause`')
    .description('Takes a pause back. What was held is carried out by the next sweep, or by an event before it.')
    .option('--json', JSON_HELP)
    .addHelpText('after', '\nExamples:\n  portcullis resume');
  resuming.action(() => run(resume(resuming.opts<{ readonly json?: true }>(), look)));
}
