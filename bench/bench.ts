/** One line of bench/results.json. */
export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly ratioTo?: Readonly<Record<string, number>>;
}

export interface Bench {
  /** All names that it can give; `npm run bench -- NAME...` runs those whose name starts so. */
  readonly names: readonly string[];
  /** Runs what is asked for: `isWanted(name)`; `say` prints a line for people to stderr. */
  run(isWanted: (name: string) => boolean, say: (text: string) => void): Promise<readonly BenchResult[]>;
}
