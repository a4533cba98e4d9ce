import { Option } from 'commander';
import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';

/** Verbs that `portcullis` will have, with what does it until then. A script that uses one learns why it does not work. */
const VERBS: Readonly<Record<string, string>> = {
  report: 'use `portcullis check --json`',
};

function notYet(what: string, instead: string): Fault {
  return new Fault('unsupported', `${what} is not supported in this version; ${instead}`);
}

/** Refuses the verbs of later versions. They take anything, so that it is the verb that is complained of. */
export function addLaterVerbs(program: Command): void {
  for (const [verb, instead] of Object.entries(VERBS)) {
    program
      .command(verb, { hidden: true })
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw notYet(`\`portcullis ${verb}\``, instead);
      });
  }
}

/** An option of a later version: it is not in the help, and refused wherever it is given, with a value or without. */
export function addLaterOption(verb: Command, name: string, instead: string): Command {
  return verb.addOption(new Option(`${name} [VALUE]`).hideHelp()).on(`option:${name.replace(/^--/, '')}`, () => {
    throw notYet(name, instead);
  });
}
