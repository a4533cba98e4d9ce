declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Times are in milliseconds. The package has no types of its own. */
  export default function dynalite(options: {
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): Server;
}
