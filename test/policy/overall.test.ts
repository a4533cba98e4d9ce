import { describe, expect, it } from 'vitest';
import { UNSTATED_GUARD } from '../../shared/core/model/guard.ts';
import type { Guard } from '../../shared/core/model/guard.ts';
import { exceptionWith, judgeBroken, messagesOf, NOW, setOf } from './policies.ts';
import { loadPolicy } from '../../shared/policy/load.ts';

const HOUR_MS = 3_600_000;

/** A policy file whose third line is this. */
function file(line: string): string {
  return `version: 1\npolicies: [{ name: web, ingress: { allow: [] } }]\n${line}\n`;
}

function ending(until: string, more = ''): string {
  const rest = 'ingress: [{ service: any, from: private }], approved: { by: alex, ticket: CHG0030192 }';
  return `${exceptionWith(`name: move, match: { id: sg-1 }, ${rest}, until: ${until}`)}${more}`;
}

describe('what files say once for everything', () => {
  it('is what the language says where they are silent', () => {
    expect(setOf(file(''))).toMatchObject({
      guard: {
        maxChangesPerFirewall: 20,
        maxChangesPerRun: 100,
        maxChangedFirewalls: { share: 0.1, atLeast: 5, withinMs: HOUR_MS },
        maxRevertsPerFinding: { count: 3, withinMs: HOUR_MS },
        maxTicketsPerHour: 100,
        maxExceptionDays: 90,
        maxGrantMs: 8 * HOUR_MS,
        maxRollbackGrantMs: 24 * HOUR_MS,
        leaveAfterMs: 24 * HOUR_MS,
      },
      exposedFirewallsShare: undefined,
      paused: false,
      instances: [],
    });
  });

  it.each<[text: string, part: Partial<Guard>]>([
    ['maxChangesPerFirewall: 3', { maxChangesPerFirewall: 3 }],
    ['maxChangesPerRun: 7', { maxChangesPerRun: 7 }],
    [
      'maxChangedFirewalls: { share: 2.5%, atLeast: 0, within: 30m }',
      { maxChangedFirewalls: { share: 0.025, atLeast: 0, withinMs: HOUR_MS / 2 } },
    ],
    ['maxChangedFirewalls: { share: 100% }', { maxChangedFirewalls: { share: 1, atLeast: 5, withinMs: HOUR_MS } }],
    ['maxRevertsPerFinding: { count: 9 }', { maxRevertsPerFinding: { count: 9, withinMs: HOUR_MS } }],
    ['maxRevertsPerFinding: { within: 1d }', { maxRevertsPerFinding: { count: 3, withinMs: 24 * HOUR_MS } }],
    ['maxTicketsPerHour: 5', { maxTicketsPerHour: 5 }],
    ['maxExceptionDays: 30', { maxExceptionDays: 30 }],
    ['maxGrant: 90m', { maxGrantMs: 1.5 * HOUR_MS }],
    ['maxGrant: 2d', { maxGrantMs: 48 * HOUR_MS, maxRollbackGrantMs: 48 * HOUR_MS }],
    ['leaveAfter: 0s', { leaveAfterMs: 0 }],
  ])('guard: %s', (text, part) => {
    const [key = ''] = text.split(':');
    expect(setOf(file(`guard: { ${text} }`)).guard).toEqual({ ...UNSTATED_GUARD, ...part, stated: [key] });
  });

  it('may be limits and a pause', () => {
    expect(setOf(file('limits: { exposedFirewallsShare: 5% }')).exposedFirewallsShare).toBe(0.05);
    expect(setOf(file('limits: { exposedFirewallsShare: 0% }')).exposedFirewallsShare).toBe(0);
    expect(setOf(file('pause: true')).paused).toBe(true);
    expect(setOf(file('pause: false')).paused).toBe(false);
  });

  it('may stand in a file of its own, and in one only', () => {
    const own = 'version: 1\nguard: { maxGrant: 1h }\nlimits: { exposedFirewallsShare: 5% }\npause: true\n';
    const loaded = setOf([
      { name: 'web.yaml', text: file('') },
      { name: 'zone.yaml', text: own },
    ]);
    expect([loaded.guard.maxGrantMs, loaded.exposedFirewallsShare, loaded.paused]).toEqual([HOUR_MS, 0.05, true]);
    const [web, zone] = ['policy `web.yaml` line', 'policy `zone.yaml` line'];
    const stated = (key: string, at: number): string =>
      `${zone} ${String(at)}: \`${key}\` is stated twice; the first is in ${web} ${String(at + 1)}; write all of it in one file`;
    expect(messagesOf(file(own.slice('version: 1\n'.length)), own)).toEqual([
      stated('guard', 2),
      stated('limits', 3),
      stated('pause', 4),
    ]);
  });

  it('bounds how far ahead an exception may end, whichever file states it', () => {
    const bound = (days: number): string => `version: 1\nguard: { maxExceptionDays: ${String(days)} }\n`;
    expect(messagesOf(ending('2026-12-24T12:00:00Z'), bound(30))).toEqual([]);
    expect(messagesOf(ending('2026-12-24T12:00:01Z'), bound(30))).toEqual([
      'policy `web.yaml` line 5: exception ends `2026-12-24T12:00:01Z`, more than 30 days ahead; write `2026-12-24T12:00:00Z` or earlier, and renew it then',
    ]);
    expect(messagesOf(ending('2027-03-24T12:00:00Z'), bound(120))).toEqual([]);
  });

  it('does not judge an exception by a bound that nobody could read', () => {
    const problem = '`maxExceptionDays` is `9999`; write a whole number from 1 to 365, without quotes';
    judgeBroken('', ending('2029-03-24T12:00:00Z', 'guard: { maxExceptionDays: 9999 }\n'), [`6: ${problem}`]);
    const files = [
      { name: 'a.yaml', text: ending('2029-03-24T12:00:00Z') },
      { name: 'b.yaml', text: 'version: 1\nguard: {' },
    ];
    const loaded = loadPolicy(files, NOW);
    expect(loaded.kind === 'problems' && loaded.problems.map(({ file: name }) => name)).toEqual(['b.yaml']);
  });
});

