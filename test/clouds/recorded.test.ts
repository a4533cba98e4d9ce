import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { disagreements, firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { heardFrom } from '../../shared/clouds/aws/events.ts';
import { contentKey } from '../../shared/core/spell.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';

// Recordings of the real cloud may lie beside the project; they are of others, so they are not in it.
const recordings = join(import.meta.dirname, '../../../shared/fixtures');
const present = existsSync(recordings);
if (!present) console.info(`no recordings in ${recordings}: the tests against them are skipped`);

interface Recording {
  readonly file: string;
  readonly value: unknown;
}

function parsed(file: string): unknown {
  return JSON.parse(readFileSync(join(recordings, file), 'utf8'));
}

function read(...folders: readonly string[]): readonly Recording[] {
  if (!present) return [];
  return folders.flatMap((folder) =>
    readdirSync(join(recordings, folder))
      .filter((file) => file.endsWith('.json'))
      .map((file) => ({ file: `${folder}/${file}`, value: parsed(`${folder}/${file}`) })),
  );
}

/** A file holds one record, an array of them, or a log file's `Records`. */
function recordsOf({ file, value }: Recording): readonly Recording[] {
  const inside: unknown = typeof value === 'object' && value !== null && 'Records' in value ? value.Records : value;
  return Array.isArray(inside) ? inside.map((record: unknown) => ({ file, value: record })) : [{ file, value: inside }];
}

/** An SDK recording keeps the answer in `data`. */
function answerOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'data' in value ? value.data : value;
}

describe.skipIf(!present)('recordings', () => {
  test('every recorded event is a target, or ignored with a reason', () => {
    const records = read('cloudtrail', 'cloudtrail-logfile', 'eventbridge-c7n').flatMap(recordsOf);
    const heard = records.map(({ file, value }) => ({ file, heard: heardFrom(value) }));
    expect(heard.length).toBeGreaterThan(20);
    const targets = heard.flatMap(({ file, heard: event }) => (event.kind === 'targets' ? [{ file, event }] : []));
    expect(targets.map(({ file }) => file.replace(/\.[0-9a-f]{8}\.json$/, '')).sort()).toEqual([
      'cloudtrail/AuthorizeSecurityGroupIngress.ok',
      'cloudtrail/DeleteSecurityGroup.ok',
      'cloudtrail/RevokeSecurityGroupEgress.ok',
      'cloudtrail/stratus.ec2-security-group-open-port-22-ingress.json',
    ]);
    for (const { event } of targets) {
      expect(event.targets).toHaveLength(1);
      expect(event.hint.actor).toMatch(/^[a-z-]+$/);
    }
    for (const { heard: event } of heard) expect(event.kind === 'targets' || event.why.length > 10).toBe(true);
  });

  test('every recorded group is read in full, and groups agree with themselves in any order', () => {
    const answers = read('ec2-describe-batfish', 'ec2-describe-c7n', 'ec2-wire-botocore')
      .map(({ file, value }) => ({ file, value: answerOf(value) }))
      .filter(({ value }) => typeof value === 'object' && value !== null && 'SecurityGroups' in value);
    expect(answers.length).toBeGreaterThan(10);
    const context = { readAt: new Date(0), ranges: new Map(), written: [] };
    for (const { file, value } of answers) {
      const firewalls = firewallsOf({ groups: value }, context);
      expect(firewalls.length, file).toBeGreaterThan(0);
      for (const firewall of firewalls) {
        expect(firewall.unread, `${file} ${firewall.target.id}`).toEqual([]);
        expect(firewall.target.account).toMatch(/^\d{12}$/);
        for (const direction of DIRECTIONS) {
          const keys = rulesOf(firewall, direction).map((rule) => contentKey(direction, rule));
          expect(new Set(keys).size).toBe(keys.length);
        }
      }
      expect(disagreements(value, { SecurityGroupRules: [] })).not.toEqual([]);
    }
  });
});
