import type { QueryNode } from './query.ts';

interface Limit {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

interface Bucket {
  /** In thousandths, so that a refill by the millisecond is exact. */
  readonly milliTokens: number;
  readonly atMs: number;
}

const usualRead: Limit = { capacity: 100, refillPerSecond: 20 };
const wholeListing: Limit = { capacity: 50, refillPerSecond: 10 };
const usualWrite: Limit = { capacity: 50, refillPerSecond: 5 };

/**
 * Developer guide of EC2, page "Request throttling for the Amazon EC2 API" (read 2026-11-24), for an account whose limits
 * were never raised. `AuthorizeSecurityGroupIngress` and `RevokeSecurityGroupIngress` are "resource-intensive" there, with
 * the figures of the other writes. The resource buckets of RunInstances and others are not modelled.
 */
const limits: ReadonlyMap<string, Limit> = new Map([
  ['CreateNetworkInterface', { capacity: 100, refillPerSecond: 5 }],
  ['ModifyNetworkInterfaceAttribute', { capacity: 100, refillPerSecond: 5 }],
  ['DescribeSecurityGroupReferences', { capacity: 20, refillPerSecond: 5 }],
  ['DescribeStaleSecurityGroups', { capacity: 20, refillPerSecond: 5 }],
  ['RunInstances', { capacity: 5, refillPerSecond: 2 }],
  ['StartInstances', { capacity: 5, refillPerSecond: 2 }],
]);

/** These have a smaller bucket of their own for calls with neither a filter nor paging. */
const listings = ['DescribeSecurityGroups', 'DescribeInstances', 'DescribeNetworkInterfaces'];
/** That naming resources by id or name counts as a filter is not verified. */
const narrowing = ['Filter', 'MaxResults', 'NextToken', 'GroupId', 'GroupName', 'InstanceId', 'NetworkInterfaceId'];

/** The token buckets of one account in one region. */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes a token for the call, or says that there is none. Tokens come back continuously. */
  takes(action: string, kind: 'read' | 'write', query: QueryNode, now: Date): boolean {
    const isWhole = listings.includes(action) && !narrowing.some((name) => query.children.has(name));
    const { capacity, refillPerSecond } = isWhole ? wholeListing : limitOf(action, kind);
    const key = isWhole ? `${action} of everything` : action;
    const atMs = now.getTime();
    const before = this.#buckets.get(key) ?? { milliTokens: capacity * 1000, atMs };
    const full = Math.min(capacity * 1000, before.milliTokens + (atMs - before.atMs) * refillPerSecond);
    const isThere = full >= 1000;
    this.#buckets.set(key, { milliTokens: isThere ? full - 1000 : full, atMs });
    return isThere;
  }
}

function limitOf(action: string, kind: 'read' | 'write'): Limit {
  return limits.get(action) ?? (kind === 'read' ? usualRead : usualWrite);
}
