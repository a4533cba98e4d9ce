import type { Checkup, State } from './checkup.ts';
import { BLANK, line, row, toned } from './page.ts';
import type { Line, Tone } from './page.ts';
import { counted } from './words.ts';

const TONES: Readonly<Record<State, Tone>> = {
  ok: 'good',
  warning: 'doubtful',
  failed: 'bad',
  'not checked': 'faint',
};

const STATES = 13;

function checkupLines({ name, state, found, mend }: Checkup): readonly Line[] {
  return [
    row(2, STATES, toned(TONES[state], state), toned('strong', name), `: ${found}`),
    ...(mend === undefined ? [] : [line(2 + STATES, `to mend it: ${mend}`)]),
  ];
}

function countOf(checkups: readonly Checkup[], state: State): number {
  return checkups.filter((checkup) => checkup.state === state).length;
}

/** Area by area, and the counts at the end. */
export function doctorLines(checkups: readonly Checkup[]): readonly Line[] {
  const areas = [...new Set(checkups.map(({ area }) => area))];
  const failed = countOf(checkups, 'failed');
  const rest = `; ${counted(countOf(checkups, 'warning'), 'warning')}, ${String(countOf(checkups, 'ok'))} ok, ${String(countOf(checkups, 'not checked'))} not checked`;
  return [
    ...areas.flatMap((area) => [
      line(0, area),
      ...checkups.filter((checkup) => checkup.area === area).flatMap(checkupLines),
      BLANK,
    ]),
    line(0, toned(failed === 0 ? 'good' : 'bad', failed === 0 ? 'nothing failed' : `${String(failed)} failed`), rest),
  ];
}
