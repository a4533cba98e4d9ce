import { Fault } from '../shared/base/fault.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import type { PeerName } from '../shared/core/model/rule.ts';
import { readInputs } from './input.ts';
import { readLive } from './live.ts';
import { networksOf } from './options.ts';
import type { JudgingOptions } from './options.ts';
import type { Source } from './source.ts';

function checkCloud(cloud: string | undefined): void {
  if (cloud === undefined || cloud === 'aws') return;
  const known = cloud === 'azure' ? 'is not supported in this version' : 'is not known';
  throw new Fault('unsupported', `--cloud \`${cloud}\` ${known}; write \`--cloud aws\``);
}

/** The 12 digits of an account, where it is stated at all. */
export function checkAccount(account: string | undefined): void {
  if (account === undefined || /^\d{12}$/.test(account)) return;
  throw new Fault(
    'malformed',
    `--account \`${account}\` is no AWS account; write its 12 digits, leading zeros included`,
  );
}

/** The firewalls that were asked for, all of them. One that is not there is an error: silence would look like "fine". */
function chosen({ firewalls, places }: Source, named: readonly string[]): readonly Firewall[] {
  const ids = named.map((name) => places?.get(name) ?? name);
  const unknown = ids.find((id) => !firewalls.some(({ target }) => target.id === id));
  if (unknown !== undefined) {
    const namesake = firewalls.find(({ name }) => name === unknown)?.target.id;
    const hint =
      namesake === undefined
        ? `there are ${String(firewalls.length)} others; write an id such as \`sg-0123456789abcdef0\``
        : `\`${namesake}\` has that name; write its id`;
    throw new Fault('malformed', `firewall \`${unknown}\` does not exist; ${hint}`);
  }
  return ids.length === 0 ? firewalls : firewalls.filter(({ target }) => ids.includes(target.id));
}

function byTarget({ target: a }: Firewall, { target: b }: Firewall): number {
  const [keyA, keyB] = [`${a.account} ${a.region} ${a.id}`, `${b.account} ${b.region} ${b.id}`];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

/** The firewalls that the command line names, in order of account, region and id; with the names that policies use. */
export async function sourceOf(options: JudgingOptions, readAt: Date, written: readonly PeerName[]): Promise<Source> {
  const { input, cloud, region, account, firewall: ids = [] } = options;
  checkCloud(cloud);
  checkAccount(account);
  const networks = networksOf(options);
  if (input === undefined && cloud === undefined) {
    const write = 'write `--input FILE...` for saved output, or `--cloud aws --region REGION` to read live';
    throw new Fault('malformed', `nothing to judge; ${write}`);
  }
  if (input === undefined && networks.size > 0) {
    throw new Fault('malformed', '--network is for `--input`; live, the ranges of networks are read. leave it out');
  }
  const source =
    input === undefined
      ? await readLive({ region, account, ids }, written)
      : await readInputs(input, { region, account, networks }, readAt, written);
  return { ...source, firewalls: chosen(source, ids).toSorted(byTarget) };
}