const COUNT = 'write a whole number from 1 to 100000, without quotes';

describe('broken guards, limits and pauses', () => {
  it.each<[text: string, ...problems: readonly string[]]>([
    ['guard:', '`guard` is a mapping, and this is empty; write `guard: { maxChangesPerRun: 100 }`'],
    ['guard: {}', '`guard` is empty; write `maxChangesPerRun: 100` or another bound, or remove it'],
    ['guard: { maxChangesPerRun: 0 }', `\`maxChangesPerRun\` is \`0\`; ${COUNT}`],
    ['guard: { maxTicketsPerHour: "5" }', `\`maxTicketsPerHour\` is the text \`5\`; ${COUNT}`],
    ['guard: { maxChangesPerRuns: 5 }', 'unknown key `maxChangesPerRuns` in `guard`; did you mean `maxChangesPerRun`?'],
    [
      'guard: { maxChangedFirewalls: 10% }',
      '`maxChangedFirewalls` is a mapping, and this is `10%`; write `maxChangedFirewalls: { share: 10%, atLeast: 5, within: 1h }`',
    ],
    ['guard: { maxChangedFirewalls: { share: 10 } }', '`share` is `10`, not a share; write `10%`'],
    ['guard: { maxChangedFirewalls: { share: 0.07 } }', '`share` is `0.07`, not a share; write `0.07%` or `7%`'],
    [
      'guard: { maxChangedFirewalls: { share: 101% } }',
      '`share` is the text `101%`, not a share; write a percentage from `0%` to `100%`',
    ],
    ['guard: { maxRevertsPerFinding: { within: 8d } }', '`within` is `8d`; write a duration from `1m` to `7d`'],
    ['guard: { maxGrant: 8 }', '`maxGrant`: duration `8` has no unit; write `8s`, `8m`, `8h` or `8d`'],
    ['guard: { maxGrant: 8 hours }', '`maxGrant`: duration `8 hours` is not readable; write `8h`'],
    [
      'guard: { maxGrant: 1h30m }',
      '`maxGrant`: duration `1h30m` has more than one unit; write all of it in the smaller one, such as `90m`',
    ],
    [
      'guard: { maxGrant: PT8H }',
      '`maxGrant`: duration `PT8H` is not readable; write it like `30s`, `5m`, `24h` or `7d`',
    ],
    ['guard: { maxGrant: true }', '`maxGrant` is a boolean, not a duration; write it like `30s`, `5m`, `24h` or `7d`'],
    [
      'limits: { openPorts: 5 }',
      'unknown key `openPorts` in `limits` at the top of a file; it belongs in `limits` of a policy; the keys here are `exposedFirewallsShare`',
    ],
    [
      'limits: {}',
      '`limits` at the top of a file has no `exposedFirewallsShare`; write `exposedFirewallsShare: 5%`, or remove `limits`',
    ],
    ['limits: { exposedFirewallsShare: 5 }', '`exposedFirewallsShare` is `5`, not a share; write `5%`'],
    ['pause: "true"', '`pause` is the text `true`; write `true` or `false`, without quotes'],
    ['pause:', '`pause` is empty; write `true` or `false`, without quotes'],
  ])('%s', (text, ...problems) => {
    judgeBroken(
      text,
      file(text),
      problems.map((problem) => `3: ${problem}`),
    );
  });
});
