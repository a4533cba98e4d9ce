import type { Command } from 'commander';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { addPolicyOptions, momentOf } from './options.ts';
import type { PolicyOptions } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { testLines } from './test-page.ts';
import { outcomesOf } from './test-run.ts';
import type { FileOutcome } from './test-run.ts';
import { visibleJson } from './visible.ts';

function testDocument(files: readonly FileOutcome[]): { readonly summary: { readonly failed: number } } {
  const tests = files.flatMap(({ file, outcomes }) =>
    outcomes.map(({ test, failures }) => ({
      file,
      line: test.spot.line,
      name: test.name,
      passed: failures.length === 0,
      failures: failures.map(({ kind, at, message, lacking, extra }) => ({
        kind,
        line: at.line,
        message,
        ...(lacking === undefined ? {} : { lacking }),
        ...(extra === undefined ? {} : { extra }),
      })),
    })),
  );
  const failed = tests.filter(({ passed }) => !passed).length;
  const document = { version: 1, summary: { tests: tests.length, passed: tests.length - failed, failed }, tests };
  return document;
}

async function test(paths: readonly string[], options: PolicyOptions, look: Look): Promise<Result> {
  const files = await outcomesOf(paths, options, momentOf(options, new Date()));
  const document = testDocument(files);
  return {
    code: document.summary.failed === 0 ? EXIT.fine : EXIT.found,
    output: options.json ? `${visibleJson(document)}\n` : pageText(testLines(files), look),
    warnings: [],
  };
}

export function addTest(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addPolicyOptions(
    program.command('test').argument('<FILE...>', 'test files, or folders of `*.test.yaml`'),
  )
    .summary('run tests of the policy: what it allows, forbids and reverts')
    .description(
      'Runs tests of a policy, written as YAML: on this firewall this traffic is allowed, that is forbidden by ' +
        'this clause, and this is what stays open. Without --policy, each file says which policy it is about.',
    )
    .addHelpText(
      'after',
      `
Exits with 0 if all tests pass, with 1 if some fail, with 2 if there is no answer.

Examples:
  portcullis test policies/
  portcullis test web.test.yaml --policy web.yaml --json`,
    );
  verb.action((paths: readonly string[]) => run(test(paths, verb.opts<PolicyOptions>(), look)));
}
