import fc from 'fast-check';
import { plainCase } from './arbitraries.ts';
import type { PlainCase } from '../oracle/plain-case.ts';
import type { Core } from './core-modules.ts';
import { exposureLaw } from './law-exposure.ts';
import { findingsLaw } from './law-findings.ts';
import { forbiddenLaw } from './law-forbidden.ts';
import { guardLaw } from './law-guard.ts';
import { knowledgeLaw } from './law-knowledge.ts';
import { limitsLaw } from './law-limits.ts';
import { namedPeersLaw } from './law-named.ts';
import { revertLaw } from './law-revert.ts';
import { spellingLaw } from './law-spelling.ts';
import { emptyMix } from './mix.ts';
import type { Mix } from './mix.ts';

/** Throws where the law does not hold for this case. */
type Law = (core: Core, plain: PlainCase, seed: number, mix: Mix) => void;

const LAWS = {
  exposure: exposureLaw,
  forbidden: forbiddenLaw,
  findings: findingsLaw,
  'named peers': namedPeersLaw,
  knowledge: knowledgeLaw,
  revert: revertLaw,
  spelling: spellingLaw,
  guard: guardLaw,
  limits: limitsLaw,
} as const satisfies Record<string, Law>;

export type LawName = keyof typeof LAWS;

export const lawNames: readonly LawName[] = [
  'exposure',
  'forbidden',
  'findings',
  'named peers',
  'knowledge',
  'revert',
  'spelling',
  'guard',
  'limits',
];

export interface Held {
  /** The first case that breaks the law, made small, and how; undefined where the law holds. */
  readonly counterexample: string | undefined;
  readonly mix: Mix;
}

export interface Asking {
  readonly runs: number;
  readonly seed: number;
  /** Whether a counterexample is to be made small. Whoever only asks whether there is one need not wait for that. */
  readonly shrink: boolean;
  readonly timeLimitMs: number;
}

/** Whether the core keeps the law, over this many cases. */
export function holds(core: Core, law: LawName, { runs, seed, shrink, timeLimitMs }: Asking): Held {
  const mix = emptyMix();
  const property = fc.property(plainCase, fc.nat(0x7fffffff), (plain, packetSeed) => {
    LAWS[law](core, plain, packetSeed, mix);
  });
  const found = fc.check(property, {
    numRuns: runs,
    seed,
    endOnFailure: !shrink,
    // A bound for making a counterexample small; whoever asks checks that no case was left out.
    interruptAfterTimeLimit: timeLimitMs,
  });
  if (!found.failed) return { counterexample: undefined, mix };
  const [plain, packetSeed] = found.counterexample ?? [];
  const why = found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance);
  const told = `${why}\ncase (packet seed ${String(packetSeed)}, run seed ${String(found.seed)}): ${JSON.stringify(plain)}`;
  return { counterexample: told, mix };
}
