import { styleText } from 'node:util';
import { recordText } from '../shared/core/records.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import type { ChangeRecord, FindingRecord } from '../shared/core/model/record.ts';
import type { Target } from '../shared/core/model/target.ts';
import type { BusEvent } from './bus/event.ts';
import { callerOf, callName, callText, groupOf, outcomeOf } from './call.ts';
import { PORTCULLIS_ROLE } from './people.ts';
import type { Place } from './place.ts';
import type { PolicyRead } from './policy-watch.ts';
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
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function tell(teller: Teller, style: Style, word: string, text: string): void {
  teller.line(`  ${teller.paint(style, word.padEnd(WIDTH))} ${printable(text)}`);
}

function tellFinding(teller: Teller, finding: FindingRecord): void {
  const what = finding.kind === 'missing' ? `missing ${finding.text}` : finding.text;
  const rule = finding.rule === null ? '' : `, by rule ${finding.rule}`;
  const why = finding.why === undefined ? '' : ` (${finding.why})`;
  tell(teller, 'red', 'found', `${what}${rule}`);
  tell(teller, 'dim', '', `against ${finding.clause} in ${finding.at}${why}`);
}

/** `narrowed tcp/22 from 0.0.0.0/0 to tcp/22 from 10.0.0.0/8`. */
export function changeText({ kind, direction, rule, becomes = [] }: ChangeRecord): string {
  const before = rule === undefined ? '' : recordText(direction, rule);
  const after = becomes.map((one) => recordText(direction, one)).join('; ');
  return {
    remove: `removed ${before}`,
    narrow: `narrowed ${before} to ${after}`,
    restore: `restored ${before} to ${after}`,
    add: `added ${after}`,
  }[kind];
}

/** How long it was wrong, from the call to the read that proves the opposite. */
function proofText({ body, at }: LedgerEntry, wrongSince: Date | undefined): string {
  if (body.kind !== 'reverted') return '';
  if (!body.closed) return `read again: it is not all right yet; ${body.reasons.join('; ')}`;
  // What a person ordered was never wrong, and its call is not what began it.
  if (body.order !== undefined) return 'read again, and it is right';
  const was = body.findings.every(({ kind }) => kind === 'missing') ? 'lacking' : 'open';
  const seconds =
    wrongSince === undefined ? '' : `${was} for ${((at.getTime() - wrongSince.getTime()) / 1000).toFixed(2)} s; `;
  return `${seconds}read again, and it is right`;
}

/** Why nothing is done about what was found. */
function heldText(findings: readonly FindingRecord[], reasons: readonly string[]): string {
  const mode = findings.find((finding) => finding.mode !== 'enforce')?.mode;
  const modeText = mode === undefined ? '`revert: restore` is not carried out yet' : `the policy's mode is \`${mode}\``;
  const texts = reasons.map((reason) => (reason === 'mode' ? modeText : reason));
  return texts.length === 0 ? 'only what is proven is reverted' : texts.join('; ');
}

function tellEntry(teller: Teller, entry: LedgerEntry, wrongSince: Date | undefined, calls: readonly string[]): void {
  const { body } = entry;
  if (body.kind === 'unreadable') tell(teller, 'red', 'unreadable', body.why);
  if (body.kind === 'verified') tell(teller, 'green', 'verified', 'read again a minute later, and it holds');
  if (body.kind !== 'reverted' && body.kind !== 'held' && body.kind !== 'failed') return;
  for (const finding of body.findings) tellFinding(teller, finding);
  if (body.kind === 'failed') tell(teller, 'red', 'failed', body.why);
  if (body.kind === 'held') tell(teller, 'yellow', 'held', heldText(body.findings, body.reasons));
  if (body.kind !== 'reverted') return;
  for (const change of body.changes) tell(teller, 'green', 'done', changeText(change));
  const by = body.order === undefined ? calls.join(', ') : `hand: ${body.order.kind}, ${body.order.by}`;
  if (by !== '') tell(teller, 'dim', '', `by ${by}`);
  tell(teller, body.closed ? 'green' : 'red', 'proven', proofText(entry, wrongSince));
}

