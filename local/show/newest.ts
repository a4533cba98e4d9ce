/** The newest of many things, newest first. */
export class Newest<T> {
  readonly #most: number;
  #kept: readonly T[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(one: T): void {
    this.#kept = [one, ...this.#kept].slice(0, this.#most);
  }

  /** As they are now: what is added later is not in here. */
  get all(): readonly T[] {
    return this.#kept;
  }
}
