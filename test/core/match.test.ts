import { describe, expect, it } from 'vitest';
import { matches } from '../../shared/core/match.ts';
import type { Match } from '../../shared/core/model/policy.ts';
import { firewallOf } from './core-case.ts';
import { CORE } from './core-modules.ts';

/** One firewall: aws, 111122223333, us-east-1, sg-0123456789abcdef0, named `web`, tagged `role: web`. */
const FIREWALL = firewallOf(CORE, { rules: [], policies: [], exceptions: [], named: {}, aliases: {} });

const FITS: readonly Match[] = [
  {},
  { cloud: ['aws'] },
  { cloud: ['azure', 'aws'] },
  { account: ['111122223333'] },
  { region: ['us-*'] },
  { region: ['us-????-1'] },
  { region: ['*'] },
  { region: ['*-east-*'] },
  { region: ['u*s-*t-1'] },
  { id: ['sg-0123456789abcdef0'] },
  { id: ['sg-0123456789abcdef?'] },
  { name: ['web'] },
  { name: ['web*'] },
  { network: ['vpc-0a*'] },
  { tags: { role: ['web'] } },
  { tags: { role: ['*'] } },
  { tags: { role: ['db', 'w?b'] } },
  { not: { name: ['db'] } },
  { not: { name: ['web'], region: ['eu-*'] } },
  { not: { not: { name: ['web'] } } },
];

const FITS_NOT: readonly Match[] = [
  { cloud: ['azure'] },
  { cloud: ['aw'] },
  { account: ['444455556666'] },
  { account: ['111122223333'], region: ['eu-*'] },
  { region: ['us-???-1'] },
  { region: ['us-'] },
  { region: ['*us'] },
  { name: ['WEB'] },
  { name: [''] },
  { name: ['web?'] },
  { id: [] },
  { network: ['vpc-1'] },
  { resourceGroup: ['*'] },
  { tags: { env: ['*'] } },
  { tags: { role: ['db'] } },
  { tags: { role: ['web'], env: ['prod'] } },
  { tags: { constructor: ['*'] } },
  { not: {} },
  { not: { name: ['web'] } },
];

describe('a match', () => {
  it.each(FITS.map((match) => [match]))('%j fits', (match) => {
    expect(matches(match, FIREWALL)).toBe(true);
  });

  it.each(FITS_NOT.map((match) => [match]))('%j does not fit', (match) => {
    expect(matches(match, FIREWALL)).toBe(false);
  });

  it('takes no longer for a pattern of many stars', () => {
    const name = 'a'.repeat(2000);
    expect(matches({ name: [`${'*a'.repeat(200)}b`] }, { ...FIREWALL, name })).toBe(false);
  });
});
