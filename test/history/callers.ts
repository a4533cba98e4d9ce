import { ACCOUNT, CALLERS } from '../../local/people.ts';
import type { Caller } from '../../local/ec2/callers.ts';

/** Who else changes groups, beside Alex and us: a pipeline, and somebody at the console. */
export const PIPELINE = 'ASIALOCALPIPELINE001';
export const CONSOLE = 'ASIALOCALCONSOLE0001';

function role(name: string, session: string, sourceIPAddress: string): Caller {
  const principalId = `AROALOCAL${name.toUpperCase()}01`;
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
    accountId: ACCOUNT,
    principalId: `${principalId}:${session}`,
    mayWrite: true,
    sourceIPAddress,
    sessionCreatedAt: '2026-11-24T07:00:00Z',
    sessionIssuer: { principalId, arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, accountId: ACCOUNT, userName: name },
  };
}

export const PEOPLE: ReadonlyMap<string, Caller> = new Map<string, Caller>([
  ...CALLERS,
  [PIPELINE, role('deploy', 'pipeline-1187', '198.51.100.20')],
  [CONSOLE, role('admin', 'sam@example.com', '203.0.113.5')],
]);
