// A process of its own, as a function has one: hands out a sweep, and works on each part as soon as it is sent.
import { sweepPart } from '../functions/aws/sweep-part.ts';
import { sweep } from '../functions/aws/sweep.ts';
import { wire } from '../functions/aws/wire.ts';
import type { Wiring } from '../functions/aws/wire.ts';
import { ACCOUNT, PORTCULLIS, REGION } from '../local/people.ts';
import type { Log } from '../shared/base/log.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import type { Queues } from '../shared/queues/contract.ts';

export interface SweepFigures {
  readonly seconds: number;
  /** Of this process: what the functions themselves cost, on however many cores. */
  readonly cpuSeconds: number;
  /** The heap after a collection, at most and when it was first looked at; and all memory of the process, at most. */
  readonly heapBytes: number;
  readonly firstHeapBytes: number;
  readonly memoryBytes: number;
  readonly ledgerReads: number;
  readonly firewalls: number;
  readonly reverted: number;
  readonly errors: readonly string[];
}

/** A look at the heap costs a collection, so only once in so many parts. */
const PARTS_PER_LOOK = 20;

const TICK = {
  source: 'aws.scheduler',
  'detail-type': 'Scheduled Event',
  account: ACCOUNT,
  region: REGION,
  time: '2026-11-24T08:00:00Z',
  detail: '{}',
};

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error('no collection on demand; start with `--expose-gc`');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

class Sweeping {
  readonly #heaps: number[] = [];
  readonly #errors: string[] = [];
  #parts = 0;
  #firewalls = 0;
  #reverted = 0;
  #ledgerReads = 0;

  async figures(ec2Url: string, eventsUrl: string, folder: string): Promise<SweepFigures> {
    const wiring = await this.#wired(ec2Url, eventsUrl, folder);
    const [beganMs, began] = [performance.now(), process.cpuUsage()];
    await sweep(TICK, wiring);
    const seconds = (performance.now() - beganMs) / 1000;
    const { user, system } = process.cpuUsage(began);
    this.#heaps.push(heapBytes());
    return {
      seconds,
      cpuSeconds: (user + system) / 1e6,
      heapBytes: Math.max(...this.#heaps),
      firstHeapBytes: this.#heaps[0] ?? Number.NaN,
      // Node tells kilobytes, whatever the system does.
      memoryBytes: process.resourceUsage().maxRSS * 1024,
      ledgerReads: this.#ledgerReads,
      firewalls: this.#firewalls,
      reverted: this.#reverted,
      errors: this.#errors,
    };
  }

  /** The functions as they are wired where they are deployed, but for the queue: it calls the function that it is for. */
  async #wired(ec2Url: string, eventsUrl: string, folder: string): Promise<Wiring> {
    const environment = {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: PORTCULLIS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: PORTCULLIS.secretAccessKey,
      AWS_ENDPOINT_URL_EC2: ec2Url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventsUrl,
      PORTCULLIS_CHANGE_QUEUE: 'change',
      PORTCULLIS_SWEEP_QUEUE: 'part',
      PORTCULLIS_POLICY: `${folder}/policy.yaml`,
      PORTCULLIS_LEDGER: `sqlite:${folder}/ledger`,
      PORTCULLIS_TICKETS: 'none',
    };
    const wiring = await wire(environment, this.#log());
    const ledger = this.#counted(wiring.reconcile.ledger);
    const queues: Queues = {
      send: async (_queue, bodies) => {
        for (const body of bodies) await this.#part(body, deployed);
      },
      postpone: () => Promise.resolve(),
    };
    const deployed: Wiring = {
      ...wiring,
      reconcile: { ...wiring.reconcile, ledger },
      sweep: { ...wiring.sweep, ledger, queues },
    };
    return deployed;
  }

  async #part(body: unknown, wiring: Wiring): Promise<void> {
    await sweepPart(body, wiring);
    this.#parts += 1;
    if (this.#parts % PARTS_PER_LOOK === 0) this.#heaps.push(heapBytes());
  }

  #counted(ledger: Ledger): Ledger {
    return {
      lease: (key, forMs) => ledger.lease(key, forMs),
      release: (lease) => ledger.release(lease),
      append: (target, hint, body, due) => {
        if (body.kind === 'reverted') this.#reverted += 1;
        return ledger.append(target, hint, body, due);
      },
      entry: (target, sequence) => ledger.entry(target, sequence),
      entries: (target) => ledger.entries(target),
      newest: (target, limit, before) => {
        this.#ledgerReads += 1;
        return ledger.newest(target, limit, before);
      },
      due: (by, page) => ledger.due(by, page),
      since: (time, page) => ledger.since(time, page),
      mark: (target, sequence, mark) => ledger.mark(target, sequence, mark),
    };
  }

  #log(): Log {
    return {
      info: (message, keys) => {
        if (message === 'part swept') this.#firewalls += Number(keys['looked']);
      },
      error: (message, keys) => this.#errors.push(`${message} ${JSON.stringify(keys)}`),
    };
  }
}

// Whoever started it has gone.
process.on('disconnect', () => process.exit());
const [ec2Url = '', eventsUrl = '', folder = ''] = process.argv.slice(2);
const figures = await new Sweeping().figures(ec2Url, eventsUrl, folder);
process.send?.(figures, undefined, undefined, () => process.exit());
