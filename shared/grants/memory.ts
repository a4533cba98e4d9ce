import type { Row, Rows } from './rows.ts';

/** Rows for one process. */
export class MemoryRows implements Rows {
  readonly #rows = new Map<string, Row>();

  all(): Promise<readonly Row[]> {
    return Promise.resolve([...this.#rows.values()]);
  }

  put(row: Row): Promise<void> {
    this.#rows.set(row.key, row);
    return Promise.resolve();
  }

  add(row: Row): Promise<boolean> {
    if (this.#rows.has(row.key)) return Promise.resolve(false);
    this.#rows.set(row.key, row);
    return Promise.resolve(true);
  }

  remove(key: string): Promise<boolean> {
    return Promise.resolve(this.#rows.delete(key));
  }
}
