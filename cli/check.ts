import type { Command } from 'commander';
import { checkDocument } from '../shared/core/report.ts';
import { checkLines } from './check-page.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { findingsOf, readCase } from './judging.ts';
import { addJudgingOptions } from './options.ts';
import type { JudgingOptions } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { visibleJson } from './visible.ts';

async function check(options: JudgingOptions, look: Look): Promise<Result> {
  const read = await readCase(options);
  const judged = findingsOf(read);
  const document = checkDocument(judged, read.at);
  return {
    code: document.findings.length === 0 ? EXIT.fine : EXIT.found,
    output: options.json ? `${visibleJson(document)}\n` : pageText(checkLines(judged, document), look),
    warnings: read.source.warnings,
  };
}

export function addCheck(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addJudgingOptions(program.command('check'))
    .summary('say where firewalls differ from the policy')
    .description('Says where firewalls let through what the policy forbids, or lack what it requires. Changes nothing.')
    .addHelpText(
      'after',
      `
Exits with 0 if there is no finding, with 1 if there are some, with 2 if there is no answer.

Examples:
  aws ec2 describe-security-groups | portcullis check --input -
  portcullis check --cloud aws --region us-east-1 --json`,
    );
  verb.action(() => run(check(verb.opts<JudgingOptions>(), look)));
}
