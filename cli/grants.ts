import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { makeKeyFile } from '../shared/grants/key-file.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { datedOf, grantsLines } from './grants-page.ts';
import { rejectedText } from './judging.ts';
import { addPolicyPath, JSON_HELP } from './options.ts';
import { line, pageText } from './page.ts';
import type { Look } from './page.ts';
import { policySetOf } from './policy.ts';
import { needOrderBook } from './stores.ts';
import { visibleJson } from './visible.ts';
import { quotedName } from './words.ts';

interface ListOptions {
  readonly policy?: readonly string[];
  readonly all?: true;
  readonly json?: true;
}

async function list(options: ListOptions, look: Look): Promise<Result> {
  const orders = await needOrderBook();
  const now = new Date();
  const { guard } = await policySetOf(options, now);
  const { grants, rejected } = await orders.standing();
  const all = grants.map((grant) => datedOf(grant, guard, now)).filter(({ isLive }) => isLive || options.all === true);
  const shown = all.toSorted((a, b) => a.until.getTime() - b.until.getTime());
  const document = {
    version: 1,
    at: now.toISOString(),
    grants: shown.map(({ grant, until, isLive }) => ({ ...grant, until, live: isLive })),
    rejected,
  };
  return {
    code: EXIT.fine,
    output: options.json === true ? `${visibleJson(document)}\n` : pageText(grantsLines(shown, now, look), look),
    warnings: rejected.map(rejectedText),
  };
}

async function revoke(id: string, { json }: { readonly json?: true }, look: Look): Promise<Result> {
  const orders = await needOrderBook();
  const { grants } = await orders.standing();
  if (!(await orders.revoke(id))) {
    throw new Fault(
      'malformed',
      `there is no grant ${quotedName(id)}; \`portcullis grants list\` lists those that stand`,
    );
  }
  const firewall = grants.find((grant) => grant.id === id)?.target;
  const whose = firewall === undefined ? '' : ` of ${firewall.id}`;
  const document = { version: 1, revoked: id, ...(firewall === undefined ? {} : { target: firewall }) };
  const closing = 'what it let through is closed by the next sweep, or by an event about the firewall before it';
  return {
    code: EXIT.fine,
    output:
      json === true
        ? `${visibleJson(document)}\n`
        : pageText([line(0, `revoked grant ${id}${whose}; ${closing}`)], look),
    warnings: [],
  };
}

async function makeKey(file: string, look: Look): Promise<Result> {
  await makeKeyFile(file);
  const set = `set PORTCULLIS_GRANTS_KEY=file:${file} for whoever may open firewalls, and for the functions`;
  const page = [line(0, `made a key in ${file}, readable for you alone`), line(2, set)];
  return { code: EXIT.fine, output: pageText(page, look), warnings: [] };
}

export function addGrants(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const grants = program
    .command('grants')
    .summary('list and revoke what was opened for a while')
    .description('Lists and revokes grants: what `open` and `rollback` let through until they end.')
    .addHelpText(
      'after',
      `
Examples:
  portcullis grants list
  portcullis grants revoke g-1f9c03ab
  portcullis grants key ~/portcullis.key`,
    );
  const listing = addPolicyPath(grants.command('list'))
    .summary('list grants, those that end first at the top')
    .option('--all', 'also those that have ended or do not hold yet')
    .option('--json', JSON_HELP);
  listing.action(() => run(list(listing.opts<ListOptions>(), look)));
  const revoking = grants.command('revoke').argument('<ID>', 'the id of a grant, such as `g-1f9c03ab`');
  revoking.summary('take a grant back').option('--json', JSON_HELP);
  revoking.action((id: string) => run(revoke(id, revoking.opts<{ readonly json?: true }>(), look)));
  grants
    .command('key')
    .argument('<FILE>', 'a file that is not there yet')
    .summary('make a key that grants and the pause are signed with')
    .action((file: string) => run(makeKey(file, look)));
}
