import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GRANT_CAUSES } from '../../shared/core/model/grant.ts';
import type { Grant, Pause } from '../../shared/core/model/grant.ts';
import type { TrafficRecord } from '../../shared/core/model/record.ts';
import { keyFileSeal, makeKeyFile } from '../../shared/grants/key-file.ts';
import type { Rows } from '../../shared/grants/rows.ts';
import type { Seal } from '../../shared/grants/seal.ts';

export const START = Date.parse('2026-11-24T08:00:00Z');

/** An empty store as one process sees it, and as another one does. */
export interface Store {
  readonly rows: Rows;
  readonly elsewhere: Rows;
}

export type Open = () => Store | Promise<Store>;

export function after(ms: number): Date {
  return new Date(START + ms);
}

export const GRANT: Grant = {
  id: 'g-1',
  cause: 'open',
  target: { cloud: 'aws', account: '111122223333', region: 'eu-central-1', id: 'sg-0123456789abcdef0' },
  ingress: [{ protocol: 'tcp', ports: [22, 22], peer: '198.51.100.7/32' }],
  egress: [],
  at: after(0),
  until: after(7_200_000),
  by: 'jo',
  ticket: 'CHG0030192',
};

export const PAUSE: Pause = { at: after(0), by: 'jo', why: 'migration' };

/** A seal of a key that nobody else has. */
export async function newSeal(): Promise<Seal> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-key-'));
  try {
    await makeKeyFile(join(folder, 'key'));
    return await keyFileSeal(join(folder, 'key'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const port = fc.nat(65_535);
const range = fc.tuple(port, port).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
const words = fc.string({ unit: 'binary' });

/** What a key may leave out, it leaves out: no record has a key that says nothing. */
function stated<T extends object>(model: { readonly [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<
  Partial<T>
> {
  return fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const service: fc.Arbitrary<Pick<TrafficRecord, 'protocol' | 'ports' | 'icmp'>> = fc.oneof(
  fc.record({ protocol: fc.oneof(fc.constantFrom('any', 'tcp', 'esp'), fc.nat(255)) }),
  fc.record({ protocol: fc.constantFrom('tcp', 'udp'), ports: range }),
  fc.record({ protocol: fc.constantFrom('icmp', 'icmpv6'), icmp: fc.record({ type: fc.nat(255) }) }),
  fc.record({ protocol: fc.constantFrom('icmp', 'icmpv6'), icmp: fc.record({ type: fc.nat(255), code: fc.nat(255) }) }),
);

/** Every shape of record that rules are written as. */
const traffic: fc.Arbitrary<TrafficRecord> = fc
  .tuple(
    service,
    fc.constantFrom('203.0.113.0/24', '2001:db8::/32', '0.0.0.0/0', 'sg:sg-0fedcba9876543210', 'prefix-list:pl-1'),
    stated<{ sourcePorts: [number, number]; own: string }>({
      sourcePorts: range,
      own: fc.constantFrom('10.0.0.4/32', '2001:db8:1::4/128'),
    }),
  )
  .map(([what, peer, rest]) => ({ ...what, peer, ...rest }));

const time = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });

export const anyGrant: fc.Arbitrary<Grant> = fc
  .tuple(
    fc.record({
      id: words,
      cause: fc.constantFrom(...GRANT_CAUSES),
      target: fc.record({ cloud: words, account: words, region: words, id: words }),
      ingress: fc.array(traffic, { maxLength: 5 }),
      egress: fc.array(traffic, { maxLength: 2 }),
      at: time,
      until: time,
      by: words,
    }),
    stated<{ ticket: string; revert: string }>({ ticket: words, revert: words }),
  )
  .map(([grant, why]) => ({ ...grant, ...why }));

export const anyPause: fc.Arbitrary<Pause> = fc.record({ at: time, by: words, why: words });
