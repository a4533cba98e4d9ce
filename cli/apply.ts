import { Option } from 'commander';
import type { Command } from 'commander';
import type { ByHandDeps } from '../shared/app/by-hand.ts';
import { Fault } from '../shared/base/fault.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import type { Orderer } from '../shared/core/model/order.ts';
import type { PolicySet } from '../shared/core/model/policy.ts';
import type { PlanRecord } from '../shared/core/model/record.ts';
import { planDocument, planRecord } from '../shared/core/report.ts';
import { addActingOptions, handsIn } from './acting.ts';
import type { ActingOptions } from './acting.ts';
import { applyEach } from './apply-each.ts';
import { applyLines, previewsOf, questionText } from './apply-page.ts';
import type { Previewed } from './apply-page.ts';
import { isWanted, terminal } from './asking.ts';
import type { Person } from './asking.ts';
import { EXIT } from './exit.ts';
import { timeText } from './heading.ts';
import type { ExitCode, Result } from './exit.ts';
import { judgementsOf, limitsOf, readCase } from './judging.ts';
import { operatorOf, ticketOf } from './operator.ts';
import { FIREWALL } from './options.ts';
import type { Outcome } from './outcome.ts';
import { outcomeRecord, untouched } from './outcome.ts';
import { outcomeLines } from './outcome-page.ts';
import { BLANK, line, pageText, toned } from './page.ts';
import type { Line, Look } from './page.ts';
import { policySetOf } from './policy.ts';
import { readPlan } from './saved-plan.ts';
import type { SavedPlan } from './saved-plan.ts';
import { openOrderBook, openRecord, RECORDED } from './stores.ts';
import { visibleJson } from './visible.ts';
import { counted } from './words.ts';

interface ApplyOptions extends ActingOptions {
  readonly cloud?: string;
  readonly firewall?: readonly string[];
  readonly yes?: true;
}

/** `Apply: 2 done, 1 moved`. */
function sumText(outcomes: readonly Outcome[]): string {
  const kinds = [...new Set(outcomes.map(({ outcome }) => outcome))].filter((kind) => kind !== 'nothing');
  const counts = kinds.map((kind) => `${String(outcomes.filter(({ outcome }) => outcome === kind).length)} ${kind}`);
  return `Apply: ${counts.length === 0 ? 'nothing to do' : counts.join(', ')}`;
}

function resultLines(outcomes: readonly Outcome[]): readonly Line[] {
  const told = outcomes.filter(({ outcome }) => outcome !== 'nothing');
  return [...told.flatMap((outcome) => [...outcomeLines(outcome), BLANK]), line(0, toned('strong', sumText(outcomes)))];
}

function codeOf(outcomes: readonly Outcome[], isBroken: boolean): ExitCode {
  if (isBroken) return EXIT.error;
  const isWhole = ({ outcome, left }: Outcome): boolean =>
    outcome === 'nothing' || (outcome === 'done' && left.length === 0);
  return outcomes.every(isWhole) ? EXIT.fine : EXIT.found;
}

/** What hands are needed in each region, opened once. */
function handsFor(policy: PolicySet, stores: Parameters<typeof handsIn>[2]): (region: string) => Promise<ByHandDeps> {
  const opened = new Map<string, Promise<ByHandDeps>>();
  return (region) => {
    const hands = opened.get(region) ?? handsIn(region, policy, stores);
    opened.set(region, hands);
    return hands;
  };
}

function ordererOf(options: ApplyOptions): Orderer {
  const ticket = ticketOf(options);
  return { by: operatorOf(options), ...(ticket === undefined ? {} : { ticket }) };
}

/** The outcome of what is not even tried. */
function untriedOf({ judgement, reasons }: Previewed): Outcome {
  const { cloud, account, region, id } = judgement.firewall.target;
  return untouched({ cloud, account, region, id }, reasons.length === 0 ? 'nothing' : 'held', reasons);
}

