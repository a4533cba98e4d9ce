// What it costs to call a cloud: every call takes the same time, and is noted.
import type { Answering } from '../local/sdk-handler.ts';
import type { TollTime } from './toll-time.ts';

/** How long a call takes. The clouds of this bench are in this process, and answer at once after it. */
export const CALL_MS = 50;

export type Called = 'ec2' | 'ledger' | 'grants' | 'bus' | 'queue';

export interface CloudCall {
  readonly cloud: Called;
  /** Such as `DescribeSecurityGroups`. */
  readonly action: string;
  readonly beganMs: number;
  readonly endedMs: number;
}

/** EC2 names an action in the form; the others in a header, behind the name of the service. */
function actionOf(headers: Headers, body: string): string {
  const target = headers.get('x-amz-target');
  return target?.split('.').at(-1) ?? new URLSearchParams(body).get('Action') ?? 'unknown';
}

export class Tolls {
  readonly calls: CloudCall[] = [];
  readonly #time: TollTime;

  constructor(time: TollTime) {
    this.#time = time;
  }

  /** A cloud behind the toll. `after` hears of each call once it was carried out. */
  before(cloud: Called, answer: Answering, after: (call: CloudCall) => void = () => undefined): Answering {
    return async (request) => {
      const action = actionOf(request.headers, await request.clone().text());
      const beganMs = this.#time.now().getTime();
      await this.#time.sleep(CALL_MS);
      const response = await answer(request);
      const call = { cloud, action, beganMs, endedMs: this.#time.now().getTime() };
      this.calls.push(call);
      after(call);
      return response;
    };
  }
}

/** How many calls there were one after the other, at most: those that are under way at the same time count as one. */
export function roundTripsOf(calls: readonly CloudCall[]): number {
  let count = 0;
  let endedMs = Number.NEGATIVE_INFINITY;
  for (const call of calls.toSorted((a, b) => a.endedMs - b.endedMs)) {
    if (call.beganMs < endedMs) continue;
    count += 1;
    endedMs = call.endedMs;
  }
  return count;
}
