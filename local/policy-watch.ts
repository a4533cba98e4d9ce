import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { Fault } from '../shared/base/fault.ts';
import { DesiredBook } from '../shared/core/effective.ts';
import { readPolicyFiles } from '../shared/policy/files.ts';
import { loadPolicy } from '../shared/policy/load.ts';
import type { PolicyFile } from '../shared/policy/load.ts';

/** What policy files say now: a policy, or everything that is wrong with them, a line each. */
export type PolicyRead =
  | { readonly kind: 'policy'; readonly desired: DesiredBook; readonly policies: number }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** The files with their texts, or why there are none. */
type Texts = readonly PolicyFile[] | Fault;

async function textsAt(path: string): Promise<Texts> {
  try {
    return await readPolicyFiles([path]);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function keyOf(texts: Texts): string {
  return texts instanceof Fault ? texts.message : JSON.stringify(texts.map(({ name, text }) => [name, text]));
}

function policyIn(texts: Texts): PolicyRead {
  if (texts instanceof Fault) return { kind: 'problems', problems: [texts.message] };
  try {
    const loaded = loadPolicy(texts, new Date());
    if (loaded.kind === 'policy') {
      return { kind: 'policy', desired: new DesiredBook(loaded.set), policies: loaded.set.policies.length };
    }
    return { kind: 'problems', problems: loaded.problems.map(({ message }) => message) };
  } catch (error) {
    // What is too large to be judged is no policy either.
    return { kind: 'problems', problems: [error instanceof Error ? error.message : String(error)] };
  }
}

/** An editor empties a file before it fills it again, so what is read counts once it stays the same for so long. */
const SETTLE_MS = 60;
/** How often it is read where nobody says that it was changed: not every file system does. */
const POLL_MS = 1_000;

/** Watches the policy of a file or folder, and tells of every change of its texts until it is closed. */
export class PolicyWatch {
  readonly #path: string;
  readonly #onRead: (read: PolicyRead) => void;
  readonly #ended = new AbortController();
  readonly #watchers: FSWatcher[] = [];
  #nudge = new AbortController();
  #known: string | undefined;

  constructor(path: string, onRead: (read: PolicyRead) => void) {
    this.#path = path;
    this.#onRead = onRead;
  }

  /** Reads for the first time, and goes on from there. */
  async start(): Promise<PolicyRead> {
    const texts = await textsAt(this.#path);
    this.#known = keyOf(texts);
    // Editors replace a file by another one of its name, which only its folder tells of.
    for (const path of [this.#path, dirname(this.#path)]) this.#listen(path);
    void this.#follow();
    return policyIn(texts);
  }

  close(): void {
    this.#ended.abort();
    for (const watcher of this.#watchers) watcher.close();
  }

  #listen(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, () => {
        this.#nudge.abort();
      });
      watcher.on('error', () => {
        watcher.close();
      });
      this.#watchers.push(watcher);
    } catch {
      // The polls see it, if a little later.
    }
  }

  async #follow(): Promise<void> {
    while (await this.#wait(POLL_MS, this.#nudge.signal)) {
      if (this.#nudge.signal.aborted) this.#nudge = new AbortController();
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    let texts = await textsAt(this.#path);
    while (keyOf(texts) !== this.#known) {
      if (!(await this.#wait(SETTLE_MS))) return;
      const again = await textsAt(this.#path);
      if (keyOf(again) === keyOf(texts)) {
        this.#known = keyOf(again);
        this.#onRead(policyIn(again));
        return;
      }
      texts = again;
    }
  }

  /** Whether to go on afterwards. A nudge ends the wait early. */
  async #wait(ms: number, nudge?: AbortSignal): Promise<boolean> {
    const signals = nudge === undefined ? [this.#ended.signal] : [this.#ended.signal, nudge];
    await timer(ms, undefined, { signal: AbortSignal.any(signals), ref: false }).catch(() => undefined);
    return !this.#ended.signal.aborted;
  }
}
