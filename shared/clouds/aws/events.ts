// Raw event -> Heard: where to look, that a clock has ticked, or why there is nothing to look at.
import type { Target } from '../../core/model/target.ts';
import type { Heard, Lead } from '../contract.ts';
import { callOf, hintOf, instantOf, malformed, ownerOf } from './call.ts';
import type { Call } from './call.ts';
import { fieldOf, isFields, quoted, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { namedBy } from './named.ts';
import {
  API_CALL,
  BUS_SOURCE,
  CALLS,
  CLOUD,
  EVENT_SOURCE,
  INSTANCE_ID,
  RUNNING,
  SCHEDULED,
  SCHEDULERS,
  STATE_CHANGE,
} from './traits.ts';

function ignored(why: string): Heard {
  return { kind: 'ignored', why };
}

function heardOfCall(call: Call): Heard {
  const { name, source, record, envelope } = call;
  if (source !== EVENT_SOURCE) return ignored(`call ${quoted(name)} of ${quoted(source)} is not of EC2`);
  const how = CALLS.get(name);
  if (how === undefined) return ignored(`call ${quoted(name)} changes no security group's rules, members or peers`);
  const errorCode = textOf(record, 'errorCode');
  if (errorCode !== undefined)
    return ignored(`call ${quoted(name)} failed with ${quoted(errorCode)} and changed nothing`);
  const owner = ownerOf(name, envelope, record);
  const named = namedBy(call, how);
  if ('nothing' in named) return ignored(named.nothing);
  const targets = [...new Set(named.groups)].map((id): Target => ({ cloud: CLOUD, ...owner, id }));
  const leads = named.leads.map((lead): Lead => ({ cloud: CLOUD, ...owner, ...lead }));
  return { kind: 'targets', targets, leads, hint: hintOf(call) };
}

/** Nobody is named in it: the state is the service's own report. */
function heardOfState(event: Fields): Heard {
  const detail = event['detail'];
  const id = fieldOf(detail, 'instance-id');
  const state = isFields(detail) ? textOf(detail, 'state') : undefined;
  if (typeof id !== 'string' || !INSTANCE_ID.test(id) || state === undefined) {
    throw malformed(
      `event ${quoted(STATE_CHANGE)} names no instance and state; expected both in \`detail.instance-id\` and \`detail.state\``,
    );
  }
  // Before that state the addresses have not settled, and after it nobody can be reached.
  if (state !== RUNNING)
    return ignored(`instance \`${id}\` is ${quoted(state)}, and looked at once it is \`${RUNNING}\``);
  const lead: Lead = { cloud: CLOUD, ...ownerOf(STATE_CHANGE, event), kind: 'instance', id };
  const hint = {
    eventId: textOf(event, 'id') ?? '',
    eventName: STATE_CHANGE,
    at: instantOf(STATE_CHANGE, 'time', textOf(event, 'time')),
    actor: 'unknown',
    sourceAddress: '',
    userAgent: '',
  };
  return { kind: 'targets', targets: [], leads: [lead], hint };
}

/**
 * Where an event says to look. It takes EventBridge's events of recorded calls, of instance states and of schedules,
 * and bare records as in CloudTrail's log files. No event is ignored for who made it: the state decides. Of a schedule
 * only `source`, `detail-type`, `account`, `region` and `time` are read, so that its owner may write an input of their own that has these.
 */
export function heardFrom(raw: unknown): Heard {
  if (!isFields(raw)) {
    throw malformed('event is not an object; expected an EventBridge event or a CloudTrail record');
  }
  const kind = textOf(raw, 'detail-type');
  const source = textOf(raw, 'source') ?? 'an unknown source';
  if (kind === SCHEDULED && SCHEDULERS.includes(source)) {
    const at = instantOf(SCHEDULED, 'time', textOf(raw, 'time'));
    return { kind: 'clock', scope: ownerOf(SCHEDULED, raw), at };
  }
  if (kind === STATE_CHANGE && source === BUS_SOURCE) return heardOfState(raw);
  if (kind !== undefined && kind !== API_CALL) {
    return ignored(`event ${quoted(kind)} of ${quoted(source)} tells of no firewall`);
  }
  // An AWS Config rule is invoked with an object of its own, which a function may be subscribed to by mistake.
  if (kind === undefined && textOf(raw, 'invokingEvent') !== undefined) {
    const rule = textOf(raw, 'configRuleName') ?? 'unknown';
    return ignored(`invocation by the AWS Config rule ${quoted(rule)} is not a recorded API call`);
  }
  return heardOfCall(callOf(raw, kind === API_CALL));
}
