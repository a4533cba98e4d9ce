import { Fault } from '../base/fault.ts';
import type { Grant, Pause } from '../core/model/grant.ts';
import type { OrderBook, Rejected, Standing } from './contract.ts';
import type { Row, Rows } from './rows.ts';
import type { Seal } from './seal.ts';
import { grantIn, grantText, pauseIn, pauseText } from './written.ts';

/** Where the pause stands in the store. */
export const PAUSE_KEY = 'pause';
const GRANT = 'grant/';
/** How long a grant that has ended can still be looked at. */
const KEEP_MS = 90 * 24 * 60 * 60 * 1000;

/** As `Row` has it. People may ask for any text, and what cannot be a key names no grant. */
const LONGEST_KEY = 1_024;

const FORGED = 'its MAC is not that of the key: somebody wrote or changed it who does not have the key';
const UNKNOWN = 'this version does not know what it says; read it with a newer one';

/** Key and text with a border between them that neither can hold. */
function signedText(key: string, text: string): string {
  return JSON.stringify([key, text]);
}

/** Orders under a MAC: nothing that a row says counts before it is known to be genuine, its own key included. */
export class SignedOrders implements OrderBook {
  readonly #rows: Rows;
  readonly #seal: Seal;

  constructor(rows: Rows, seal: Seal) {
    this.#rows = rows;
    this.#seal = seal;
  }

  async standing(): Promise<Standing> {
    const grants: Grant[] = [];
    const rejected: Rejected[] = [];
    let pause: Pause | undefined;
    for (const row of await this.#rows.all()) {
      const why = await this.#take(
        row,
        (grant) => grants.push(grant),
        (order) => (pause = order),
      );
      if (why !== undefined) rejected.push({ key: row.key, why });
    }
    return { grants: grants.sort((a, b) => a.at.getTime() - b.at.getTime()), pause, rejected };
  }

  async grant(grant: Grant): Promise<void> {
    const row = await this.#rowOf(`${GRANT}${grant.id}`, grantText(grant), new Date(grant.until.getTime() + KEEP_MS));
    if (await this.#rows.add(row)) return;
    throw new Fault('conflict', `there is a grant \`${grant.id}\` already; order it again`);
  }

  revoke(id: string): Promise<boolean> {
    const key = `${GRANT}${id}`;
    const canBe = key.isWellFormed() && Buffer.byteLength(key) <= LONGEST_KEY;
    return canBe ? this.#rows.remove(key) : Promise.resolve(false);
  }

  async pause(pause: Pause): Promise<void> {
    await this.#rows.put(await this.#rowOf(PAUSE_KEY, pauseText(pause), undefined));
  }

  resume(): Promise<boolean> {
    return this.#rows.remove(PAUSE_KEY);
  }

  async #rowOf(key: string, text: string, forgetAt: Date | undefined): Promise<Row> {
    return { key, text, mac: await this.#seal.mac(signedText(key, text)), forgetAt };
  }

  /** Why a row is no order; undefined where it was taken. */
  async #take(
    { key, text, mac }: Row,
    takeGrant: (grant: Grant) => void,
    takePause: (pause: Pause) => void,
  ): Promise<string | undefined> {
    if (!(await this.#seal.isGenuine(signedText(key, text), mac))) return FORGED;
    const grant = key.startsWith(GRANT) ? grantIn(text) : undefined;
    const pause = key === PAUSE_KEY ? pauseIn(text) : undefined;
    if (grant !== undefined && key === `${GRANT}${grant.id}`) takeGrant(grant);
    else if (pause !== undefined) takePause(pause);
    else return UNKNOWN;
    return undefined;
  }
}
