// A message of AWS taken apart: the recorded call in it, whose account it is of, and who and when, for people to read.
import { z } from 'zod';
import { Fault } from '../../base/fault.ts';
import type { Hint } from '../../core/model/target.ts';
import { actorOf } from './actor.ts';
import { cleanText, fieldOf, isFields, quoted, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { EVENT_SOURCE } from './traits.ts';

/** A CloudTrail record, and what only the envelope around it may know. */
export interface Call {
  readonly name: string;
  readonly source: string;
  readonly record: Fields;
  readonly envelope: Fields;
}

/** Whose resources an event speaks of. */
export interface Owner {
  readonly account: string;
  readonly region: string;
}

/** An instant, not a day nor a wall clock: `Date` alone takes `5` for a month of 2001. */
const instant = z.iso.datetime({ offset: true });

export function malformed(message: string): Fault {
  return new Fault('malformed', message);
}

/** The call that an EventBridge event has in `detail`, or that is the message itself, as in CloudTrail's log files. */
export function callOf(raw: Fields, isEnveloped: boolean): Call {
  const record = isEnveloped || raw['detail'] !== undefined ? raw['detail'] : raw;
  if (!isFields(record)) throw malformed('event has no object in `detail`; expected a CloudTrail record there');
  const name = textOf(record, 'eventName');
  if (name === undefined) {
    if (Array.isArray(record['Records'])) {
      throw malformed('event is a whole log file of CloudTrail; send each record of `Records` by itself');
    }
    throw malformed(
      'event has no text in `eventName`; expected a CloudTrail record, bare or in `detail`, or the event of a schedule',
    );
  }
  const source = textOf(record, 'eventSource');
  if (source === undefined) {
    throw malformed(
      `event ${quoted(name)} has no text in \`eventSource\`; expected a service such as \`${EVENT_SOURCE}\``,
    );
  }
  return { name, source, record, envelope: record === raw ? {} : raw };
}

/** What was asked or answered, unwrapped: newer EC2 calls put it all under the name of the call. */
export function partOf(call: Call, field: 'requestParameters' | 'responseElements'): unknown {
  const part = call.record[field];
  const wrapper = `${call.name}${field === 'requestParameters' ? 'Request' : 'Response'}`;
  return isFields(part) && Object.hasOwn(part, wrapper) ? part[wrapper] : part;
}

/** The owner is the recipient of a record, where it says so: the caller may be of another account. */
export function ownerOf(name: string, envelope: Fields, record: Fields = {}): Owner {
  const account = textOf(record, 'recipientAccountId') ?? textOf(envelope, 'account');
  const region = textOf(record, 'awsRegion') ?? textOf(envelope, 'region');
  if (account === undefined || !/^\d{12}$/.test(account)) {
    throw malformed(`event ${quoted(name)} has no account of 12 digits in \`recipientAccountId\` or \`account\``);
  }
  if (region === undefined || !/^[a-z0-9-]{1,64}$/.test(region)) {
    throw malformed(
      `event ${quoted(name)} has no region in \`awsRegion\` or \`region\`; expected one such as \`us-east-1\``,
    );
  }
  return { account, region };
}

/** The instant in a field of an event. */
export function instantOf(name: string, field: string, time: string | undefined): Date {
  if (time === undefined || !instant.safeParse(time).success) {
    throw malformed(
      `event ${quoted(name)} has ${time === undefined ? 'no time' : quoted(time)} in \`${field}\`; ` +
        'expected an instant of ISO 8601 such as `2026-11-24T08:00:00Z`',
    );
  }
  return new Date(time);
}

export function hintOf({ name, record, envelope }: Call): Hint {
  return {
    eventId: textOf(record, 'eventID') ?? textOf(envelope, 'id') ?? '',
    eventName: name,
    at: instantOf(name, 'eventTime', textOf(record, 'eventTime') ?? textOf(envelope, 'time')),
    actor: cleanText(actorOf(record['userIdentity'])),
    sourceAddress: textOf(record, 'sourceIPAddress') ?? '',
    userAgent: textOf(record, 'userAgent') ?? '',
  };
}

/** The first of some fields that is stated at all, in what was asked and then in what was answered. */
export function statedIn(call: Call, paths: readonly (readonly string[])[]): unknown {
  for (const part of ['requestParameters', 'responseElements'] as const) {
    for (const path of paths) {
      const value = path.reduce(fieldOf, partOf(call, part));
      if (value !== undefined && value !== null) return value;
    }
  }
  return undefined;
}
