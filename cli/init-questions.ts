// The five questions of `init`, and their answers from the command line.
import type { Addresses } from '../shared/core/space/addresses.ts';
import * as line from '../shared/core/space/line.ts';
import { peerOf } from '../shared/policy/peer.ts';
import { meaning, quoted, wrong } from '../shared/policy/problem.ts';
import type { Understood } from '../shared/policy/problem.ts';
import { slotsOfServices } from '../shared/policy/sensitive.ts';
import { serviceOf } from '../shared/policy/service.ts';
import { apartFrom, NEVER_SERVICES, PUBLIC_SERVICES } from '../shared/policy/starter.ts';
import type { Answers } from '../shared/policy/starter.ts';
import { Fault } from '../shared/base/fault.ts';
import { asked } from './dialogue.ts';
import type { Question, Talk } from './dialogue.ts';

const NOBODY = 'none';
const ALL = 'all';

/** What of a list of texts means nothing, said as `validate` says it. */
function listOf(text: string, check: (one: string) => Understood<unknown>): Understood<readonly string[]> {
  if (text === NOBODY) return meaning([]);
  const texts = text.split(/[\s,]+/).filter((one) => one !== '');
  for (const one of texts) {
    const read = check(one);
    if (read.kind === 'wrong') return read;
  }
  return meaning([...new Set(texts)]);
}

function accountIn(text: string): Understood<string | undefined> {
  if (text === ALL) return meaning(undefined);
  const digits = text.replace(/[-\s]/g, '');
  if (/^\d{12}$/.test(digits)) return meaning(digits);
  return wrong(`account ${quoted(text)} is no AWS account; write its 12 digits, leading zeros included, or \`${ALL}\``);
}

/** More than a `/8` of IPv4 or a `/16` of IPv6 in one piece is no office. */
function isNoOffice({ v4, v6 }: Addresses): boolean {
  return (
    line.rangesOf(v4).some(([from, end]) => end - from > 2 ** 24) ||
    line.rangesOf(v6).some(([from, end]) => end - from > 2n ** 112n)
  );
}

function officeIn(text: string): Understood<readonly string[]> {
  return listOf(text, (one) => {
    const peer = peerOf(one);
    if (peer.kind === 'wrong' || !isNoOffice(peer.value)) return peer;
    return wrong(`${quoted(one)} is more than an office can be; write the networks of your own, or \`${NOBODY}\``);
  });
}

function servicesIn(text: string): Understood<readonly string[]> {
  return listOf(text, serviceOf);
}

function neverIn(text: string, open: readonly string[]): Understood<readonly string[]> {
  const services = servicesIn(text);
  if (services.kind === 'wrong') return services;
  const both = services.value.filter(
    (one) => line.intersection(slotsOfServices([one]), slotsOfServices(open)).length > 0,
  );
  if (both.length === 0) return services;
  return wrong(`everybody may reach ${both.map(quoted).join(', ')}, by what you said before; leave it out here`);
}

function modeIn(text: string): Understood<Answers['mode']> {
  if (text === 'report' || text === 'enforce') return meaning(text);
  return wrong(`mode ${quoted(text)} is none of \`report\` and \`enforce\`; write one of them`);
}

/** What the command line says of the questions, as it was typed. */
export interface GivenAnswers {
  readonly account?: string;
  readonly office?: string;
  readonly public?: string;
  readonly never?: string;
  readonly mode?: string;
}

type Key = keyof GivenAnswers;

/** Options by which a script answers, with an example each. */
export const ANSWER_OPTIONS: Readonly<Record<Key, string>> = {
  account: '--account 111122223333',
  office: '--office 203.0.113.0/24',
  public: '--public tcp/443,tcp/80',
  never: '--never tcp/22,tcp/3389',
  mode: '--mode report',
};

const ACCOUNT: Question<string | undefined> = {
  text: `1 of 5. Which AWS account is this policy for? Its 12 digits, or \`${ALL}\` that your credentials see.`,
  unstated: ALL,
  read: accountIn,
};
const OFFICE: Question<readonly string[]> = {
  text: `2 of 5. From which addresses do your people administer machines (SSH, RDP)? CIDRs, or \`${NOBODY}\`.`,
  unstated: NOBODY,
  read: officeIn,
};
const PUBLIC: Question<readonly string[]> = {
  text: `3 of 5. What may everybody on the internet reach? Services such as \`tcp/443\`, or \`${NOBODY}\`.`,
  unstated: PUBLIC_SERVICES.join(', '),
  read: servicesIn,
};
const MODE: Question<Answers['mode']> = {
  text: '5 of 5. `report` what is found, or also `enforce`: close it by itself, once a function or `apply` runs?',
  unstated: 'report',
  read: modeIn,
};

function never(open: readonly string[]): Question<readonly string[]> {
  const unstated = apartFrom(NEVER_SERVICES, open);
  return {
    text: `4 of 5. What must never be open to the internet, whatever somebody allows later? Services, or \`${NOBODY}\`.`,
    unstated: unstated.length === 0 ? NOBODY : unstated.join(', '),
    read: (text) => neverIn(text, open),
  };
}

/** How a question is answered that the command line leaves open. */
export type Answering = { readonly kind: 'ask'; readonly talk: Talk } | { readonly kind: 'defaults' };

/** Nobody answers any more. */
class Stopped extends Error {}

async function answerTo<T>(
  question: Question<T>,
  given: string | undefined,
  key: Key,
  answering: Answering,
): Promise<T> {
  if (given === undefined && answering.kind === 'ask') {
    const answer = await asked(question, answering.talk);
    if (answer === undefined) throw new Stopped();
    return answer.value;
  }
  const read = question.read(given?.trim() ?? question.unstated);
  if (read.kind === 'wrong') throw new Fault('malformed', `--${key}: ${read.problem}`);
  return read.value;
}

/** All five answers, in the order of the questions; undefined where nobody answers any more. */
export async function answersOf(
  given: GivenAnswers,
  region: string | undefined,
  answering: Answering,
): Promise<Answers | undefined> {
  try {
    const account = await answerTo(ACCOUNT, given.account, 'account', answering);
    const office = await answerTo(OFFICE, given.office, 'office', answering);
    const open = await answerTo(PUBLIC, given.public, 'public', answering);
    const closed = await answerTo(never(open), given.never, 'never', answering);
    const mode = await answerTo(MODE, given.mode, 'mode', answering);
    return { account, region, office, public: open, never: closed, mode };
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}
