// Raw event -> Heard: which security groups to look at, or why there is none.
import { z } from 'zod';
import { Fault } from '../../base/fault.ts';
import type { Hint, Target } from '../../core/model/target.ts';
import type { Heard, NamedTarget } from '../contract.ts';
import { actorOf } from './actor.ts';
import { cleanText, elementsOf, fieldOf, isFields, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { API_CALL, CALLS, CLOUD, EVENT_SOURCE, GROUP_ID } from './traits.ts';
import type { NamedBy } from './traits.ts';

/** A CloudTrail record, and what only the envelope around it may know. */
interface Call {
  readonly name: string;
  readonly source: string;
  readonly record: Fields;
  readonly envelope: Fields;
}

interface Owner {
  readonly account: string;
  readonly region: string;
}

/** An instant, not a day nor a wall clock: `Date` alone takes `5` for a month of 2001. */
const instant = z.iso.datetime({ offset: true });

function malformed(message: string): Fault {
  return new Fault('malformed', message);
}

function ignored(why: string): Heard {
  return { kind: 'ignored', why };
}

/** A name from an event inside a message: short, and unable to close its backticks. */
function quoted(text: string): string {
  return `\`${cleanText(text).replaceAll('`', "'").slice(0, 100)}\``;
}

/** The record of an API call, or why the event is none. */
function callOf(raw: unknown): Call | Heard {
  if (!isFields(raw)) {
    throw malformed('event is not an object; expected an EventBridge event or a CloudTrail record');
  }
  const detailType = textOf(raw, 'detail-type');
  if (detailType !== undefined && detailType !== API_CALL) {
    const source = textOf(raw, 'source') ?? 'an unknown source';
    return ignored(`event ${quoted(detailType)} of ${quoted(source)} is not a recorded API call`);
  }
  // An AWS Config rule is invoked with an object of its own, which a function may be subscribed to by mistake.
  if (detailType === undefined && textOf(raw, 'invokingEvent') !== undefined) {
    const rule = textOf(raw, 'configRuleName') ?? 'unknown';
    return ignored(`invocation by the AWS Config rule ${quoted(rule)} is not a recorded API call`);
  }
  const record = detailType === undefined && raw['detail'] === undefined ? raw : raw['detail'];
  if (!isFields(record)) throw malformed('event has no object in `detail`; expected a CloudTrail record there');
  const name = textOf(record, 'eventName');
  if (name === undefined) {
    throw malformed('event has no text in `eventName`; expected a CloudTrail record, bare or in `detail`');
  }
  const source = textOf(record, 'eventSource');
  if (source === undefined) {
    throw malformed(
      `event ${quoted(name)} has no text in \`eventSource\`; expected a service such as \`${EVENT_SOURCE}\``,
    );
  }
  return { name, source, record, envelope: record === raw ? {} : raw };
}

/** What was asked and answered, unwrapped: newer EC2 calls put it all under the name of the call. */
function partOf(call: Call, field: 'requestParameters' | 'responseElements'): unknown {
  const part = call.record[field];
  const wrapper = `${call.name}${field === 'requestParameters' ? 'Request' : 'Response'}`;
  return isFields(part) && Object.hasOwn(part, wrapper) ? part[wrapper] : part;
}

function groupId(value: unknown, call: Call, where: string): string {
  if (typeof value === 'string' && GROUP_ID.test(value)) return value;
  const found = typeof value === 'string' ? quoted(value) : 'no text';
  throw malformed(
    `event ${quoted(call.name)} has ${found} in \`${where}\`; expected the id of a security group such as \`sg-0123456789abcdef0\``,
  );
}

/** Every id in the request, else in the answer: the request alone can name the group by its name only. */
function idsOfGroups(call: Call): readonly string[] {
  const asked = fieldOf(partOf(call, 'requestParameters'), 'groupId');
  if (asked !== undefined && asked !== null) {
    return elementsOf(asked).map((id) => groupId(id, call, 'requestParameters.groupId'));
  }
  const answer = partOf(call, 'responseElements');
  return elementsOf(fieldOf(answer, 'securityGroupRuleSet')).map((rule) =>
    groupId(fieldOf(rule, 'groupId'), call, 'responseElements.securityGroupRuleSet[].groupId'),
  );
}

function idOfCreated(call: Call): readonly string[] {
  return [groupId(fieldOf(partOf(call, 'responseElements'), 'groupId'), call, 'responseElements.groupId')];
}

function idsOfTagged(call: Call): readonly string[] {
  const request = partOf(call, 'requestParameters');
  const resources = elementsOf(fieldOf(request, 'resourcesSet') ?? fieldOf(request, 'resourceId'));
  const ids = resources.map((resource) => (isFields(resource) ? fieldOf(resource, 'resourceId') : resource));
  if (ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    throw malformed(
      `event ${quoted(call.name)} names no resource; expected ids in \`requestParameters.resourcesSet.items[].resourceId\``,
    );
  }
  return ids.filter((id) => id.startsWith('sg-')).map((id) => groupId(id, call, 'requestParameters.resourcesSet'));
}

function idsOf(call: Call, namedBy: NamedBy): readonly string[] {
  switch (namedBy) {
    case 'group':
      return idsOfGroups(call);
    case 'created group':
      return idOfCreated(call);
    case 'tagged resources':
      return idsOfTagged(call);
  }
}

/** The owner of the group is the recipient of the record: the caller may be of another account. */
function ownerOf({ name, record, envelope }: Call): Owner {
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

function hintOf({ name, record, envelope }: Call): Hint {
  const time = textOf(record, 'eventTime') ?? textOf(envelope, 'time');
  if (time === undefined || !instant.safeParse(time).success) {
    throw malformed(
      `event ${quoted(name)} has ${time === undefined ? 'no time' : quoted(time)} in \`eventTime\`; ` +
        'expected an instant of ISO 8601 such as `2026-11-24T08:00:00Z`',
    );
  }
  return {
    eventId: textOf(record, 'eventID') ?? textOf(envelope, 'id') ?? '',
    eventName: name,
    at: new Date(time),
    actor: cleanText(actorOf(record['userIdentity'])),
    sourceAddress: textOf(record, 'sourceIPAddress') ?? '',
    userAgent: textOf(record, 'userAgent') ?? '',
  };
}

function targetsOf(call: Call, namedBy: NamedBy): Heard {
  const owner = ownerOf(call);
  const ids = [...new Set(idsOf(call, namedBy))];
  if (ids.length > 0) {
    const targets = ids.map((id): Target => ({ cloud: CLOUD, ...owner, id }));
    return { kind: 'targets', targets, named: [], hint: hintOf(call) };
  }
  if (namedBy === 'tagged resources') return ignored(`call ${quoted(call.name)} tags no security group`);
  // The exact text: a name with odd characters must still find its group.
  const groupName = fieldOf(partOf(call, 'requestParameters'), 'groupName');
  if (typeof groupName !== 'string' || groupName === '' || groupName.length > 255) {
    throw malformed(
      `event ${quoted(call.name)} names no security group; expected its id in \`requestParameters.groupId\`, ` +
        '`responseElements.securityGroupRuleSet.items[].groupId`, or its name in `requestParameters.groupName`',
    );
  }
  const named: NamedTarget = { cloud: CLOUD, ...owner, name: groupName };
  return { kind: 'targets', targets: [], named: [named], hint: hintOf(call) };
}

/**
 * Which security groups an event says to look at. It takes an EventBridge event with a CloudTrail record in `detail`,
 * and a bare record as in CloudTrail's log files. No event is ignored for who made it: the state decides.
 */
export function heardFrom(raw: unknown): Heard {
  const call = callOf(raw);
  if ('kind' in call) return call;
  if (call.source !== EVENT_SOURCE) return ignored(`call ${quoted(call.name)} of ${quoted(call.source)} is not of EC2`);
  const namedBy = CALLS.get(call.name);
  if (namedBy === undefined) return ignored(`call ${quoted(call.name)} changes no security group's rules`);
  const errorCode = textOf(call.record, 'errorCode');
  if (errorCode !== undefined) {
    return ignored(`call ${quoted(call.name)} failed with ${quoted(errorCode)} and changed nothing`);
  }
  return targetsOf(call, namedBy);
}
