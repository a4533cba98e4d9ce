/** What a table holds. */
interface Row {
  readonly id: string;
  /** Rises with everything made. */
  readonly sequence: number;
}

const chunkSize = 128;
const bucketCount = 512;

/** Ids end in random digits, so the last ones spread evenly. */
function bucketOf(id: string): number {
  let sum = 0;
  for (const character of id.slice(-6)) sum = (sum * 31 + character.charCodeAt(0)) % 65_521;
  return sum % bucketCount;
}

/** The last place whose key is at most `sequence`; -1 where there is none. */
function lastAtMost<T>(items: readonly T[], sequence: number, keyOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && keyOf(item) <= sequence) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

type Chunks<T> = readonly (readonly T[])[];
/** Where a row stands, by its id; a bucket is small. */
type Index = readonly (ReadonlyMap<string, number> | undefined)[];

/**
 * Rows by id, in the order in which they were made.
 *
 * A table is a value: a change makes another one, which shares nearly all with the old one. A world of 20,000 groups can
 * thus be changed without copying it, and older worlds can be kept.
 * INVARIANT: chunks are never empty, and sequences rise within a chunk and from one to the next.
 */
export class Table<T extends Row> {
  readonly size: number;
  readonly #chunks: Chunks<T>;
  readonly #index: Index;

  private constructor(size: number, chunks: Chunks<T>, index: Index) {
    this.size = size;
    this.#chunks = chunks;
    this.#index = index;
  }

  /** The rows in any order; no two have an id or a sequence in common. */
  static of<T extends Row>(rows: readonly T[]): Table<T> {
    const sorted = [...rows].sort((a, b) => a.sequence - b.sequence);
    const chunks: T[][] = [];
    const index: (Map<string, number> | undefined)[] = Array<undefined>(bucketCount).fill(undefined);
    for (const [position, row] of sorted.entries()) {
      if (position % chunkSize === 0) chunks.push([]);
      chunks.at(-1)?.push(row);
      const bucket = index[bucketOf(row.id)] ?? new Map<string, number>();
      index[bucketOf(row.id)] = bucket.set(row.id, row.sequence);
    }
    return new Table(sorted.length, chunks, index);
  }

  get(id: string): T | undefined {
    const sequence = this.#index[bucketOf(id)]?.get(id);
    if (sequence === undefined) return undefined;
    const chunk = this.#chunks[this.#chunkOf(sequence)] ?? [];
    return chunk[lastAtMost(chunk, sequence, (row) => row.sequence)];
  }

  /** The first row that passes; faster than going through the rows one by one. */
  find(passes: (row: T) => boolean): T | undefined {
    for (const chunk of this.#chunks) {
      const row = chunk.find(passes);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /** All rows, or those made after the one with this sequence. */
  *values(after = 0): Generator<T, undefined> {
    for (let place = Math.max(0, this.#chunkOf(after)); place < this.#chunks.length; place++) {
      for (const row of this.#chunks[place] ?? []) if (row.sequence > after) yield row;
    }
  }

  [Symbol.iterator](): Generator<T, undefined> {
    return this.values();
  }

  /** With one row added or replaced; a row that replaces keeps its sequence, a new one has the highest. */
  with(row: T): Table<T> {
    if (this.get(row.id) === undefined) return this.#withNew(row);
    const chunks = this.#changed(row.sequence, (rows) => rows.map((other) => (other.id === row.id ? row : other)));
    return new Table(this.size, chunks, this.#index);
  }

  without(id: string): Table<T> {
    const row = this.get(id);
    if (row === undefined) return this;
    const bucket = new Map(this.#index[bucketOf(id)]);
    bucket.delete(id);
    const chunks = this.#changed(row.sequence, (rows) => rows.filter((other) => other.id !== id));
    return new Table(this.size - 1, chunks, this.#index.with(bucketOf(id), bucket));
  }

  #withNew(row: T): Table<T> {
    const last = this.#chunks.at(-1) ?? [];
    const highest = last.at(-1)?.sequence ?? 0;
    if (row.sequence <= highest) throw new Error(`table: \`${row.id}\` is new and older than the last row`);
    const isFull = last.length === 0 || last.length >= chunkSize;
    const chunks = isFull ? [...this.#chunks, [row]] : this.#chunks.with(-1, [...last, row]);
    const bucket = new Map(this.#index[bucketOf(row.id)]).set(row.id, row.sequence);
    return new Table(this.size + 1, chunks, this.#index.with(bucketOf(row.id), bucket));
  }

  /** The chunks with the one changed in which the sequence stands. */
  #changed(sequence: number, change: (rows: readonly T[]) => readonly T[]): Chunks<T> {
    const place = this.#chunkOf(sequence);
    const rows = change(this.#chunks[place] ?? []);
    return rows.length === 0 ? this.#chunks.toSpliced(place, 1) : this.#chunks.with(place, rows);
  }

  /** The chunk in which a sequence stands, or would stand; -1 before all of them. */
  #chunkOf(sequence: number): number {
    return lastAtMost(this.#chunks, sequence, ([first]) => first?.sequence ?? 0);
  }
}
