// The environment -> which settings are there, and what is wrong with them. Values are never shown: some hold secrets.
import { nearestOf } from '../shared/policy/nearest.ts';
import { settingProblemsOf } from '../shared/base/settings.ts';
import type { Environment, SettingProblem } from '../shared/base/settings.ts';
import { checkupsOf } from './checkup.ts';
import type { Checkup } from './checkup.ts';
import { listed } from './words.ts';

/** Settings that this version reads. */
const SETTINGS = [
  'PORTCULLIS_POLICY',
  'PORTCULLIS_LEDGER',
  'PORTCULLIS_GRANTS',
  'PORTCULLIS_GRANTS_KEY',
  'PORTCULLIS_RULES_PER_GROUP',
  'PORTCULLIS_TICKETS',
  'PORTCULLIS_SERVICENOW_SECRET',
  'PORTCULLIS_EVENT_BUS',
  'PORTCULLIS_CHANGE_QUEUE',
  'PORTCULLIS_SWEEP_QUEUE',
  'PORTCULLIS_MODE',
];

/** Read by programs beside the settings: nobody has to be told of them. */
const BESIDE = ['PORTCULLIS_DEBUG'];

const setting = checkupsOf('settings');

function strangers(environment: Environment): readonly Checkup[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('PORTCULLIS_') && !SETTINGS.includes(name) && !BESIDE.includes(name))
    .sort()
    .map((name) => {
      const near = nearestOf(name, SETTINGS);
      const mend = near === undefined ? `remove it; the settings are ${SETTINGS.join(', ')}` : `did you mean ${near}?`;
      return setting(name, 'warning', 'is no setting of this version, and nothing reads it', mend);
    });
}

function wrongOrMissing(problem: SettingProblem, environment: Environment): Checkup {
  const { name, message, isMissing } = problem;
  const [, rest = message] = /^setting `[^`]*` (.*)$/s.exec(message) ?? [];
  // A key is needed wherever there is something to sign.
  if (!isMissing || (name === 'PORTCULLIS_GRANTS_KEY' && (environment['PORTCULLIS_GRANTS'] ?? '') !== '')) {
    return setting(name, 'failed', rest);
  }
  const [, mend] = /^is missing; (.*)$/s.exec(rest) ?? [];
  return setting(name, 'not checked', 'is missing, and only needed by the functions', mend);
}

/** Every setting by its name: what is wrong, what is missing and needed by the functions only, what is set, what is not. */
export function settingCheckups(environment: Environment): readonly Checkup[] {
  const problems = settingProblemsOf(environment).filter(({ name }) => name.startsWith('PORTCULLIS_'));
  const fine = SETTINGS.filter((name) => problems.every((problem) => problem.name !== name));
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  const unset = fine.filter((name) => !isSet(name));
  return [
    ...problems.map((problem) => wrongOrMissing(problem, environment)),
    ...fine.filter(isSet).map((name) => setting(name, 'ok', 'is set, and readable')),
    ...(unset.length === 0 ? [] : [setting('others', 'ok', `${listed(unset)} are not set, and need not be`)]),
    ...strangers(environment),
  ];
}
