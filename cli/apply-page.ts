// Judgements -> the page that is shown before anything is applied by hand.
import { handworkFor } from '../shared/core/by-hand.ts';
import type { HandContext } from '../shared/core/by-hand.ts';
import type { Judgement } from '../shared/core/judge.ts';
import type { CheckDocument } from '../shared/core/model/record.ts';
import { BLANK, line, toned } from './page.ts';
import type { Line } from './page.ts';
import { planLines } from './plan-page.ts';
import { counted, listed } from './words.ts';

/** A judgement with what comes of it by hand. */
export interface Previewed {
  readonly judgement: Judgement;
  readonly isApplied: boolean;
  readonly reasons: readonly string[];
}

/** What would be done at each firewall, one after the other: what is changed at one counts at the next. */
export function previewsOf(
  judgements: readonly Judgement[],
  context: Omit<HandContext, 'changesInRun'>,
): readonly Previewed[] {
  let changesInRun = 0;
  return judgements.map((judgement) => {
    const work = handworkFor({ kind: 'apply', by: '' }, judgement, { ...context, changesInRun });
    if (work.kind === 'plan') changesInRun += work.plan.changes.length;
    const verdict =
      work.kind === 'held' ? ({ kind: 'hold', reasons: work.reasons } as const) : ({ kind: 'apply' } as const);
    return {
      // By hand nothing waits for a mode.
      judgement: { ...judgement, acting: judgement.full, verdict },
      isApplied: work.kind === 'plan',
      reasons: work.kind === 'held' ? work.reasons : [],
    };
  });
}

/** By hand modes hold nothing back, and nobody is to find that out afterwards. */
function modeLines({ desired, full }: Judgement): readonly Line[] {
  const modes = [...new Set(desired.policies.map(({ mode }) => mode))].filter((mode) => mode !== 'enforce');
  if (modes.length === 0 || full.changes.length === 0) return [];
  const named = listed(modes.map((mode) => `\`${mode}\``));
  const whose = modes.length === 1 ? 'a mode here is' : 'modes here are';
  return [line(4, toned('doubtful', `by hand this is changed although ${whose} ${named}`))];
}

function verdictLines({ judgement, isApplied, reasons }: Previewed): readonly Line[] {
  const { full } = judgement;
  if (!isApplied) {
    const [first = '', ...more] = reasons;
    return [
      BLANK,
      line(2, toned('doubtful', 'hold'), `: nothing is changed here, because ${first}`),
      ...more.map((reason) => line(4, `and because ${reason}`)),
    ];
  }
  const held = full.held.length === 0 ? '' : `; ${String(full.held.length)} more cannot be made exactly`;
  return [
    BLANK,
    line(2, toned('good', 'apply'), `: ${counted(full.changes.length, 'change')}${held}`),
    ...modeLines(judgement),
  ];
}

export function applyLines(previews: readonly Previewed[], document: CheckDocument): readonly Line[] {
  const byFirewall = new Map(previews.map((one) => [one.judgement.firewall, one]));
  return planLines(
    previews.map(({ judgement }) => judgement),
    document,
    (judgement) => {
      const one = byFirewall.get(judgement.firewall);
      return one === undefined ? [] : verdictLines(one);
    },
  );
}

/** `apply these 3 changes to 2 firewalls?` */
export function questionText(previews: readonly Previewed[]): string {
  const applied = previews.filter(({ isApplied }) => isApplied);
  const changes = applied.reduce((sum, { judgement }) => sum + judgement.full.changes.length, 0);
  const what = changes === 1 ? 'this change' : `these ${counted(changes, 'change')}`;
  return `apply ${what} to ${counted(applied.length, 'firewall')}?`;
}
