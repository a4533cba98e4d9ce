// One connection to EC2 in one region, and what every use of it needs.
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import { failureOf, faultOf } from './failure.ts';
import { quoted } from './fields.ts';
import type { OwnAccount } from './own-account.ts';
import type { Surroundings } from './surroundings.ts';

export interface Connection {
  readonly client: EC2Client;
  readonly region: string;
  readonly clock: Clock;
  /** Waits between reads that do not agree yet; a test does not. */
  readonly pause: (ms: number) => Promise<void>;
  readonly surroundings: Surroundings;
  readonly ownAccount: OwnAccount;
}

/** An error of a call as a `Fault`; any other error as it is. */
export function asFault(error: unknown, doing: string): unknown {
  const failure = error instanceof Fault ? undefined : failureOf(error);
  return failure === undefined ? error : faultOf(failure, doing, error);
}

export function checkRegion(connection: Connection, region: string): void {
  if (region === connection.region) return;
  throw new Fault(
    'unsupported',
    `region ${quoted(region)} is not \`${connection.region}\`, which this connection is for; open one for it`,
  );
}
