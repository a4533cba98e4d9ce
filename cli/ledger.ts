import { Fault } from '../shared/base/fault.ts';
import type { Command } from 'commander';
import { revertIdOf } from '../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import { addLedgerOption } from './acting.ts';
import { entryNamed } from './entry-name.ts';
import type { Whereabouts } from './entry-name.ts';
import { entryLines } from './entry-page.ts';
import { entryStory, storyRecord } from './entry-story.ts';
import { KINDS, kindOf } from './entry-words.ts';
import type { Kind } from './entry-words.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { ledgerLines } from './ledger-page.ts';
import { pastSince, unsettled } from './looking-back.ts';
import { durationMsOf } from './operator.ts';
import { FIREWALL, JSON_HELP } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { openRecord } from './stores.ts';
import type { LedgerOptions } from './stores.ts';
import { visibleJson } from './visible.ts';
import { quotedName } from './words.ts';

interface ListOptions extends LedgerOptions {
  readonly since: string;
  readonly firewall?: readonly string[];
  readonly kind?: string;
  readonly json?: true;
}

const NEEDED = 'without it nobody can say what was done';

function kindsOf(text: string | undefined): readonly Kind[] | undefined {
  return text?.split(',').map((part) => {
    const kind = KINDS.find((one) => one === part.trim());
    if (kind !== undefined) return kind;
    throw new Fault('malformed', `--kind ${quotedName(part)} is none; write some of ${KINDS.join(', ')}`);
  });
}

function isMeant(entry: LedgerEntry, kinds: readonly Kind[] | undefined, firewalls: readonly string[]): boolean {
  const isKind = kinds === undefined || kinds.includes(kindOf(entry)) || kinds.includes(entry.body.kind);
  return isKind && (firewalls.length === 0 || firewalls.includes(entry.target.id));
}

async function list(options: ListOptions, look: Look): Promise<Result> {
  const kinds = kindsOf(options.kind);
  const firewalls = options.firewall ?? [];
  const now = new Date();
  const since = new Date(now.getTime() - durationMsOf('--since', options.since));
  const past = await pastSince(await openRecord(options, NEEDED), since);
  const told = kinds?.includes('intended') === true ? past.kept : unsettled(past.kept);
  const shown = told.filter(({ entry }) => isMeant(entry, kinds, firewalls));
  const damaged = past.damaged.filter(({ target }) => firewalls.length === 0 || firewalls.includes(target.id));
  const document = {
    version: 1,
    at: now.toISOString(),
    since: since.toISOString(),
    entries: shown.map(({ entry, mark }) => ({
      id: revertIdOf(entry),
      kind: kindOf(entry),
      ...entry,
      ...(mark.due === undefined ? {} : { due: mark.due }),
    })),
    damaged: damaged.map((one) => ({ id: revertIdOf(one), ...one })),
  };
  return {
    code: EXIT.fine,
    output:
      options.json === true
        ? `${visibleJson(document)}\n`
        : pageText(
            ledgerLines(
              shown.map(({ entry }) => entry),
              options.since,
              look,
            ),
            look,
          ),
    warnings: damaged.map((one) => `entry \`${revertIdOf(one)}\` is not as it was written: ${one.why}`),
  };
}

interface ShowOptions extends LedgerOptions, Whereabouts {
  readonly json?: true;
}

async function show(id: string, options: ShowOptions, look: Look): Promise<Result> {
  const ledger = await openRecord(options, NEEDED);
  const entry = await entryNamed(id, options, ledger);
  const story = entryStory(entry, await ledger.entries(entry.target));
  return {
    code: EXIT.fine,
    output: options.json === true ? `${visibleJson(storyRecord(story))}\n` : pageText(entryLines(story), look),
    warnings: [],
  };
}

function addList(ledger: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addLedgerOption(ledger.command('list'))
    .summary('list what was found and done, newest first')
    .option('--since <DURATION>', 'how far to look back', '7d')
    .option(...FIREWALL)
    .option('--kind <KIND,...>', `only these: ${KINDS.join(', ')}`)
    .option('--json', JSON_HELP);
  verb.action(() => run(list(verb.opts<ListOptions>(), look)));
}

export function addLedger(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const ledger = program
    .command('ledger')
    .summary('look at the record of what was found and done')
    .description('Shows the record: what was found, what was done about it, by whom, and how to undo it.')
    .addHelpText(
      'after',
      `
Examples:
  portcullis ledger list --since 24h --kind reverted,held
  portcullis ledger show sg-0123456789abcdef0/7`,
    );
  addList(ledger, run, look);
  const showing = addLedgerOption(ledger.command('show'))
    .argument('<ID>', 'an entry, such as `sg-0123456789abcdef0/7`')
    .summary('show everything about one entry')
    .option('--region <REGION>', 'the region of the firewall, where its id alone is written')
    .option('--account <ID>', 'the account of the firewall, where its id alone is written')
    .option('--json', JSON_HELP);
  showing.action((id: string) => run(show(id, showing.opts<ShowOptions>(), look)));
  ledger
    .command('verify', { hidden: true })
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      const instead = '`ledger list` warns of entries that are not as they were written';
      throw new Fault('unsupported', `\`portcullis ledger verify\` is not supported in this version; ${instead}`);
    });
}
