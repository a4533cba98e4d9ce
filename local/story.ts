import { styleText } from 'node:util';
import { recordText } from '../shared/core/records.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import type { ChangeRecord, FindingRecord } from '../shared/core/model/record.ts';
import type { Target } from '../shared/core/model/target.ts';
import type { BusEvent } from './bus/event.ts';
import { PORTCULLIS_ROLE } from './people.ts';
import type { World } from './world.ts';

type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';

/** Writes lines to a terminal, in colour where it shows colours. */
export interface Teller {
  line(text: string): void;
  paint(style: Style, text: string): string;
}

export function terminalTeller(stream: NodeJS.WriteStream): Teller {
  const inColour = stream.isTTY && process.env['NO_COLOR'] === undefined;
  return {
    line: (text) => {
      stream.write(`${text}\n`);
    },
    paint: (style, text) => (inColour ? styleText(style, text) : text),
  };
}

const WIDTH = 10;

/** Text from rules and names was written by anybody: nothing in it may steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function tell(teller: Teller, style: Style, word: string, text: string): void {
  teller.line(`  ${teller.paint(style, word.padEnd(WIDTH))} ${printable(text)}`);
}

function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === key)?.[1] : undefined,
    value,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Who made a call, as CloudTrail tells it: the user's name, or the role of a session. */
function callerOf(detail: BusEvent['detail']): string {
  const user = textOf(fieldOf(detail, 'userIdentity', 'userName'));
  return user === '' ? textOf(fieldOf(detail, 'userIdentity', 'sessionContext', 'sessionIssuer', 'userName')) : user;
}

function groupOf(detail: BusEvent['detail']): string {
  const wrapped = fieldOf(detail, 'requestParameters', 'ModifySecurityGroupRulesRequest', 'GroupId');
  const inAnswer = fieldOf(detail, 'responseElements', 'groupId');
  return [fieldOf(detail, 'requestParameters', 'groupId'), wrapped, inAnswer].map(textOf).find((id) => id !== '') ?? '';
}

function tellCall(teller: Teller, { detail }: BusEvent): void {
  const failed = textOf(detail['errorCode']);
  const call = `${textOf(detail['eventName'])} ${groupOf(detail)}`;
  const caller = callerOf(detail);
  tell(teller, 'bold', caller === PORTCULLIS_ROLE ? 'portcullis' : caller, failed === '' ? call : `${call}: ${failed}`);
}

function tellFinding(teller: Teller, finding: FindingRecord): void {
  const what = finding.kind === 'missing' ? `missing ${finding.text}` : finding.text;
  const rule = finding.rule === null ? '' : `, by rule ${finding.rule}`;
  const why = finding.why === undefined ? '' : ` (${finding.why})`;
  tell(teller, 'red', 'found', `${what}${rule}`);
  tell(teller, 'dim', '', `against ${finding.clause} in ${finding.at}${why}`);
}

function tellChange(teller: Teller, { kind, direction, rule, becomes = [] }: ChangeRecord): void {
  const before = rule === undefined ? '' : recordText(direction, rule);
  const after = becomes.map((one) => recordText(direction, one)).join('; ');
  const text = { remove: `removed ${before}`, narrow: `narrowed ${before} to ${after}`, add: `added ${after}` }[kind];
  tell(teller, 'green', 'done', text);
}

function tellEntry(teller: Teller, { body, at }: LedgerEntry, openSince: Date | undefined): void {
  if (body.kind !== 'reverted' && body.kind !== 'held' && body.kind !== 'failed') return;
  for (const finding of body.findings) tellFinding(teller, finding);
  if (body.kind === 'failed') tell(teller, 'red', 'failed', body.why);
  if (body.kind === 'held') tell(teller, 'yellow', 'held', body.reasons.join('; '));
  if (body.kind !== 'reverted') return;
  for (const change of body.changes) tellChange(teller, change);
  const seconds =
    openSince === undefined ? '' : ` ${((at.getTime() - openSince.getTime()) / 1000).toFixed(2)} s after the call`;
  const proof = body.closed ? `read again: right${seconds}` : 'read again: still not right';
  tell(teller, body.closed ? 'green' : 'red', 'proven', proof);
}

function tellTicket(teller: Teller, { body }: LedgerEntry): void {
  if (body.kind !== 'ticketed') return;
  tell(
    teller,
    'cyan',
    'ticket',
    body.created ? `${body.ticket} opened` : `${body.ticket} is still open and tells of it`,
  );
  tell(teller, 'dim', '', body.url);
}

/** Tells in the terminal, as it happens, who did what, what was found and done, and which incident says so. */
export function tellStory(world: World, teller: Teller): void {
  const calledAt = new Map<string, Date>();
  const told = new Map<string, number>();
  const tellTickets = async (target: Target): Promise<void> => {
    const entries = await world.ledger.entries(target);
    for (const entry of entries.slice(told.get(target.id) ?? 0)) tellTicket(teller, entry);
    told.set(target.id, entries.length);
  };
  const tellOutcome = async ({ detail, account, region }: BusEvent): Promise<void> => {
    const target = { cloud: 'aws', account, region, id: textOf(fieldOf(detail, 'target', 'id')) };
    const entry = await world.ledger.entry(target, Number(detail['sequence']));
    if (entry !== undefined) tellEntry(teller, entry, calledAt.get(target.id));
    await world.bus.idle();
    await tellTickets(target);
  };
  world.bus.onEvent((event) => {
    if (event.source === 'aws.ec2') {
      const group = groupOf(event.detail);
      // Portcullis' own calls are told, but the time counts from the call that it answers.
      if (callerOf(event.detail) !== PORTCULLIS_ROLE) calledAt.set(group, new Date());
      tellCall(teller, event);
    } else if (event.source === 'portcullis') {
      void tellOutcome(event).catch((error: unknown) => {
        tell(teller, 'red', 'story', error instanceof Error ? error.message : String(error));
      });
    }
  });
  world.bus.onFailure(({ queue, reason, receiveCount, retryInMs }) => {
    // The event of our own write often arrives while the run that wrote still has the firewall.
    if (receiveCount === 1 && retryInMs !== undefined) return;
    const next = retryInMs === undefined ? 'it is a dead letter now' : `again in ${(retryInMs / 1000).toFixed(1)} s`;
    tell(teller, 'yellow', 'waits', `a message for \`${queue}\` failed (${reason}); ${next}`);
  });
}
