// Slots of a peer that is known by name only -> the runs of slots that one rule each can say.
import type { Traits } from './model/traits.ts';
import * as line from './space/line.ts';
import { ANY_PROTOCOL, CODES, isWhole, runsOf, typeSlots, wholeProtocol } from './space/slots.ts';
import type { Run, Slots } from './space/slots.ts';

export interface Sayable {
  readonly runs: readonly Slots[];
  /** Slots that no rule can say. */
  readonly unsaid: Slots;
  /** Slots of the protocols that a rule for every protocol is not narrowed over. */
  readonly unnamed: Slots;
}

function slotsOfRun({ protocol, from, end }: Run): Slots {
  const [start = 0] = wholeProtocol(protocol);
  return [start + from, start + end];
}

/** Types and codes have no ranges: whole types where the run holds them, single codes at its ends. */
function typesIn({ protocol, from, end }: Run): readonly Slots[] {
  const slots: Slots[] = [];
  let at = from;
  while (at < end) {
    const type = Math.floor(at / CODES);
    const code = at % CODES;
    const isWholeType = code === 0 && at + CODES <= end;
    slots.push(isWholeType ? typeSlots(protocol, type) : typeSlots(protocol, type, code));
    at += isWholeType ? CODES : 1;
  }
  return slots;
}

function saidBy(run: Run, traits: Traits): readonly Slots[] | undefined {
  if (isWhole(run) || traits.portRanges.includes(run.protocol)) return [slotsOfRun(run)];
  return traits.types.includes(run.protocol) ? typesIn(run) : undefined;
}

/**
 * A rule that names a peer is narrowed in protocol and ports only. `everyProtocol` says that it spoke of all of them.
 * Undefined where it would take more than `limit` rules.
 */
export function sayableOf(slots: Slots, everyProtocol: boolean, traits: Traits, limit: number): Sayable | undefined {
  if (line.equal(slots, ANY_PROTOCOL)) return { runs: [ANY_PROTOCOL], unsaid: [], unnamed: [] };
  const runs: Slots[] = [];
  let unsaid: Slots = [];
  let unnamed: Slots = [];
  for (const run of runsOf(slots)) {
    const own = slotsOfRun(run);
    if (everyProtocol && !traits.named.includes(run.protocol)) unnamed = line.union(unnamed, own);
    else {
      const said = saidBy(run, traits);
      if (said === undefined) unsaid = line.union(unsaid, own);
      else runs.push(...said);
    }
    if (runs.length > limit) return undefined;
  }
  return { runs, unsaid, unnamed };
}
