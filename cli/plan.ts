import type { Command } from 'commander';
import type { Judgement } from '../shared/core/judge.ts';
import type { PlanDocument } from '../shared/core/model/record.ts';
import { planDocument } from '../shared/core/report.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { judgementsOf, readCase } from './judging.ts';
import { addJudgingOptions } from './options.ts';
import type { JudgingOptions } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { planLines } from './plan-page.ts';
import { writePlan } from './saved-plan.ts';
import { visibleJson } from './visible.ts';
import { waitingReasons } from './waiting.ts';

/** `reasons` also says what waits for a stricter mode where a run would make some of the changes. */
function withWaiting(document: PlanDocument, judgements: readonly Judgement[]): PlanDocument {
  const reasonsOf = (index: number): readonly string[] => judgements.slice(index, index + 1).flatMap(waitingReasons);
  return {
    ...document,
    plans: document.plans.map((one, index) => ({ ...one, reasons: [...one.reasons, ...reasonsOf(index)] })),
  };
}

interface PlanOptions extends JudgingOptions {
  readonly out?: string;
}

async function plan(options: PlanOptions, look: Look): Promise<Result> {
  const read = await readCase(options);
  const judgements = judgementsOf(read);
  const document = withWaiting(planDocument(judgements, read.at), judgements);
  if (options.out !== undefined) await writePlan(options.out, document);
  return {
    code: document.plans.some(({ changes }) => changes.length > 0) ? EXIT.found : EXIT.fine,
    output: options.json ? `${visibleJson(document)}\n` : pageText(planLines(judgements, document), look),
    warnings: read.source.warnings,
  };
}

export function addPlan(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addJudgingOptions(program.command('plan'))
    .summary('say what would be changed to follow the policy')
    .description(
      'Says what enforcing the policy would change, rule by rule, and what a run would do now. Changes nothing.',
    )
    .addHelpText(
      'after',
      `
Exits with 0 if there is nothing to do, with 1 if there are changes, with 2 if there is no answer.

Examples:
  portcullis plan --input groups.json rules.json vpcs.json
  portcullis plan --cloud aws --region us-east-1 --firewall sg-0123456789abcdef0 --out plan.json`,
    );
  verb.option('--out <FILE>', 'write the plan to this file, for `portcullis apply FILE`');
  verb.action(() => run(plan(verb.opts<PlanOptions>(), look)));
}
