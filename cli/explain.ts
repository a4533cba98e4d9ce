import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { explanationOf } from '../shared/core/explain.ts';
import type { Explanation } from '../shared/core/explain.ts';
import type { Decider } from '../shared/core/explain/decider.ts';
import type { Question } from '../shared/core/model/question.ts';
import type { RuleRecord } from '../shared/core/model/record.ts';
import { flowsRecords, ruleRecords, targetRecord } from '../shared/core/records.ts';
import { trafficQuestionOf } from '../shared/policy/question.ts';
import { adviceFor } from './advice.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { explainLines } from './explain-page.ts';
import { duringText, partText } from './explain-words.ts';
import { placeText } from './heading.ts';
import { judgementsOf, readCase } from './judging.ts';
import { addJudgingOptions } from './options.ts';
import type { JudgingOptions } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { visibleJson } from './visible.ts';

interface ExplainOptions extends JudgingOptions {
  readonly traffic: string;
}

function questionOf({ traffic, firewall = [] }: ExplainOptions): Question {
  if (firewall.length !== 1) {
    const given = firewall.length === 0 ? 'no firewall' : 'more than one firewall';
    throw new Fault('malformed', `${given}; write \`--firewall\` once, with the id of the one that is meant`);
  }
  const question = trafficQuestionOf(traffic);
  if (question.kind === 'wrong') throw new Fault('malformed', `--traffic: ${question.problem}`);
  return question.value;
}

function passageRecords({ passages }: Explanation): readonly (RuleRecord & { readonly certainty: string })[] {
  return passages.flatMap(({ rule, certainty }) => ruleRecords(rule).map((record) => ({ ...record, certainty })));
}

const MAY = { all: true, part: 'part', none: false, possibly: 'possibly' } as const;

function clauseRecord(explanation: Explanation, decider: Decider): object {
  const { clause, effect, owner, mode, until, during, firm, place, why, depends, traffic } = decider;
  return {
    clause,
    effect,
    of: owner,
    at: placeText(place),
    ...(mode === undefined ? {} : { mode }),
    ...(until === undefined ? {} : { until: until.toISOString() }),
    ...(during === undefined ? {} : { during: duringText(during) }),
    ...(firm ? { firm } : {}),
    ...(why === undefined ? {} : { why }),
    ...(depends.length === 0 ? {} : { depends }),
    text: partText(explanation, traffic),
  };
}

function explainDocument(explanation: Explanation, advice: readonly string[], at: Date): object {
  const { firewall, asked, policies, lowered, passes, unread, may, depends, deciders, notNow } = explanation;
  const { direction, slots, peer } = asked;
  return {
    version: 1,
    at: at.toISOString(),
    target: targetRecord(firewall),
    direction,
    traffic: flowsRecords(
      peer === undefined ? { kind: 'addresses', traffic: asked.traffic } : { kind: 'named', peer, slots },
    ),
    policies: policies.map(({ name }) => name),
    governing: policies.map(({ name, mode, place }) => ({ policy: name, at: placeText(place), mode })),
    ...(firewall.managedBy === undefined ? {} : { managedBy: firewall.managedBy }),
    lowered: lowered.map(({ name }) => name),
    passes,
    rules: passageRecords(explanation),
    unread: unread.map(({ rule, why }) => ({ rule, why })),
    may: MAY[may],
    depends,
    clauses: deciders.map((decider) => clauseRecord(explanation, decider)),
    notNow: notNow.map((decider) => clauseRecord(explanation, decider)),
    advice,
  };
}

async function explain(options: ExplainOptions, look: Look): Promise<Result> {
  const question = questionOf(options);
  const read = await readCase(options, question.peer.kind === 'named' ? [question.peer.name] : []);
  const { at, policy, source, orders } = read;
  const [judgement, another] = judgementsOf(read);
  if (judgement === undefined || another !== undefined) {
    throw new Error(`expected one firewall, and ${String(source.firewalls.length)} were read`);
  }
  const explanation = explanationOf(judgement.firewall, policy, question, at, orders.grants);
  const advice = adviceFor(explanation, judgement);
  const isFine = explanation.passes === 'all' && explanation.may === 'all';
  return {
    code: isFine ? EXIT.fine : EXIT.found,
    output: options.json
      ? `${visibleJson(explainDocument(explanation, advice, at))}\n`
      : pageText(explainLines(explanation, advice), look),
    warnings: source.warnings,
  };
}

export function addExplain(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addJudgingOptions(program.command('explain'))
    .requiredOption('--traffic <TRAFFIC>', 'such as "tcp/22 from 198.51.100.7" or "tcp/443 to sg:NAME"')
    .summary('say whether some traffic passes a firewall, whether it may, and why')
    .description(
      'Says whether some traffic passes one firewall and by which rules, whether it may and by which clauses, ' +
        'and what would have to change to turn that round.',
    )
    .addHelpText(
      'after',
      `
Exits with 0 if all of it passes and may, with 1 if some of it must not or does not, with 2 if there is no answer.

Examples:
  portcullis explain --input groups.json --firewall sg-0123456789abcdef0 --traffic "tcp/22 from 198.51.100.7"
  portcullis explain --cloud aws --firewall sg-0123456789abcdef0 --traffic "tcp/5432 to sg:database" --json`,
    );
  verb.action(() => run(explain(verb.opts<ExplainOptions>(), look)));
}
