import type { Place } from './batch.ts';
import { eventTimeText } from './event.ts';
import type { BusEvent } from './event.ts';
import type { Queue } from './queue.ts';

export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
  /** Which of the two services wakes the target: a scheduled rule of EventBridge, or EventBridge Scheduler. */
  readonly shape: 'rule' | 'scheduler';
  readonly target: Queue;
}

/** What is the same in both shapes. */
function envelopeOf({ region, account }: Place, id: string, at: Date) {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    account,
    time: eventTimeText(at),
    region,
  } as const;
}

/** The event of a scheduled rule, as recorded events have it (`version` is not in all of them). */
export function ruleEvent(name: string, place: Place, id: string, at: Date): BusEvent {
  const { partition, region, account } = place;
  const arn = ['arn', partition, 'events', region, account, `rule/${name}`].join(':');
  return { ...envelopeOf(place, id, at), source: 'aws.events', resources: [arn], detail: {} };
}

/**
 * The event of EventBridge Scheduler: its detail is the TEXT `{}`, unless the schedule has an input of its own. Found
 * alike in public code that handles such events (2026-11-24), in no recording.
 */
export function schedulerEvent(name: string, place: Place, id: string, at: Date): object {
  const { partition, region, account } = place;
  const arn = ['arn', partition, 'scheduler', region, account, `schedule/default/${name}`].join(':');
  return { ...envelopeOf(place, id, at), source: 'aws.scheduler', resources: [arn], detail: '{}' };
}
