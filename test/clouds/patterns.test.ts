import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { PATTERNS } from '../../shared/clouds/aws/patterns.ts';
import { CALLS, PATTERN_LENGTH } from '../../shared/clouds/aws/traits.ts';
import { envelope, GROUP, INSTANCE, record, state } from './calls.ts';
import { jsonFilesIn } from './recordings.ts';

const all = Object.entries(PATTERNS).flatMap(([name, patterns]) => patterns.map((pattern) => ({ name, pattern })));

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What EventBridge does with the little of its pattern language that is used here. */
function fits(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    return pattern.some((wanted: unknown) =>
      isObject(wanted) ? wanted['exists'] === (value !== undefined) : wanted === value,
    );
  }
  if (!isObject(pattern)) throw new Error('a pattern is made of lists and objects');
  return Object.entries(pattern).every(([key, inner]) => fits(inner, isObject(value) ? value[key] : undefined));
}

function wakes(event: unknown): readonly string[] {
  return all.filter(({ pattern }) => fits(pattern, event)).map(({ name }) => name);
}

function kindOf(event: unknown): string {
  try {
    return heardFrom(event).kind;
  } catch (error) {
    if (error instanceof Fault) return error.kind;
    throw error;
  }
}

describe('the deployed patterns', () => {
  test('are within the size of a pattern, and tell no actors apart', () => {
    for (const { pattern } of all) {
      const text = JSON.stringify(pattern);
      expect(text.length).toBeLessThanOrEqual(PATTERN_LENGTH);
      expect(text).not.toMatch(/userIdentity|userAgent|sourceIPAddress/);
    }
  });

  test('let each call of the table through to one function, once', () => {
    for (const [name, how] of CALLS) {
      const expected = how === 'started instances' ? 'instance' : 'change';
      expect(wakes(envelope(record(name, {}))), name).toEqual([expected]);
    }
    expect(wakes(state({ 'instance-id': INSTANCE, state: 'running' }))).toEqual(['instance']);
  });

  test('drop what is ignored, and nothing that is heard', () => {
    const answer = { groupId: GROUP, vpcId: 'vpc-1', subnetId: 'subnet-1', prefixListId: 'pl-1', instanceId: INSTANCE };
    const whole = { requestParameters: { groupId: GROUP, resourcesSet: [GROUP] }, responseElements: answer };
    const failed = { ...whole, errorCode: 'Client.DryRunOperation' };
    const elsewhere = { ...whole, eventSource: 'rds.amazonaws.com' };
    const names = [...CALLS.keys(), 'StopInstances', 'CreateNetworkAclEntry', 'DescribeSecurityGroups'];
    const calls = names.flatMap((name) => [whole, failed, elsewhere].map((fields) => envelope(record(name, fields))));
    const states = ['pending', 'running', 'shutting-down', 'stopped', 'stopping', 'terminated'].map((now) =>
      state({ 'instance-id': INSTANCE, state: now }),
    );
    for (const event of [...calls, ...states]) {
      expect(kindOf(event), JSON.stringify(event)).toBe(wakes(event).length > 0 ? 'targets' : 'ignored');
    }
  });

  test('do with the examples as is heard of them', () => {
    const examples = jsonFilesIn(join(import.meta.dirname, '../../examples/events'));
    const enveloped = examples.filter(({ value }) => isObject(value) && isObject(value['detail']));
    expect(enveloped.length).toBeGreaterThan(20);
    for (const { file, value } of enveloped) {
      if (kindOf(value) === 'targets') expect(wakes(value), file).toHaveLength(1);
      if (wakes(value).length === 0) expect(['ignored', 'clock'], file).toContain(kindOf(value));
    }
  });
});
