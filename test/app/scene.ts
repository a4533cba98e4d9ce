import type { FileTicketDeps } from '../../shared/app/file-ticket.ts';
import { reconcile } from '../../shared/app/reconcile.ts';
import type { ReconcileDeps } from '../../shared/app/reconcile.ts';
import type { Run } from '../../shared/app/settle.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { LIMITS } from '../../shared/core/model/guard.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { LedgerEntry } from '../../shared/core/model/ledger.ts';
import type { Rule } from '../../shared/core/model/rule.ts';
import type { Hint, Target } from '../../shared/core/model/target.ts';
import { rulesRecord, recordText } from '../../shared/core/records.ts';
import { ANYWHERE } from '../../shared/core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../shared/core/space/cidr.ts';
import { ALL_PORTS, portSlots, TCP } from '../../shared/core/space/slots.ts';
import type { OrderBook } from '../../shared/grants/contract.ts';
import { MemoryRows } from '../../shared/grants/memory.ts';
import { SignedOrders } from '../../shared/grants/signed.ts';
import { MemoryLedger } from '../../shared/ledger/memory.ts';
import { loadPolicy } from '../../shared/policy/load.ts';
import { MemoryPublisher } from '../../shared/publish/memory.ts';
import { MemoryTickets } from '../../shared/tickets/memory.ts';
import { PLAIN_SEAL } from '../grants/plain-seal.ts';
import { MemoryCloud } from './memory-cloud.ts';

export const TARGET: Target = {
  cloud: 'aws',
  account: '111122223333',
  region: 'us-east-1',
  id: 'sg-0123456789abcdef0',
};

export const HINT: Hint = {
  eventId: '2c0a54f0-9a1c-4f6e-8d42-5d1f6a3b7c11',
  eventName: 'AuthorizeSecurityGroupIngress',
  at: new Date('2026-11-24T08:00:00Z'),
  actor: 'alex',
  sourceAddress: '198.51.100.7',
  userAgent: 'aws-cli/2',
};

export function tcpRule(id: string, first: number, last: number, cidr: string): Rule {
  return {
    id,
    description: '',
    tags: {},
    box: {
      slots: portSlots(TCP, first, last),
      sourcePorts: ALL_PORTS,
      peer: { kind: 'addresses', addresses: addressesOfBlock(blockOf(cidr)!.block) },
      own: ANYWHERE,
    },
  };
}

export function firewallWith(...rules: readonly Rule[]): Firewall {
  return {
    target: TARGET,
    name: 'web',
    tags: { role: 'web' },
    networks: ['vpc-0123456789abcdef0'],
    version: '1',
    readAt: new Date('2026-11-24T08:00:02Z'),
    ingress: [{ combine: 'union', rules }],
    egress: [{ combine: 'union', rules: [] }],
    names: new Map(),
    aliases: new Map(),
    unresolved: new Set(),
    managedBy: undefined,
    unread: [],
  };
}

/** A policy of one document, by what its `ingress` says. */
export function policyOf(mode: string, ...ingress: readonly string[]): DesiredBook {
  const lines = ['version: 1', 'policies:', '  - name: web', `    mode: ${mode}`, '    ingress:'];
  const text = [...lines, ...ingress.map((line) => `      ${line}`), ''].join('\n');
  const loaded = loadPolicy([{ name: 'web.yaml', text }], new Date('2026-11-24T08:00:00Z'));
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return new DesiredBook(loaded.set);
}

export const HTTPS_ONLY = 'allow: [{ service: tcp/443, from: anywhere }]';

/** Everything that a run needs, in memory, with a clock that a test moves. */
export interface Scene {
  readonly cloud: MemoryCloud;
  readonly ledger: MemoryLedger;
  readonly publisher: MemoryPublisher;
  readonly orders: OrderBook;
  readonly tickets: MemoryTickets;
  readonly deps: ReconcileDeps;
  readonly ticketDeps: FileTicketDeps;
  pass(ms: number): void;
}

const LEASE_MS = 90_000;

export function sceneOf(firewall: Firewall, desired: DesiredBook): Scene {
  let nowMs = new Date('2026-11-24T08:00:03Z').getTime();
  const clock = { now: () => new Date(nowMs) };
  const cloud = new MemoryCloud(firewall);
  const ledger = new MemoryLedger(clock);
  const publisher = new MemoryPublisher();
  const tickets = new MemoryTickets();
  const orders = new SignedOrders(new MemoryRows(), PLAIN_SEAL);
  return {
    cloud,
    ledger,
    publisher,
    orders,
    tickets,
    deps: { cloud, ledger, publisher, orders, desired, limits: LIMITS, clock, leaseMs: LEASE_MS },
    ticketDeps: { ledger, tickets, clock, leaseMs: LEASE_MS },
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

/** One run that an event asked for, and the entry that it ends with. */
export async function reconcileFor(
  target: Target,
  hint: Hint | undefined,
  run: Pick<Run, 'changes'>,
  deps: ReconcileDeps,
): Promise<LedgerEntry> {
  const { entry } = await reconcile({ target, hint, quiet: false }, run, deps);
  if (entry === undefined) throw new Error('a run that was asked for has left no entry');
  return entry;
}

/** What the firewall lets in, a line a rule. */
export function ingressOf({ cloud }: Scene): readonly string[] {
  if (cloud.firewall === undefined) return [];
  return rulesRecord(cloud.firewall)
    .ingress.map((record) => recordText('ingress', record))
    .sort();
}

export async function kindsOf({ ledger }: Scene): Promise<readonly LedgerEntry['body']['kind'][]> {
  return (await ledger.entries(TARGET)).map(({ body }) => body.kind);
}

/**
 * The same value, but the effect of this number (counting from 1, over all objects that share `count`) is not made and
 * throws, as where a process dies before it. `after` dies with the effect made and its answer lost.
 */
export function dyingAt<T extends object>(value: T, count: { left: number }, when: 'before' | 'after'): T {
  return new Proxy(value, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        count.left -= 1;
        if (count.left === 0 && when === 'before') throw new Error('the process died');
        const result: unknown = await Reflect.apply(member, target, args);
        if (count.left === 0) throw new Error('the process died');
        return result;
      };
    },
  });
}
