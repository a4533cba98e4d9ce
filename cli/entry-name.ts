import { Fault } from '../shared/base/fault.ts';
import { revertIdOf } from '../shared/core/model/ledger.ts';
import type { LedgerEntry } from '../shared/core/model/ledger.ts';
import { targetKey } from '../shared/core/model/target.ts';
import type { Target } from '../shared/core/model/target.ts';
import type { Ledger } from '../shared/ledger/contract.ts';
import { quotedName } from './words.ts';

/** What the command line says of where a firewall is. */
export interface Whereabouts {
  readonly region?: string;
  readonly account?: string;
}

interface Named {
  readonly id: string;
  readonly sequence: number;
  /** Undefined where only the firewall's own id is written. */
  readonly target: Target | undefined;
}

const EXAMPLE = 'write it like `aws/111122223333/us-east-1/sg-0123456789abcdef0/7`';

function namedBy(text: string): Named {
  const parts = text.split('/');
  const number = parts.at(-1) ?? '';
  if (!/^[1-9]\d{0,8}$/.test(number) || parts.includes('') || (parts.length !== 5 && parts.length !== 2)) {
    throw new Fault('malformed', `${quotedName(text)} names no entry of the ledger; ${EXAMPLE}`);
  }
  const sequence = Number(number);
  const [cloud = '', account = '', region = '', id = ''] = parts;
  if (parts.length === 2) return { id: cloud, sequence, target: undefined };
  return { id, sequence, target: { cloud, account, region, id } };
}

function hasSamePlace({ account, region }: Target, stated: Whereabouts, text: string): void {
  for (const [option, said, there] of [
    ['--region', stated.region, region],
    ['--account', stated.account, account],
  ] as const) {
    if (said === undefined || said === there) continue;
    throw new Fault(
      'malformed',
      `${option} says \`${said}\`, and ${quotedName(text)} is in \`${there}\`; leave ${option} out`,
    );
  }
}

/** The targets of the record with this id: mostly one, since ids of firewalls are hardly ever the same twice. */
async function targetsCalled(id: string, stated: Whereabouts, ledger: Ledger): Promise<readonly Target[]> {
  const found = new Map<string, Target>();
  let page: string | undefined;
  do {
    const { entries, damaged, next } = await ledger.since(new Date(0), page);
    const targets = [...entries.map(({ entry }) => entry.target), ...damaged.map(({ target }) => target)];
    for (const target of targets) {
      const isMeant =
        target.id === id &&
        (stated.region ?? target.region) === target.region &&
        (stated.account ?? target.account) === target.account;
      if (isMeant) found.set(targetKey(target), target);
    }
    page = next;
  } while (page !== undefined);
  return [...found.values()];
}

async function targetOf({ id, sequence }: Named, stated: Whereabouts, ledger: Ledger): Promise<Target> {
  const { account } = stated;
  const region = stated.region ?? process.env['AWS_REGION'] ?? '';
  if (account !== undefined && region !== '') return { cloud: 'aws', account, region, id };
  const [target, ...others] = await targetsCalled(id, stated, ledger);
  if (target === undefined) {
    throw new Fault('malformed', `the ledger has no entry about a firewall ${quotedName(id)}; ${EXAMPLE}`);
  }
  if (others.length === 0) return target;
  const all = [target, ...others].map((one) => `\`${revertIdOf({ target: one, sequence })}\``).join(' or ');
  throw new Fault('malformed', `${quotedName(id)} is in more than one place; write ${all}`);
}

/** The entry that is meant by `aws/111122223333/us-east-1/sg-0123456789abcdef0/7`, or by `sg-0123456789abcdef0/7`. */
export async function entryNamed(text: string, stated: Whereabouts, ledger: Ledger): Promise<LedgerEntry> {
  const named = namedBy(text);
  if (named.target !== undefined) hasSamePlace(named.target, stated, text);
  const target = named.target ?? (await targetOf(named, stated, ledger));
  const entry = await ledger.entry(target, named.sequence);
  if (entry !== undefined) return entry;
  throw new Fault(
    'malformed',
    `the ledger has no entry ${quotedName(revertIdOf({ target, sequence: named.sequence }))}; \`portcullis ledger list --firewall ${target.id}\` lists those that there are`,
  );
}
