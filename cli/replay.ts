import type { Command } from 'commander';
import { Fault } from '../shared/base/fault.ts';
import { rulesPerGroupOf } from '../shared/base/settings.ts';
import { awsTraitsWith } from '../shared/clouds/aws/traits.ts';
import { ReplayJudge } from '../shared/core/replay.ts';
import { EXIT } from './exit.ts';
import type { Result } from './exit.ts';
import { addReplayOptions } from './options.ts';
import type { ReplayOptions } from './options.ts';
import { pageText } from './page.ts';
import type { Look } from './page.ts';
import { policySetOf } from './policy.ts';
import { processProgress } from './progress.ts';
import { eventFiles } from './replay-files.ts';
import { hear } from './replay-hearing.ts';
import type { Hearing } from './replay-hearing.ts';
import { replayLines } from './replay-page.ts';
import { Replay } from './replay-run.ts';
import { readSaved } from './replay-saved.ts';
import { replayDocument } from './replay-summary.ts';
import { visibleJson } from './visible.ts';
import { counted } from './words.ts';

/** Said beside the answer too, since a program may look at the counts alone. */
function malformedWarnings({ read, malformedCount }: Hearing): readonly string[] {
  if (malformedCount === 0) return [];
  return [
    `${String(malformedCount)} of ${counted(read, 'event')} cannot be read, and may be about anything; the answer says where`,
  ];
}

/** An answer made from nothing would look like "nothing would have been done". */
function checkHeard({ read, malformed, malformedCount }: Hearing): void {
  if (read > malformedCount) return;
  const [first] = malformed;
  if (first === undefined) throw new Fault('malformed', 'no events in the files; expected records of CloudTrail');
  const more = malformedCount === 1 ? '' : `, and ${String(malformedCount - 1)} more`;
  throw new Fault('malformed', `no event could be read: ${first.where}: ${first.why}${more}`);
}

async function replay(options: ReplayOptions, look: Look): Promise<Result> {
  const now = new Date();
  const policy = await policySetOf(options, now);
  const files = await eventFiles(options.events);
  if (files.includes('-') && options.input?.includes('-') === true) {
    throw new Fault('malformed', 'both `--events` and `--input` are `-`; standard input can be read once');
  }
  const { saved, warnings } = await readSaved(options, now);
  const progress = processProgress();
  const hearing = await hear(files, now, progress).finally(() => {
    progress.end();
  });
  checkHeard(hearing);
  const judge = new ReplayJudge(policy, awsTraitsWith(rulesPerGroupOf(process.env)));
  const document = replayDocument(hearing, new Replay(hearing.happenings, saved, judge, options.firewall ?? []));
  return {
    code: document.summary.reverts > 0 ? EXIT.found : EXIT.fine,
    output: options.json ? `${visibleJson(document)}\n` : pageText(replayLines(document), look),
    warnings: [...warnings, ...malformedWarnings(hearing)],
  };
}

export function addReplay(program: Command, run: (verb: Promise<Result>) => Promise<void>, look: Look): void {
  const verb = addReplayOptions(program.command('replay'))
    .summary('say what would have been done about past events')
    .description(
      'Reads recorded events and says what a policy would have made of them: what would have been reverted, whose it ' +
        'was, how many tickets. Nothing is asked of any cloud, and nothing is changed.',
    )
    .addHelpText(
      'after',
      `
Exits with 0 if nothing would have been reverted, with 1 if something would, with 2 if there is no answer.

Examples:
  aws s3 sync s3://my-trail/AWSLogs/ logs/ && portcullis replay --events logs/
  portcullis replay --events logs/ --input groups.json rules.json vpcs.json --json`,
    );
  verb.action(() => run(replay(verb.opts<ReplayOptions>(), look)));
}
