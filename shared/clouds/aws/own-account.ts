// Which account the credentials of a connection are of, as far as EC2 shows it.
import type { EC2Client } from '@aws-sdk/client-ec2';
import { Fault } from '../../base/fault.ts';
import { describeGroupsBy } from './describe.ts';
import { unlessRefused } from './surroundings.ts';
import { DEFAULT_GROUP } from './traits.ts';

/**
 * Asked only where EC2 shows nothing of an account: it shows nothing of any account but its caller's, so nothing is
 * proved gone unless the account is the caller's. Groups that are shared with the caller are of others, but default groups
 * cannot be shared, and who is in a shared VPC does not see its owner's (VPC User Guide, sharing of security groups and of
 * VPCs, 2026-11-24): so whose default groups are shown, theirs are the credentials. Without a VPC there are none; then the
 * account is not known, and taken to be the one that is asked for.
 */
export class OwnAccount {
  readonly #client: EC2Client;
  /** Once known it is not asked for again: a connection has credentials of one account. */
  #owners: readonly string[] = [];
  #asking: Promise<readonly string[]> | undefined;

  constructor(client: EC2Client) {
    this.#client = client;
  }

  async check(account: string): Promise<void> {
    if (this.#owners.length === 0) this.#owners = await this.#asked();
    if (this.#owners.length === 0 || this.#owners.includes(account)) return;
    const others = this.#owners.map((owner) => `\`${owner}\``).join(', ');
    throw new Fault(
      'unsupported',
      `account \`${account}\` is not the one of these credentials: the default security groups that they see belong to ${others}; use credentials of \`${account}\``,
    );
  }

  /** Several reads at once ask once. */
  async #asked(): Promise<readonly string[]> {
    this.#asking ??= this.#ownersOfDefaults().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ownersOfDefaults(): Promise<readonly string[]> {
    const answer = await unlessRefused(describeGroupsBy(this.#client, 'group-name', [DEFAULT_GROUP]));
    const defaults = (answer?.SecurityGroups ?? []).filter(({ GroupName }) => GroupName === DEFAULT_GROUP);
    return [...new Set(defaults.flatMap(({ OwnerId }) => OwnerId ?? []))];
  }
}
