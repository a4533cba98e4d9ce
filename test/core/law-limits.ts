import { packetsOf } from '../oracle/corners.ts';
import { openPairs } from '../oracle/open-ports.ts';
import type { PlainCase } from '../oracle/plain-case.ts';
import { modeOf } from '../oracle/prohibited.ts';
import type { Core } from './core-modules.ts';
import { broken, judgedBy } from './judged.ts';
import { noteCase } from './mix.ts';
import type { Mix } from './mix.ts';

/** A limit is told of by each policy that states one that is passed, with the pairs that a walk counts. */
export function limitsLaw(core: Core, plain: PlainCase, seed: number, mix: Mix): void {
  noteCase(mix, plain, packetsOf(plain, seed, 240));
  const { drift } = judgedBy(core, plain);
  const limited = plain.policies.filter(({ governs, openPorts }) => governs && openPorts !== undefined);
  const count = limited.length === 0 ? 0 : openPairs(plain);
  const passed = limited.filter(({ openPorts = Infinity }) => count > openPorts);
  mix.withLimit += passed.length > 0 ? 1 : 0;
  const expected = passed.map((policy) => `${policy.name} ${modeOf(plain, policy)} ${String(count)}`);
  const said = drift.findings.flatMap((finding) =>
    finding.kind === 'limit' ? [`${finding.policies.join()} ${finding.mode} ${String(finding.count)}`] : [],
  );
  if (said.join() !== expected.join()) broken('limits that are passed', { expected, said });
}
