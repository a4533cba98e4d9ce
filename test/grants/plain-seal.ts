import type { Seal } from '../../shared/grants/seal.ts';

/** A seal that anybody could forge, for tests that are not about it. */
export const PLAIN_SEAL: Seal = {
  mac: (text) => Promise.resolve(`mac of ${text}`),
  isGenuine: (text, mac) => Promise.resolve(mac === `mac of ${text}`),
};
