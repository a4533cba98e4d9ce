// What the cloud says of these credentials -> checkups.
import { Fault } from '../shared/base/fault.ts';
import { rulesPerGroupOf } from '../shared/base/settings.ts';
import type { Environment } from '../shared/base/settings.ts';
import { statedEndpoint } from '../shared/clouds/aws/endpoint.ts';
import type { Examination, Need, Permission } from '../shared/clouds/contract.ts';
import { examineCloud } from '../shared/clouds/index.ts';
import { checkupsOf } from './checkup.ts';
import type { Checkup, State } from './checkup.ts';
import { listed } from './words.ts';

const cloud = checkupsOf('cloud');

const NEEDS: Readonly<Record<Need, string>> = {
  read: 'to read security groups',
  peers: 'to know who prefix lists and shared groups are; without it more findings are only possible',
  events: 'by the functions, to follow events about instances and subnets',
  enforce: 'to enforce; reading and reporting go without',
};

const RIGHTS: Readonly<Record<Need, string>> = {
  read: 'rights to read',
  peers: 'rights to look up peers',
  events: 'rights to follow events',
  enforce: 'rights to change rules',
};

/** Refused signatures begin at five minutes; long before, something keeps the clock from being right. */
const MOST_AHEAD_MS = 5 * 60_000;
const FINE_AHEAD_MS = 30_000;

function clockCheckup(aheadMs: number | undefined): Checkup {
  if (aheadMs === undefined) return cloud('clock', 'not checked', 'the answer carried no time to compare with');
  const off = Math.abs(aheadMs);
  const seconds = `${String(Math.round(off / 1000))} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the cloud's`;
  if (off < FINE_AHEAD_MS) return cloud('clock', 'ok', 'agrees with the cloud');
  const mend = 'set the clock of this machine by NTP';
  if (off < MOST_AHEAD_MS) return cloud('clock', 'warning', `is ${seconds}`, mend);
  return cloud('clock', 'failed', `is ${seconds}, and signatures are refused from five minutes on`, mend);
}

function deniedState(need: Need, enforces: boolean): State {
  return need === 'read' || (need === 'enforce' && enforces) ? 'failed' : 'warning';
}

/** One line for the calls of one need, unless they differ. */
function permissionCheckups(need: Need, { permissions, triedOn }: Examination, enforces: boolean): readonly Checkup[] {
  const own = permissions.filter((permission) => permission.need === need);
  const actions = (some: readonly Permission[]): string => listed(some.map(({ action }) => action));
  const [allowed, denied, unknown] = (['allowed', 'denied', 'unknown'] as const).map((state) =>
    own.filter((permission) => permission.state === state),
  );
  const where = need === 'enforce' && triedOn !== undefined ? `, tried on \`${triedOn}\` by dry runs` : '';
  const name = RIGHTS[need];
  return [
    ...(allowed === undefined || allowed.length === 0 ? [] : [cloud(name, 'ok', `${actions(allowed)}${where}`)]),
    ...(denied === undefined || denied.length === 0
      ? []
      : [
          cloud(
            name,
            deniedState(need, enforces),
            `not allowed: ${actions(denied)}${where}`,
            `give these credentials the right; it is needed ${NEEDS[need]}`,
          ),
        ]),
    ...(unknown ?? []).map(({ action, why }) => cloud(name, 'not checked', `${action}: ${why}`)),
  ];
}

async function examined(region: string, enforces: boolean, environment: Environment): Promise<readonly Checkup[]> {
  try {
    const endpoint = statedEndpoint(environment, ['AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL']);
    const examination = await examineCloud('aws', { region, endpoint });
    const where = endpoint === undefined ? '' : `, at ${new URL(endpoint).host}`;
    return [
      cloud('EC2', 'ok', `answers in ${region}${where}, and takes the credentials`),
      clockCheckup(examination.clockAheadMs),
      ...(['read', 'peers', 'events', 'enforce'] as const).flatMap((need) =>
        permissionCheckups(need, examination, enforces),
      ),
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const mend = /redential/.test(error.message)
      ? 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, to credentials that count'
      : 'check the region, the network and the endpoint settings AWS_ENDPOINT_URL_EC2 and AWS_ENDPOINT_URL';
    return [
      cloud('EC2', 'failed', error.message, mend),
      cloud('clock and rights', 'not checked', 'since EC2 does not answer'),
    ];
  }
}

function quotaCheckup(environment: Environment): Checkup {
  try {
    const quota = rulesPerGroupOf(environment);
    return cloud(
      'rule limit',
      'ok',
      quota === undefined ? '60 rules a direction of a group, the usual quota' : `${String(quota)} rules, as set`,
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return cloud('rule limit', 'failed', error.message);
  }
}

/** `enforces`: whether some policy does, so that the rights to change rules are needed. */
export async function cloudCheckups(
  stated: string | undefined,
  enforces: boolean,
  environment: Environment,
): Promise<readonly Checkup[]> {
  const region = stated ?? environment['AWS_REGION'] ?? '';
  const quota = quotaCheckup(environment);
  if (region === '') {
    const mend = 'write `--region us-east-1`, or set AWS_REGION';
    return [
      cloud('region', 'warning', 'none is set', mend),
      cloud('EC2', 'not checked', 'not asked, for want of a region'),
      quota,
    ];
  }
  return [...(await examined(region, enforces, environment)), quota];
}
