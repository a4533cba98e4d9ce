import { nearestOf } from './nearest.ts';
import { meaning, quoted, wrong } from './problem.ts';
import type { Understood } from './problem.ts';

const UTC = 'UTC';

/** Abbreviations that people write, with the places whose clocks they may mean. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ['EST', '`America/New_York`'],
  ['EDT', '`America/New_York`'],
  ['CST', '`America/Chicago` or `Asia/Shanghai`'],
  ['CDT', '`America/Chicago`'],
  ['MST', '`America/Denver`'],
  ['MDT', '`America/Denver`'],
  ['PST', '`America/Los_Angeles`'],
  ['PDT', '`America/Los_Angeles`'],
  ['GMT', '`UTC` or `Europe/London`'],
  ['UCT', '`UTC`'],
  ['Z', '`UTC`'],
  ['BST', '`Europe/London`'],
  ['WET', '`Europe/Lisbon`'],
  ['CET', '`Europe/Berlin` or `Europe/Paris`'],
  ['CEST', '`Europe/Berlin` or `Europe/Paris`'],
  ['MET', '`Europe/Berlin`'],
  ['EET', '`Europe/Athens`'],
  ['EEST', '`Europe/Athens`'],
  ['MSK', '`Europe/Moscow`'],
  ['IST', '`Asia/Kolkata`, `Asia/Jerusalem` or `Europe/Dublin`'],
  ['PRC', '`Asia/Shanghai`'],
  ['SGT', '`Asia/Singapore`'],
  ['HKT', '`Asia/Hong_Kong`'],
  ['JST', '`Asia/Tokyo`'],
  ['KST', '`Asia/Seoul`'],
  ['AEST', '`Australia/Sydney`'],
  ['NZST', '`Pacific/Auckland`'],
]);

const EXAMPLE = 'write the name of a place whose clocks are meant, such as `Asia/Shanghai`, or `UTC`';

/** All names in their right spelling, but for names that were given up for others. Listing them takes a millisecond. */
let listed: ReadonlyMap<string, string> | undefined;

function currentNames(): ReadonlyMap<string, string> {
  listed ??= new Map([UTC, ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]));
  return listed;
}

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function nearestName(text: string): string | undefined {
  const lower = text.toLowerCase().replace(/\s+/g, '_');
  const names = [...currentNames().values()];
  return names.find((name) => name.toLowerCase().endsWith(`/${lower}`)) ?? nearestOf(text, names);
}

/**
 * A time zone by its IANA name. Offsets and abbreviations are refused: the ones know nothing of summer time, the others
 * mean several places. `mayGuess`: whether to look for the name that was meant, which takes a while.
 */
export function zoneOf(text: string, mayGuess: boolean): Understood<string> {
  if (text === UTC) return meaning(text);
  if (/^((utc|gmt)\s*)?[+\-−]?\d/i.test(text) && !text.includes('/')) {
    return wrong(`zone ${quoted(text)} is an offset, which knows no summer time; ${EXAMPLE}`);
  }
  const places = PLACES.get(text.toUpperCase());
  if (places !== undefined || /^[A-Z]{1,5}(\d[A-Z]{3})?$/.test(text)) {
    return wrong(`zone ${quoted(text)} is an abbreviation; ${places === undefined ? EXAMPLE : `write ${places}`}`);
  }
  const spelled = currentNames().get(text.toLowerCase());
  if (spelled === text) return meaning(text);
  if (spelled !== undefined) return wrong(`zone ${quoted(text)} is spelled otherwise; write \`${spelled}\``);
  if (/^[A-Za-z]/.test(text) && isKnown(text)) return meaning(text);
  const near = mayGuess ? nearestName(text) : undefined;
  return wrong(`unknown zone ${quoted(text)}; ${near === undefined ? EXAMPLE : `did you mean \`${near}\`?`}`);
}
