import type { Command } from 'commander';
import { policySchemaDocument } from '../shared/policy/schema.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { visibleJson } from './visible.ts';

function schema(): Result {
  return { code: EXIT.fine, output: `${visibleJson(policySchemaDocument())}\n`, warnings: [] };
}

export function addSchema(program: Command, run: (verb: Promise<Result>) => Promise<void>): void {
  const verb = program
    .command('schema')
    .summary("print the policy's JSON Schema")
    .description(
      "Prints the policy's JSON Schema (draft 2020-12), by which editors complete and check a policy file. " +
        '`portcullis validate` says more: a schema knows neither names nor addresses.',
    )
    .option('--json', 'the same: it is JSON anyway')
    .addHelpText(
      'after',
      `
Exits with 0. Editors with the YAML language server use it where a policy starts with this line:
  # yaml-language-server: $schema=policy.schema.json

Examples:
  portcullis schema > policy.schema.json
  portcullis schema | jq .properties.guard`,
    );
  verb.action(() => run(Promise.resolve(schema())));
}
