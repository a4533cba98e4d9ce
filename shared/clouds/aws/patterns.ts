// The table of calls -> the event patterns that EventBridge is deployed with.
import { API_CALL, BUS_SOURCE, CALLS, EVENT_SOURCE, RUNNING, STATE_CHANGE } from './traits.ts';

/** An event pattern as data: a list is an OR, fields are ANDed. It names no actor, since no event is dropped for its actor. */
export interface Pattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: Readonly<Record<string, readonly (string | { readonly exists: boolean })[]>>;
}

function patternOfCalls(names: readonly string[]): Pattern {
  return {
    source: [BUS_SOURCE],
    'detail-type': [API_CALL],
    // A call that failed changed nothing. A field that is absent matches no list of values, so it is asked for by name.
    detail: { eventSource: [EVENT_SOURCE], eventName: names, errorCode: [{ exists: false }] },
  };
}

const starts = [...CALLS].filter(([, how]) => how === 'started instances').map(([name]) => name);
const changes = [...CALLS].filter(([, how]) => how !== 'started instances').map(([name]) => name);

/** Which events wake which function; each pattern is a rule of its own. */
export const PATTERNS: Readonly<Record<'change' | 'instance', readonly Pattern[]>> = {
  change: [patternOfCalls(changes)],
  instance: [
    { source: [BUS_SOURCE], 'detail-type': [STATE_CHANGE], detail: { state: [RUNNING] } },
    patternOfCalls(starts),
  ],
};
