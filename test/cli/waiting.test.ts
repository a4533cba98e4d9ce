import { describe, expect, test } from 'vitest';
import { pageText } from '../../cli/page.ts';
import { planLines } from '../../cli/plan-page.ts';
import { waitingReasons } from '../../cli/waiting.ts';
import { checkDocument } from '../../shared/core/report.ts';
import { judged } from './judged.ts';

const denying = (name: string, mode: string, service: string, more = ''): string =>
  `{ name: ${name}, mode: ${mode}, ${more}ingress: { deny: [{ service: ${service}, from: anywhere }] } }`;

interface Planned {
  readonly page: string;
  readonly reasons: readonly string[];
}

function planned(rules: readonly string[], policies: readonly string[]): Planned {
  const { judgement } = judged(rules, policies);
  const document = checkDocument([judgement], new Date('2026-11-24T12:00:00Z'));
  const page = pageText(planLines([judgement], document), { width: 120, colour: false });
  return { page, reasons: waitingReasons(judgement) };
}

describe('policies of different modes over one firewall', () => {
  const [ssh, telnet, both] = ['tcp/22 from 0.0.0.0/0', 'tcp/23 from 0.0.0.0/0', 'tcp/21-23 from 0.0.0.0/0'];
  const mixed = [denying('a', 'enforce', 'tcp/22'), denying('b', 'report', 'tcp/23')];

  test('one rule is changed now, and the other waits', () => {
    const { page, reasons } = planned([ssh, telnet], mixed);
    expect(page).toContain(`    - ${ssh}
      because of   a/ingress/deny/1 (web.yaml:3, mode enforce)
    - ${telnet}
      because of   b/ingress/deny/1 (web.yaml:4, mode report)
      waits        mode \`report\` changes nothing by itself

  apply: a run would make 1 of these 2 changes now; 1 waits
`);
    expect(page).toContain('Plan: 0 to narrow, 2 to remove, 0 to add; 0 held, 1 waiting\n');
    expect(reasons).toEqual(['mode: 1 of 2 changes waits: mode `report` changes nothing by itself']);
  });

  test('one rule is changed in part now, and what a run would leave of it is shown', () => {
    const { page, reasons } = planned([both], mixed);
    expect(page).toContain(`    ~ ${both}
      becomes      tcp/21 from 0.0.0.0/0
      because of   a/ingress/deny/1 (web.yaml:3, mode enforce)
      because of   b/ingress/deny/1 (web.yaml:4, mode report)
      now only     tcp/21 from 0.0.0.0/0
                   tcp/23 from 0.0.0.0/0
      waits        the rest, mode \`report\` changes nothing by itself

  apply: a run would make what is marked \`now\`; 1 waits
`);
    expect(reasons).toHaveLength(1);
  });

  test('`restore` waits, too, and says why', () => {
    const { page } = planned([ssh, telnet], [mixed[0] ?? '', denying('b', 'enforce', 'tcp/23', 'revert: restore, ')]);
    expect(page).toContain('waits        `revert: restore` is not carried out yet, so it only reports');
  });

  test('where all of it is enforced, or none, nothing waits', () => {
    const all = planned([ssh, telnet], [denying('a', 'enforce', '[tcp/22, tcp/23]')]);
    const none = planned([ssh, telnet], [denying('a', 'observe', 'tcp/22'), denying('b', 'report', 'tcp/23')]);
    expect(all.page).toContain('  apply: a run would make these changes now\n');
    expect(none.page).toContain('  hold: a run would change nothing now, because the mode is `observe` and `report`');
    expect(`${all.page}${none.page}`).not.toContain('waits');
    expect([all.reasons, none.reasons]).toEqual([[], []]);
  });
});
