import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { expectGolden } from '../golden.ts';
import { eventsOf, hasRecordings, jsonFilesIn, recordingsIn } from './recordings.ts';
import type { Recording } from './recordings.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/events');

interface Told {
  readonly file: string;
  readonly kind: 'targets' | 'clock' | 'ignored' | 'malformed';
  readonly what: string;
}

/** What is heard, in one line; whatever is no `Fault` is a crash. */
function told({ file, value }: Recording): Told {
  try {
    const heard = heardFrom(value);
    switch (heard.kind) {
      case 'targets': {
        const { targets, leads, hint } = heard;
        const where = new Set([...targets, ...leads].map(({ account, region }) => `${account}/${region}`));
        const names = [...targets.map(({ id }) => id), ...leads.map(({ kind, id }) => `${kind} ${id}`)];
        return { file, kind: 'targets', what: `${names.join(', ')} in ${[...where].join()} by ${hint.actor}` };
      }
      case 'clock':
        return { file, kind: 'clock', what: heard.at.toISOString() };
      case 'ignored':
        return { file, kind: 'ignored', what: heard.why };
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.kind).toBe('malformed');
    return { file, kind: 'malformed', what: error.message };
  }
}

function table(rows: readonly Told[]): string {
  const width = Math.max(...rows.map(({ file }) => file.length));
  return rows.map(({ file, kind, what }) => `${file.padEnd(width)}  ${kind.padEnd(9)}  ${what}\n`).join('');
}

test('what is heard of each example of an event', async () => {
  const rows = jsonFilesIn(EXAMPLES).flatMap(eventsOf).map(told);
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter(({ kind }) => kind === 'malformed')).toEqual([]);
  await expectGolden('events/heard', table(rows));
});

describe.skipIf(!hasRecordings)('recorded events', () => {
  const ofAws = recordingsIn('cloudtrail', 'cloudtrail-logfile', 'eventbridge-c7n').flatMap(eventsOf);
  const reshaped = recordingsIn('cloudtrail-panther').flatMap(eventsOf);
  // Of another cloud: whole deliveries of it, which are lists, and each event in them.
  const ofAzure = recordingsIn('azure-eventgrid').flatMap((file) => [file, ...eventsOf(file)]);

  test('each of AWS is a target, a lead, a clock, or ignored with a reason', () => {
    const rows = ofAws.map(told);
    console.info(table(rows));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ kind }) => kind === 'malformed')).toEqual([]);
    for (const { file, what } of rows) expect(what.length, file).toBeGreaterThan(10);
    const heard = rows
      .filter(({ kind }) => kind === 'targets')
      .map(({ file }) => file.replace(/\.[0-9a-f]{8}\.json$/, ''));
    expect([...new Set(heard)]).toEqual([
      'cloudtrail/AuthorizeSecurityGroupIngress.ok',
      'cloudtrail/CreateNetworkInterface.ok',
      'cloudtrail/DeleteSecurityGroup.ok',
      'cloudtrail/RevokeSecurityGroupEgress.ok',
      'cloudtrail/RunInstances.ok',
      'cloudtrail/stratus.ec2-security-group-open-port-22-ingress.json 1',
      'cloudtrail-logfile/218007301253_CloudTrail_us-east-1_20230710T1220Z_sM25jC0Ku0QcGkDa.json 2',
      'eventbridge-c7n/event-cloud-trail-run-instances.json',
    ]);
    expect(rows.filter(({ kind }) => kind === 'clock').map(({ file }) => file)).toEqual([
      'eventbridge-c7n/event-scheduled.json',
    ]);
  });

  test('those that others have re-shaped, and those of another cloud, crash nothing', () => {
    const rows = [...reshaped, ...ofAzure].map(told);
    console.info(table(rows));
    expect(rows.length).toBeGreaterThan(10);
    for (const { file, kind, what } of rows) {
      if (kind === 'malformed') expect(what, file).toMatch(/^event .*; expected /);
      if (file.startsWith('azure-eventgrid')) expect(['ignored', 'malformed'], file).toContain(kind);
    }
  });
});