function tellTicket(teller: Teller, { body }: LedgerEntry, about: string): void {
  if (body.kind !== 'ticketed') return;
  const text = body.created ? `${body.ticket} opened` : `${body.ticket} is open already for this breach`;
  tell(teller, 'cyan', 'ticket', `${text}${about}`);
  tell(teller, 'dim', '', body.url);
}

/** Tells what happens in one place. Where there are several, each line that begins something says where that is. */
class PlaceStory {
  readonly #place: Place;
  readonly #teller: Teller;
  readonly #where: string;
  readonly #wrongSince = new Map<string, Date>();
  readonly #ownCalls = new Map<string, readonly string[]>();
  readonly #told = new Map<string, number>();

  constructor(place: Place, teller: Teller, isAlone: boolean) {
    this.#place = place;
    this.#teller = teller;
    this.#where = isAlone ? '' : ` in ${place.site.name} ${place.site.region}`;
  }

  hear(event: BusEvent): void {
    if (event.source === 'aws.ec2') this.#hearCall(event);
    if (event.source !== 'portcullis') return;
    void this.#tellOutcome(event).catch((error: unknown) => {
      tell(this.#teller, 'red', 'story', error instanceof Error ? error.message : String(error));
    });
  }

  #hearCall({ detail }: BusEvent): void {
    const group = groupOf(detail);
    const caller = callerOf(detail);
    if (caller === PORTCULLIS_ROLE) {
      this.#ownCalls.set(group, [...(this.#ownCalls.get(group) ?? []), callName(detail)]);
      return;
    }
    this.#wrongSince.set(group, new Date());
    tell(this.#teller, 'bold', caller, `${callText(detail)}${this.#where}`);
  }

  async #tellOutcome({ detail, account, region }: BusEvent): Promise<void> {
    const { id, sequence } = outcomeOf(detail);
    const target = { cloud: 'aws', account, region, id };
    const entry = await this.#place.wiring.reconcile.ledger.entry(target, sequence);
    const since = this.#wrongSince.get(id);
    if (since === undefined && this.#where !== '') tell(this.#teller, 'bold', 'sweep', `looked at ${id}${this.#where}`);
    if (entry !== undefined) tellEntry(this.#teller, entry, since, this.#ownCalls.get(id) ?? []);
    this.#ownCalls.delete(id);
    await this.#place.bus.idle();
    await this.#tellTickets(target);
  }

  async #tellTickets(target: Target): Promise<void> {
    const about = this.#where === '' ? '' : `, about ${target.id}${this.#where}`;
    const entries = await this.#place.wiring.reconcile.ledger.entries(target);
    for (const entry of entries.slice(this.#told.get(target.id) ?? 0)) tellTicket(this.#teller, entry, about);
    this.#told.set(target.id, entries.length);
  }
}

/** Tells in the terminal, as it happens, who did what, what was found and done, and which incident says so. */
export function tellStory({ places }: World, teller: Teller): void {
  for (const place of places) {
    const story = new PlaceStory(place, teller, places.length === 1);
    place.bus.onEvent((event) => {
      story.hear(event);
    });
    place.bus.onFailure(({ queue, reason, receiveCount, retryInMs }) => {
      // The event of our own write often arrives while the run that wrote still has the firewall.
      if (receiveCount === 1 && retryInMs !== undefined) return;
      const next = retryInMs === undefined ? 'it is a dead letter now' : `again in ${(retryInMs / 1000).toFixed(1)} s`;
      tell(teller, 'yellow', 'waits', `a message for \`${queue}\` failed (${reason}); ${next}`);
    });
  }
}

/** Tells that the policy files were changed, and what that means. */
export function tellPolicy(read: PolicyRead, teller: Teller): void {
  if (read.kind === 'policy') {
    tell(teller, 'green', 'policy', 'read again, and in force from now on; a sweep looks at every group');
    return;
  }
  for (const problem of read.problems) tell(teller, 'red', 'policy', problem);
  tell(teller, 'yellow', '', 'nothing has changed: the last good policy still holds');
}
