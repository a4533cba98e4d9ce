import type { BusEvent } from '../../local/bus/event.ts';
import { PORTCULLIS_ROLE } from '../../local/people.ts';
import type { LedgerBody, LedgerEntry } from '../../shared/core/model/ledger.ts';
import { targetOf } from './stage.ts';
import type { Stage } from './stage.ts';

// What was written down about a story: by CloudTrail, by the ledger and on the bus.

export function entriesOf({ world }: Stage, group: string): Promise<readonly LedgerEntry[]> {
  return world.ledger.entries(targetOf(group));
}

/** The bodies of one kind, oldest first. */
export async function bodiesOf<K extends LedgerBody['kind']>(
  stage: Stage,
  group: string,
  kind: K,
): Promise<readonly Extract<LedgerBody, { readonly kind: K }>[]> {
  const isOfKind = (body: LedgerBody): body is Extract<LedgerBody, { readonly kind: K }> => body.kind === kind;
  return (await entriesOf(stage, group)).map(({ body }) => body).filter(isOfKind);
}

/** The calls that our own role made and EC2 carried out, as CloudTrail has them. */
export function ownCalls({ events }: Stage): readonly BusEvent['detail'][] {
  return events
    .map(({ detail }) => detail)
    .filter(
      ({ userIdentity, errorCode }) =>
        errorCode === undefined && JSON.stringify(userIdentity ?? '').includes(`assumed-role/${PORTCULLIS_ROLE}/`),
    );
}

/** What was published for others, oldest first. */
export function outcomes({ events }: Stage): readonly BusEvent['detail'][] {
  return events.filter(({ source }) => source === 'portcullis').map(({ detail }) => detail);
}
