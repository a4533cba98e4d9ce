import { expect, it } from 'vitest';
import { loadPolicy } from '../../shared/policy/load.ts';

/** Clauses nested like stairs: each cuts all the ones before it, so the bands grow with the square of their number. */
function stairs(steps: number): string {
  const clause = (step: number): string => {
    const a = String(step % 250);
    const b = String(Math.floor(step / 250));
    return `- { service: tcp/${String(step)}-${String(65000 - step)}, from: [${a}.${b}.7.1, ${a}.9.${b}.3, ${a}.11.${b}.3] }`;
  };
  const clauses = Array.from({ length: steps }, (_, step) => `        ${clause(step)}`);
  return ['version: 1', 'policies:', '  - name: stairs', '    ingress:', '      deny:', ...clauses].join('\n');
}

it('a policy that would take more memory than can be judged in is refused when it is read', () => {
  const loaded = loadPolicy([{ name: 'stairs.yaml', text: stairs(2000) }], new Date('2026-11-24T00:00:00Z'));
  expect(loaded.kind === 'problems' && loaded.problems.map(({ message }) => message)).toEqual([
    'policy `stairs.yaml` line 3: the addresses and ports in `stairs` cut traffic into more pieces than can be judged, ' +
      'so nothing is judged by them; write neighbouring ranges as one, or move clauses to policies that match fewer firewalls',
  ]);
});

it('a steep but shorter stair is read', () => {
  const loaded = loadPolicy([{ name: 'stairs.yaml', text: stairs(200) }], new Date('2026-11-24T00:00:00Z'));
  expect(loaded.kind).toBe('policy');
});
