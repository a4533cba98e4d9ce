import { describe, expect, test } from 'vitest';
import { disagreements, firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { contentKey } from '../../shared/core/spell.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import { hasRecordings, recordingsIn } from './recordings.ts';

/** An SDK recording keeps the answer in `data`. */
function answerOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'data' in value ? value.data : value;
}

describe.skipIf(!hasRecordings)('recordings', () => {
  test('every recorded group is read in full, and groups agree with themselves in any order', () => {
    const answers = recordingsIn('ec2-describe-batfish', 'ec2-describe-c7n', 'ec2-wire-botocore')
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
