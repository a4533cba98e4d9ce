/** One order as it is stored. */
export interface Row {
  /** `grant/ID` or `pause`. Whole characters, 1,024 bytes at most: no store takes every text for a key. */
  readonly key: string;
  /** The order as JSON. */
  readonly text: string;
  /** Of key and text. */
  readonly mac: string;
  /** When the store may forget it by itself, which some keep to the second; undefined: never. */
  readonly forgetAt: Date | undefined;
}

/**
 * Where rows are kept. Reads see every write that ended before them. Methods throw a `Fault` (unavailable, throttled,
 * forbidden, unsupported) where the store does not answer or is not set up.
 */
export interface Rows {
  all(): Promise<readonly Row[]>;
  put(row: Row): Promise<void>;
  /** Whether it was new; a row that is there stays as it is. */
  add(row: Row): Promise<boolean>;
  /** Whether it was there. */
  remove(key: string): Promise<boolean>;
}
