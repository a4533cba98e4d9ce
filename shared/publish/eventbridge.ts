import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/fault.ts';
import type { Notice, Publisher } from './contract.ts';

/** What rules on the bus match on: `source` and `detail-type` of every published event. */
export const EVENT_SOURCE = 'portcullis';
export const DETAIL_TYPE = 'Portcullis Outcome';

const DENIED = new Set(['AccessDeniedException', 'UnrecognizedClientException', 'ResourceNotFoundException']);

/** An event on an EventBridge bus for each outcome. */
export class EventBridgePublisher implements Publisher {
  readonly #client: EventBridgeClient;
  readonly #bus: string;
  readonly #clock: Clock;

  constructor(options: { readonly client: EventBridgeClientConfig; readonly bus: string; readonly clock: Clock }) {
    this.#client = new EventBridgeClient({ maxAttempts: 3, ...options.client });
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
      throw this.#faultOf(error);
    });
    // A call that succeeds can still refuse an entry: that stands in the entry's own answer.
    const [result] = answer.Entries ?? [];
    if (answer.FailedEntryCount !== 0 || result?.EventId === undefined) {
      const code = result?.ErrorCode ?? 'no event id';
      throw new Fault('unavailable', `the event bus \`${this.#bus}\` did not take an outcome: ${code}`);
    }
  }

  #faultOf(error: unknown): Fault {
    const name = error instanceof Error ? error.name : 'unknown error';
    const kind = DENIED.has(name) ? 'forbidden' : name === 'ThrottlingException' ? 'throttled' : 'unavailable';
    return new Fault(kind, `the event bus \`${this.#bus}\` did not take an outcome: ${name}`, { cause: error });
  }
}
