import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { FaultKind } from '../base/fault.ts';
import type { Notice, Publisher } from './contract.ts';

/** What rules on the bus match on: `source` and `detail-type` of every published event. */
export const EVENT_SOURCE = 'portcullis';
export const DETAIL_TYPE = 'Portcullis Outcome';

/**
 * Codes of calls and of single entries that no retry mends, and the code for too many calls; any other is taken for
 * passing. Source: API reference, PutEventsResultEntry, read 2026-11-24.
 */
const KINDS: ReadonlyMap<string, FaultKind> = new Map([
  ['AccessDeniedException', 'forbidden'],
  ['UnrecognizedClientException', 'forbidden'],
  ['ResourceNotFoundException', 'forbidden'],
  ['NotAuthorizedForSourceException', 'forbidden'],
  ['NotAuthorizedForDetailTypeException', 'forbidden'],
  ['InvalidArgument', 'malformed'],
  ['MalformedDetail', 'malformed'],
  ['ThrottlingException', 'throttled'],
]);

/** An event on an EventBridge bus for each outcome. */
export class EventBridgePublisher implements Publisher {
  readonly #client: EventBridgeClient;
  readonly #bus: string;
  readonly #clock: Clock;

  constructor(options: { readonly client: EventBridgeClientConfig; readonly bus: string; readonly clock: Clock }) {
    this.#client = new EventBridgeClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
      ...options.client,
    });
    this.#bus = options.bus;
    this.#clock = options.clock;
  }

  async publish(notice: Notice): Promise<void> {
    const entry = {
      EventBusName: this.#bus,
      Source: EVENT_SOURCE,
      DetailType: DETAIL_TYPE,
      Detail: JSON.stringify({ version: 1, ...notice }),
      Time: this.#clock.now(),
    };
    const answer = await this.#client.send(new PutEventsCommand({ Entries: [entry] })).catch((error: unknown) => {
      throw this.#faultOf(error instanceof Error ? error.name : 'unknown error', { cause: error });
    });
    // A call that succeeds can still refuse an entry: that stands in the entry's own answer.
    const [result] = answer.Entries ?? [];
    if (answer.FailedEntryCount !== 0 || result?.EventId === undefined) {
      throw this.#faultOf(result?.ErrorCode ?? 'no event id');
    }
  }

  #faultOf(code: string, options?: ErrorOptions): Fault {
    const kind = KINDS.get(code) ?? 'unavailable';
    return new Fault(kind, `the event bus \`${this.#bus}\` did not take an outcome: ${code}`, options);
  }
}
