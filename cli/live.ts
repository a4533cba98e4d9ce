import { Fault } from '../shared/base/fault.ts';
import { rulesPerGroupOf } from '../shared/base/settings.ts';
import type { Cloud } from '../shared/clouds/contract.ts';
import { statedEndpoint } from '../shared/clouds/aws/endpoint.ts';
import { openCloud } from '../shared/clouds/index.ts';
import type { Firewall } from '../shared/core/model/firewall.ts';
import type { PeerName } from '../shared/core/model/rule.ts';
import { processProgress } from './progress.ts';
import type { Source } from './source.ts';

/** Which firewalls of the cloud; no ids for all of them. */
export interface LiveScope {
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly ids: readonly string[];
}

async function readEach(
  cloud: Cloud,
  place: { readonly account: string; readonly region: string },
  ids: readonly string[],
  written: readonly PeerName[],
): Promise<readonly Firewall[]> {
  const firewalls: Firewall[] = [];
  const progress = processProgress();
  const wanted = new Set(ids);
  try {
    for (const id of wanted) {
      progress.show('reading security groups', firewalls.length, wanted.size);
      const read = await cloud.read({ cloud: 'aws', ...place, id }, written);
      if (read.kind === 'gone') {
        const where = `account \`${place.account}\`, region \`${place.region}\``;
        throw new Fault('malformed', `firewall \`${id}\` does not exist in ${where}`);
      }
      firewalls.push(read.firewall);
    }
  } finally {
    progress.end();
  }
  return firewalls;
}

async function listAll(
  cloud: Cloud,
  region: string,
  account: string | undefined,
  written: readonly PeerName[],
): Promise<readonly Firewall[]> {
  const progress = processProgress();
  const what = `reading the security groups of ${region}`;
  const all = await cloud
    .list({ account: account ?? '', region }, written, ({ firewalls, rules, ofRules }) => {
      // Groups come first and quickly; how many rules they have says how long the rest takes.
      if (ofRules === undefined) progress.show(what, firewalls);
      else progress.show(`reading the rules of ${String(firewalls)} security groups`, rules, ofRules);
    })
    .finally(() => {
      progress.end();
    });
  const own = all.filter(({ target }) => account === undefined || target.account === account);
  if (own.length > 0 || all.length === 0) return own;
  const seen = [...new Set(all.map(({ target }) => `\`${target.account}\``))].join(', ');
  throw new Fault(
    'malformed',
    `no security group in \`${region}\` is of account \`${account ?? ''}\`; these credentials see ${seen}`,
  );
}

/** The region that is meant. Throws a `Fault` (malformed) where nobody says it. */
export function regionOf(stated: string | undefined): string {
  const region = stated ?? process.env['AWS_REGION'] ?? '';
  if (region === '') throw new Fault('malformed', 'no region; write `--region us-east-1` or set AWS_REGION');
  return region;
}

/** The cloud as the credentials of the environment see it in one region. */
export async function openLive(region: string): Promise<Cloud> {
  const endpoint = statedEndpoint(process.env, ['AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL']);
  return openCloud('aws', { region, endpoint, rulesPerDirection: rulesPerGroupOf(process.env) });
}

/** The firewalls that the credentials of the environment see in one region, and what is known of the written names. */
export async function readLive(
  { region: stated, account, ids }: LiveScope,
  written: readonly PeerName[],
): Promise<Source> {
  const region = regionOf(stated);
  const cloud = await openLive(region);
  // A read of one group has to name its account; without it, the listing says whose each group is.
  const firewalls =
    account !== undefined && ids.length > 0
      ? await readEach(cloud, { account, region }, ids, written)
      : await listAll(cloud, region, account, written);
  return { firewalls, traits: cloud.traits, warnings: [] };
}
