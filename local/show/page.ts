// Scene -> the rows of the view, no more than the terminal has.
import { toned } from '../../cli/page.ts';
import type { Span } from '../../cli/page.ts';
import { cell, rowText, wrapped } from './row.ts';
import type { Frame, Row } from './row.ts';
import { spreadOf } from './scene.ts';
import type { ChangeTold, Counts, Incident, OpenState, PlaceState, Scene, Told } from './scene.ts';

const EMPTY: Row = [];

/** Wide enough for saying in each line where it was. */
const WIDE = 100;
/** High enough for empty rows between the parts. */
const ROOMY = 30;
const MOST_PROBLEMS = 6;

function title(text: string, ...rest: Row): Row {
  return [' ', toned('strong', text), ...rest];
}

/** `3 s`, `12 min`, `2 h`: how long ago, in four columns or less. */
function ageText(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000));
  if (seconds < 60) return `${String(seconds)} s`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min`;
  return `${String(Math.floor(seconds / 3600))} h`;
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}

function headerOf({ addresses, policyPath, policy, now }: Scene): readonly Row[] {
  const where = `   EC2 ${addresses.ec2}   ServiceNow ${addresses.serviceNow}`;
  const first = [' ', toned('strong', 'Portcullis'), toned('faint', where)];
  if (policy.kind === 'broken') {
    const still = toned('strong', '   nothing has changed: the last good policy still holds');
    return [first, [' ', toned('bad', 'policy not taken'), still]];
  }
  const mended = policy.mended === undefined ? '' : `, read again ${ageText(policy.mended, now)} ago`;
  const count = policy.policies === 1 ? '1 policy' : `${String(policy.policies)} policies`;
  return [first, [' ', toned('good', `policy ok, ${count}${mended}`), toned('faint', `   ${policyPath}`)]];
}

/** Every problem of a broken policy, as far as there is room. They say what to write instead, so they are shown whole. */
function problemRows({ policy }: Scene, width: number, room: number): readonly Row[] {
  if (policy.kind === 'ok') return [];
  const rows = policy.problems.flatMap((problem) =>
    wrapped(problem, width - 5).map((text, index): Row => [index === 0 ? '   ' : '     ', toned('bad', text)]),
  );
  if (rows.length <= room) return rows;
  return [...rows.slice(0, room - 1), ['   ', toned('faint', 'and more; the command below tells of all')]];
}

function againstSpan({ against, onlyReported, firstAgainst }: OpenState): Span {
  const was = firstAgainst === against ? '' : `${String(firstAgainst)} → `;
  const text = cell(`${was}${String(against)}`, 8);
  if (against === 0) return toned('good', text);
  return toned(against === onlyReported ? 'doubtful' : 'bad', text);
}

const SERVICE_TONES = { enforced: 'bad', reported: 'doubtful', allowed: 'faint' } as const;

function placeRow({ name, region, open, problem }: PlaceState): Row {
  const where = [' ', cell(name, 11), ' ', cell(region, 14)];
  if (problem !== undefined) return [...where, toned('bad', `cannot be read: ${problem}`)];
  if (open === undefined) return [...where, toned('faint', 'reading')];
  const services = open.services.flatMap(({ text, kind }): Row => [toned(SERVICE_TONES[kind], text), ' ']);
  const counts = [cell(String(open.groups), 6, 'right'), cell(String(open.open), 6, 'right'), '  '];
  const unread = open.unread === 0 ? [] : [toned('bad', `${String(open.unread)} not read whole `)];
  return [...where, ...counts, againstSpan(open), ...unread, ...services];
}

function openRows({ places }: Scene): readonly Row[] {
  const known = places.flatMap(({ open }) => open ?? []);
  const sum = (of: (one: OpenState) => number): number => known.reduce((all, one) => all + of(one), 0);
  const [against, onlyReported] = [sum((one) => one.against), sum((one) => one.onlyReported)];
  const was = sum((one) => one.firstAgainst);
  const now = against === was ? String(against) : `${String(was)} → ${String(against)}`;
  const unread = places.length - known.length;
  const reported = against > 0 && against === onlyReported ? ' (only reported)' : '';
  const note = unread > 0 ? ` (${String(unread)} not read)` : reported;
  return [
    title(
      cell('OPEN TO THE INTERNET', 26),
      toned('faint', 'groups  open  against policy: '),
      toned('strong', now + note),
    ),
    ...places.map(placeRow),
  ];
}

/** Where it was, as far as there is room. */
function placeCells(place: string, firewall: string, wide: boolean): Row {
  const name = toned('strong', cell(firewall, wide ? 20 : 16));
  return wide ? [toned('faint', cell(place, 22)), ' ', name, ' '] : [name, ' '];
}

function ageSpan(at: Date, now: Date): Span {
  return toned('faint', cell(ageText(at, now), 7, 'right'));
}

function eventRow({ at, place, firewall, who, text }: Told, now: Date, wide: boolean): Row {
  return [' ', ageSpan(at, now), '  ', ...placeCells(place, firewall, wide), toned('strong', cell(who, 9)), ' ', text];
}

const CHANGE_TONES = { done: 'good', open: 'bad', failed: 'bad' } as const;

function changeRow({ at, place, firewall, text, kind, seconds }: ChangeTold, now: Date, wide: boolean): Row {
  const cells = placeCells(place, firewall, wide);
  const proof =
    seconds === undefined ? toned('faint', cell('sweep', 9)) : toned(CHANGE_TONES[kind], cell(secondsText(seconds), 9));
  return [' ', ageSpan(at, now), '  ', ...cells, proof, ' ', text];
}

function incidentRow({ number, state, title: text }: Incident): Row {
  return ['  ', toned('strong', number), '  ', cell(state, 11), ' ', text];
}

/** What the view ends with, too. */
export function countsText({ events, reverts, incidents, seconds }: Counts): string {
  const spread = spreadOf(seconds);
  const speed =
    spread === undefined ? '' : `   proven in ${secondsText(spread.median)}, worst ${secondsText(spread.worst)}`;
  return `${String(events)} calls   ${String(reverts)} reverts   ${String(incidents)} incidents${speed}`;
}

function countsRow({ counts }: Scene): Row {
  const lost = counts.lost === 0 ? [] : [toned('bad', `   ${String(counts.lost)} messages given up`)];
  return [' ', countsText(counts), ...lost];
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['o', 'open SSH'],
  ['e', 'edit into any'],
  ['d', 'delete a required rule'],
  ['s', 'sweep'],
  ['q', 'quit'],
];

function keysRow(): Row {
  return [' ', ...KEYS.flatMap(([key, what]): Row => [toned('strong', key), toned('faint', ` ${what}   `)])];
}

/** Commands that are cut could not be copied. */
function nextRows({ next }: Scene, { width, height }: Frame): readonly Row[] {
  const label = 'try  ';
  const fitting = next.filter((command) => command.length <= width - label.length - 1);
  return fitting
    .slice(0, height >= ROOMY ? 3 : 2)
    .map((command, index): Row => [' ', toned('faint', index === 0 ? label : ' '.repeat(label.length)), command]);
}

function footOf(scene: Scene, frame: Frame): readonly Row[] {
  const notice: readonly Row[] = scene.notice === undefined ? [] : [[' ', toned('doubtful', scene.notice)]];
  return [countsRow(scene), ...notice, keysRow(), ...nextRows(scene, frame)];
}

interface List {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What stands there while there is nothing. */
  readonly empty: string;
  /** How much of the room is for it, beside the others. */
  readonly share: number;
}

/** Lists one below the other in so many rows: each gets its share, and what one does not need, the next ones get. */
function listRows(lists: readonly List[], room: number, gap: boolean): readonly Row[] {
  const rows: Row[] = [];
  let left = room;
  for (const [index, { title: text, rows: all, empty, share }] of lists.entries()) {
    const shares = lists.slice(index).reduce((sum, one) => sum + one.share, 0);
    const own = Math.floor((left * share) / shares);
    const head = gap ? 2 : 1;
    const shown = Math.max(own - head, 0);
    if (shown === 0) continue;
    const body = all.length === 0 ? [[' ', toned('faint', `       ${empty}`)]] : all.slice(0, shown);
    const more = all.length > shown ? toned('faint', `   ${String(all.length - shown)} more`) : '';
    rows.push(...(gap ? [EMPTY] : []), title(text, more), ...body);
    left -= head + body.length;
  }
  return rows;
}

function listsOf({ events, changes, incidents, now }: Scene, wide: boolean): readonly List[] {
  return [
    { title: 'EVENTS', rows: events.map((one) => eventRow(one, now, wide)), empty: 'nobody has called yet', share: 3 },
    {
      title: 'CHANGES',
      rows: changes.map((one) => changeRow(one, now, wide)),
      empty: 'nothing was changed yet',
      share: 4,
    },
    { title: 'INCIDENTS', rows: incidents.map(incidentRow), empty: 'none yet', share: 3 },
  ];
}

/** The rows of the view, as text for the terminal: at most as many as the frame is high, each at most as wide. */
export function pageOf(scene: Scene, frame: Frame): readonly string[] {
  const isRoomy = frame.height >= ROOMY;
  const gap = isRoomy ? [EMPTY] : [];
  const problems = problemRows(scene, frame.width, MOST_PROBLEMS);
  const head = [...headerOf(scene), ...problems, ...gap, ...openRows(scene)];
  const foot = [...gap, ...footOf(scene, frame)];
  const lists = listRows(listsOf(scene, frame.width >= WIDE), frame.height - head.length - foot.length, isRoomy);
  const blank = Math.max(0, frame.height - head.length - foot.length - lists.length);
  const rows: readonly Row[] = [...head, ...lists, ...Array.from({ length: blank }, () => EMPTY), ...foot];
  return rows.slice(0, frame.height).map((row) => rowText(row, frame));
}
