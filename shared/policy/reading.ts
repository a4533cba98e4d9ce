import type { Clause, Peers } from '../core/model/policy.ts';
import type { Slots } from '../core/space/slots.ts';
import type { Definitions } from './define.ts';
import type { Moments } from './moments.ts';
import type { Spot } from './node.ts';
import { quoted, spotText } from './problem.ts';
import type { Complaints } from './problem.ts';

/** What is known while the files are read: one for all of them, since they are one policy. */
export interface Reading {
  readonly complaints: Complaints;
  readonly networks: Definitions<Peers>;
  readonly services: Definitions<Slots>;
  readonly names: Names;
  /** Where each clause stands, down to the column, which the core does not keep. */
  readonly spots: Map<Clause, Spot>;
  /** Clauses that mean nothing. What their policy says as a whole is then unknown, so it is not judged as a whole. */
  readonly lost: Spot[];
  readonly bound: Bound;
  readonly moments: Moments;
  readonly now: Date;
}

const MOST_RANGES = 2_000_000;

type ClauseSets = Pick<Clause, 'slots' | 'peers' | 'within'>;

function rangesIn({ addresses, names }: Peers): number {
  return (addresses.v4.length + addresses.v6.length) / 2 + names.length;
}

/**
 * What all clauses may hold together. One long list used by thousands of clauses is a small file and a policy that no
 * machine has the memory to compute.
 */
export class Bound {
  #ranges = 0;

  /** Counts a clause in. Past the bound it complains, once, and answers false from then on. */
  admits({ slots, peers, within }: ClauseSets, at: Spot, complaints: Complaints): boolean {
    if (this.#ranges > MOST_RANGES) return false;
    this.#ranges += (slots.length / 2) * (rangesIn(peers) + (within === undefined ? 0 : rangesIn(within)));
    if (this.#ranges <= MOST_RANGES) return true;
    const limit = `up to here hold more than ${String(MOST_RANGES)} address ranges together`;
    complaints.add(at, `the clauses ${limit}; use wider networks or fewer clauses`);
    return false;
  }
}

/** The names that were given so far. A name that two things share would make findings and tickets ambiguous. */
export class Names {
  readonly #taken = new Map<string, Spot>();

  /** Takes a name, or complains and says where it was taken first. */
  claim(noun: string, name: string, at: Spot, complaints: Complaints): void {
    const key = `${noun}\n${name}`;
    const first = this.#taken.get(key);
    if (first === undefined) this.#taken.set(key, at);
    else complaints.add(at, `${noun} name ${quoted(name)} is used twice; the first is in ${spotText(first)}`);
  }
}
