/** The newest of many things, newest first. */
export class Newest<T> {
  readonly #kept: T[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(one: T): void {
    this.#kept.unshift(one);
    if (this.#kept.length > this.#most) this.#kept.pop();
  }

  get all(): readonly T[] {
    return this.#kept;
  }
}
