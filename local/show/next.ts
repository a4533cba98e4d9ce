import type { PolicyState } from './scene.ts';

/** How far somebody is who looks at the view. */
interface Progress {
  /** Calls that people have made so far. */
  readonly calls: number;
  readonly policy: PolicyState;
  readonly policyPath: string;
  /** The group of the first place that was changed last. */
  readonly lastId: string | undefined;
  /** The last revert there, by its id. */
  readonly lastRevert: string | undefined;
}

const SETTINGS = '. .portcullis/local.env';

/**
 * Commands for another terminal that make sense now, in their order. Each is whole, so that it can be copied; where there
 * is not enough room for all, the first ones are the ones to show.
 */
export function nextCommands({ calls, policy, policyPath, lastId, lastRevert }: Progress): readonly string[] {
  if (policy.kind === 'broken') return [`npx portcullis validate --policy ${policyPath}`];
  const edit = `\${EDITOR:-vi} ${policyPath}`;
  if (calls === 0) return [SETTINGS, 'npx portcullis check --cloud aws', edit];
  if (lastId === undefined) return [SETTINGS, 'npx portcullis plan --cloud aws', edit];
  const look = [
    `npx portcullis explain --cloud aws --firewall ${lastId} --traffic "tcp/22 from 198.51.100.7"`,
    `npx portcullis check --cloud aws --firewall ${lastId}`,
  ];
  if (lastRevert === undefined) return [SETTINGS, ...look, edit];
  return [
    SETTINGS,
    `npx portcullis ledger show ${lastRevert}`,
    `npx portcullis rollback ${lastRevert}`,
    `npx portcullis open "tcp/22 from 198.51.100.7" --firewall ${lastId} --for 10m --ticket CHG0030192`,
    ...look,
    edit,
  ];
}
