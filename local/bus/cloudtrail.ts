import { randomUUID } from 'node:crypto';
import type { BusEvent } from './event.ts';

/** The members of a CloudTrail record that the envelope repeats. A record has many more; all of them pass through. */
export interface CloudTrailRecord {
  readonly eventSource: string;
  readonly eventTime: string;
  readonly awsRegion: string;
  readonly recipientAccountId: string;
}

/**
 * A CloudTrail record -> the event that EventBridge delivers for it.
 *
 * The event's `id` is its own: it is neither `detail.eventID` nor `detail.requestID`. `resources` is always empty for API
 * calls, and `time` is the record's, however late the event comes (recorded events, compared 2026-11-24).
 */
export function cloudTrailEventOf(record: CloudTrailRecord, id: string = randomUUID()): BusEvent {
  const service = record.eventSource.split('.')[0] ?? record.eventSource;
  return {
    version: '0',
    id,
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${service}`,
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: { ...record },
  };
}
