import { Fault } from '../base/fault.ts';
import type { OrderBook, Standing } from './contract.ts';

function refused(): Promise<never> {
  const write = 'set `PORTCULLIS_GRANTS` and `PORTCULLIS_GRANTS_KEY` to what the functions use';
  return Promise.reject(new Fault('unsupported', `there is no store for grants and the pause; ${write}`));
}

/** Where no store is set up nothing is ordered, and nothing can be. */
export class NoOrderBook implements OrderBook {
  standing(): Promise<Standing> {
    return Promise.resolve({ grants: [], pause: undefined, rejected: [] });
  }

  grant(): Promise<void> {
    return refused();
  }

  revoke(): Promise<boolean> {
    return refused();
  }

  pause(): Promise<void> {
    return refused();
  }

  resume(): Promise<boolean> {
    return refused();
  }
}
