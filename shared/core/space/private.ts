import { covers, unionOf } from './addresses.ts';
import type { Addresses } from './addresses.ts';
import { addressesOfBlock, blockOf } from './cidr.ts';

// RFC 1918; RFC 6598 (shared address space); loopback; link-local (RFC 3927, RFC 4291); unique local (RFC 4193).
const BLOCKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

/** The addresses that are never on the internet: `private` in the policy language. */
export const PRIVATE: Addresses = unionOf(
  BLOCKS.flatMap((text) => {
    const parsed = blockOf(text);
    return parsed === undefined ? [] : [addressesOfBlock(parsed.block)];
  }),
);

/** Whether some of these addresses are outside `private`. */
export function reachesInternet(who: Addresses): boolean {
  return !covers(PRIVATE, who);
}