/** Plans what is live, shows it, asks, and does it as it was shown. */
async function applyLive(options: ApplyOptions, look: Look, person: Person): Promise<Result> {
  if (options.cloud === undefined) {
    const write = 'write `--cloud aws --region REGION` to plan what is live, or the FILE of a saved plan';
    throw new Fault('malformed', `nothing to apply; ${write}`);
  }
  const isAsked = options.yes !== true;
  if (isAsked && (options.json === true || !person.canAnswer)) await isWanted('', { ...person, canAnswer: false });
  const orderer = ordererOf(options);
  const ledger = await openRecord(options, RECORDED);
  const read = await readCase(options);
  const judgements = judgementsOf(read);
  const document = planDocument(judgements, read.at);
  const { at, policy, orders, source } = read;
  const context = { book: new DesiredBook(policy), traits: source.traits, limits: limitsOf(read), at };
  const previews = previewsOf(judgements, { ...context, grants: orders.grants });
  const applied = previews.filter(({ isApplied }) => isApplied);
  if (options.json !== true) person.show(pageText(applyLines(previews, document), look));
  if (applied.length > 0 && isAsked && !(await isWanted(`\n${questionText(previews)}`, person))) {
    return { code: EXIT.found, output: 'nothing was changed\n', warnings: source.warnings };
  }
  const plans = applied.map(({ judgement }) => planRecord(judgement));
  const made = await applyEach(plans, orderer, handsFor(policy, { ledger, orders: await openOrderBook() }));
  const outcomes = [...made.outcomes, ...previews.filter(({ isApplied }) => !isApplied).map(untriedOf)];
  return {
    code: codeOf(outcomes, made.isBroken),
    output:
      options.json === true
        ? `${visibleJson({ ...document, results: outcomes.map(outcomeRecord) })}\n`
        : outcomes.every(({ outcome }) => outcome === 'nothing')
          ? ''
          : pageText([BLANK, ...resultLines(outcomes)], look),
    warnings: source.warnings,
  };
}

function hasChanges({ changes }: PlanRecord): boolean {
  return changes.some(({ held }) => held === undefined);
}

const MOVED = 'what has moved was left alone; make a new plan with `portcullis plan --out FILE`, and read it';

function savedLines({ at, plans }: SavedPlan): readonly Line[] {
  const count = counted(plans.filter(hasChanges).length, 'firewall');
  return [line(0, `plan of ${timeText(new Date(at))} for ${count}`), BLANK];
}

/** Carries out a plan that somebody has read and kept: what has moved since is told, and left alone. */
async function applySaved(file: string, options: ApplyOptions, look: Look): Promise<Result> {
  const stated = (['cloud', 'region', 'account', 'firewall'] as const).find((name) => options[name] !== undefined);
  if (stated !== undefined) {
    throw new Fault('malformed', `--${stated} is not for a saved plan, which says its firewalls itself; leave it out`);
  }
  const orderer = ordererOf(options);
  const saved = await readPlan(file);
  const policy = await policySetOf(options, new Date());
  const ledger = await openRecord(options, RECORDED);
  const stores = { ledger, orders: await openOrderBook() };
  const made = await applyEach(saved.plans.filter(hasChanges), orderer, handsFor(policy, stores));
  return {
    code: codeOf(made.outcomes, made.isBroken),
    output:
      options.json === true
        ? `${visibleJson({ ...saved.document, results: made.outcomes.map(outcomeRecord) })}\n`
        : pageText([...savedLines(saved), ...resultLines(made.outcomes)], look),
    warnings: made.outcomes.some(({ outcome }) => outcome === 'moved') ? [MOVED] : [],
  };
}

/** An option of `plan` that makes no sense where something is written. */
function refuseOption(verb: Command, flags: string, why: string): void {
  const option = new Option(flags).hideHelp();
  verb.addOption(option).on(`option:${option.name()}`, () => {
    throw new Fault('malformed', why);
  });
}

export function addApply(
  program: Command,
  run: (verb: Promise<Result>) => Promise<void>,
  look: Look,
  person: Person = terminal,
): void {
  const verb = addActingOptions(program.command('apply'))
    .argument('[FILE]', 'a plan that `portcullis plan --out FILE` wrote (default: plan what is live)')
    .summary('change firewalls to follow the policy')
    .description(
      'Plans and applies: shows what would be changed, asks, changes it and reads it again. Or applies a saved plan, ' +
        'at each firewall that is still as it was then. By hand, modes hold nothing back; everything else does.',
    )
    .option('--cloud <CLOUD>', 'plan live in this cloud: `aws`')
    .option(...FIREWALL)
    .option('--ticket <TICKET>', 'the change or incident that says why')
    .option('--yes', 'do not ask; a saved plan is never asked about')
    .addHelpText(
      'after',
      `
Exits with 0 if it is done, with 1 if something is held, refused or has moved, with 2 if something failed.

Examples:
  portcullis apply --cloud aws --region us-east-1
  portcullis plan --cloud aws --region us-east-1 --out plan.json; portcullis apply plan.json --ticket CHG0030192`,
    );
  refuseOption(
    verb,
    '--input <FILE...>',
    '--input is for `plan`: a saved answer cannot be changed; write `--cloud aws`',
  );
  refuseOption(verb, '--at <TIME>', '--at is for `plan`: changes are made now; leave it out');
  verb.action((file: string | undefined) => {
    const options = verb.opts<ApplyOptions>();
    return run(file === undefined ? applyLive(options, look, person) : applySaved(file, options, look));
  });
}
