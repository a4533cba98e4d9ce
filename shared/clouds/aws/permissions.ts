// Which calls of EC2 the credentials may make, found out by dry runs: EC2 checks them, and does nothing.
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeInstancesCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { EC2Client, IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Clock } from '../../base/clock.ts';
import { systemClock } from '../../base/clock.ts';
import type { Examination, Need, Permission } from '../contract.ts';
import { ec2Client } from './client.ts';
import type { ClientOptions } from './client.ts';
import { asFault } from './connection.ts';
import { failureOf } from './failure.ts';
import { isFields } from './fields.ts';

/**
 * What EC2 answers to a dry run of a call that would be allowed, with status 412, and of one that would not, with 403
 * (EC2 API Reference, common query parameters, `DryRun`, 2026-11-24).
 */
const WOULD_SUCCEED = 'DryRunOperation';
const NOT_ALLOWED = 'UnauthorizedOperation';

const DRY = { DryRun: true } as const;

/** One call, as a dry run. */
interface Trial {
  readonly action: string;
  readonly need: Need;
  readonly send: () => Promise<unknown>;
}

/** Throws a `Fault` where EC2 gives no answer to these credentials at all: then it would be the same for every call. */
async function permissionOf({ action, need, send }: Trial): Promise<Permission> {
  try {
    await send();
    return { action, need, state: 'unknown', why: 'the endpoint carried out a dry run, which EC2 never does' };
  } catch (error) {
    const code = error instanceof Error ? error.name : '';
    if (code === WOULD_SUCCEED) return { action, need, state: 'allowed', why: '' };
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    if (code === NOT_ALLOWED) return { action, need, state: 'denied', why: failure.why };
    if (['bad credentials', 'throttled', 'unavailable'].includes(failure.kind)) throw asFault(error, `try ${action}`);
    return { action, need, state: 'unknown', why: failure.why };
  }
}

function notTried(action: string, need: Need, why: string): Permission {
  return { action, need, state: 'unknown', why };
}

function readTrials(client: EC2Client): readonly Trial[] {
  return [
    {
      action: 'ec2:DescribeSecurityGroupRules',
      need: 'read',
      send: () => client.send(new DescribeSecurityGroupRulesCommand(DRY)),
    },
    { action: 'ec2:DescribeVpcs', need: 'read', send: () => client.send(new DescribeVpcsCommand(DRY)) },
    {
      action: 'ec2:DescribeSecurityGroupVpcAssociations',
      need: 'peers',
      send: () => client.send(new DescribeSecurityGroupVpcAssociationsCommand(DRY)),
    },
    {
      action: 'ec2:DescribeManagedPrefixLists',
      need: 'peers',
      send: () => client.send(new DescribeManagedPrefixListsCommand(DRY)),
    },
    { action: 'ec2:DescribeInstances', need: 'events', send: () => client.send(new DescribeInstancesCommand(DRY)) },
    {
      action: 'ec2:DescribeNetworkInterfaces',
      need: 'events',
      send: () => client.send(new DescribeNetworkInterfacesCommand(DRY)),
    },
    { action: 'ec2:DescribeSubnets', need: 'events', send: () => client.send(new DescribeSubnetsCommand(DRY)) },
  ];
}

/** A rule that nothing uses: the discard port, from an address of documentation (RFC 5737). It is never made. */
const UNUSED: IpPermission = { IpProtocol: 'tcp', FromPort: 9, ToPort: 9, IpRanges: [{ CidrIp: '192.0.2.1/32' }] };

function sourceOf({ CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo }: SecurityGroupRule): object {
  if (CidrIpv4 !== undefined) return { CidrIpv4 };
  if (CidrIpv6 !== undefined) return { CidrIpv6 };
  return PrefixListId === undefined ? { ReferencedGroupId: ReferencedGroupInfo?.GroupId } : { PrefixListId };
}

/** The calls that change rules, on one group and its own rules: the rights to them may depend on both. */
async function writesOn(
  client: EC2Client,
  GroupId: string,
  rules: readonly SecurityGroupRule[],
): Promise<readonly Permission[]> {
  const authorize = { ...DRY, GroupId, IpPermissions: [UNUSED] };
  const ruleOf = (isEgress: boolean): SecurityGroupRule | undefined =>
    rules.find((rule) => rule.IsEgress === isEgress && rule.SecurityGroupRuleId !== undefined);
  const [incoming, outgoing] = [ruleOf(false), ruleOf(true)];
  const trial = (action: string, send: () => Promise<unknown>): Promise<Permission> =>
    permissionOf({ action, need: 'enforce', send });
  const onRule = async (
    action: string,
    rule: SecurityGroupRule | undefined,
    send: (id: string, rule: SecurityGroupRule) => Promise<unknown>,
  ): Promise<Permission> =>
    rule?.SecurityGroupRuleId === undefined
      ? notTried(action, 'enforce', `\`${GroupId}\` has no rule to try it on`)
      : trial(action, () => send(rule.SecurityGroupRuleId ?? '', rule));
  return Promise.all([
    trial('ec2:AuthorizeSecurityGroupIngress', () => client.send(new AuthorizeSecurityGroupIngressCommand(authorize))),
    trial('ec2:AuthorizeSecurityGroupEgress', () => client.send(new AuthorizeSecurityGroupEgressCommand(authorize))),
    onRule('ec2:ModifySecurityGroupRules', incoming ?? outgoing, (SecurityGroupRuleId, rule) => {
      // The rule as it is: even an endpoint that carried it out would change nothing.
      const { IpProtocol, FromPort, ToPort, Description } = rule;
      const same = { IpProtocol, FromPort, ToPort, Description, ...sourceOf(rule) };
      const SecurityGroupRules = [{ SecurityGroupRuleId, SecurityGroupRule: same }];
      return client.send(new ModifySecurityGroupRulesCommand({ ...DRY, GroupId, SecurityGroupRules }));
    }),
    onRule('ec2:RevokeSecurityGroupIngress', incoming, (id) =>
      client.send(new RevokeSecurityGroupIngressCommand({ ...DRY, GroupId, SecurityGroupRuleIds: [id] })),
    ),
    onRule('ec2:RevokeSecurityGroupEgress', outgoing, (id) =>
      client.send(new RevokeSecurityGroupEgressCommand({ ...DRY, GroupId, SecurityGroupRuleIds: [id] })),
    ),
  ]);
}

const WRITES = [
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:AuthorizeSecurityGroupEgress',
  'ec2:ModifySecurityGroupRules',
  'ec2:RevokeSecurityGroupIngress',
  'ec2:RevokeSecurityGroupEgress',
];

/**
 * INVARIANT: no call that would change something is sent unless this endpoint has refused a dry run as a dry run. What
 * pretends to be EC2 may carry them out.
 */
async function writePermissions(
  client: EC2Client,
  honoursDryRuns: boolean,
): Promise<{ readonly permissions: readonly Permission[]; readonly triedOn: string | undefined }> {
  const none = (why: string): { readonly permissions: readonly Permission[]; readonly triedOn: undefined } => ({
    permissions: WRITES.map((action) => notTried(action, 'enforce', why)),
    triedOn: undefined,
  });
  if (!honoursDryRuns) return none('not tried, since no dry run of a read has succeeded');
  try {
    const { SecurityGroupRules: rules = [] } = await client.send(
      new DescribeSecurityGroupRulesCommand({ MaxResults: 1000 }),
    );
    // One that has rules of both directions shows most.
    const ids = rules.flatMap(({ GroupId, IsEgress }) =>
      GroupId !== undefined && IsEgress === false ? [GroupId] : [],
    );
    const id = ids[0] ?? rules[0]?.GroupId;
    if (id === undefined) return none('not tried, since there is no security group with a rule');
    const own = rules.filter(({ GroupId }) => GroupId === id);
    return { permissions: await writesOn(client, id, own), triedOn: id };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return none(`not tried, since no security group could be read: ${failure.why}`);
  }
}

/** Entries are asked for by the id of a list, so a list has to be found first. */
async function entriesPermission(client: EC2Client, lists: Permission | undefined): Promise<Permission> {
  const action = 'ec2:GetManagedPrefixListEntries';
  if (lists?.state !== 'allowed') return notTried(action, 'peers', 'not tried, since no list could be looked up');
  const { PrefixLists: [list] = [] } = await client.send(new DescribeManagedPrefixListsCommand({ MaxResults: 5 }));
  const PrefixListId = list?.PrefixListId;
  if (PrefixListId === undefined) return notTried(action, 'peers', 'not tried, since there is no prefix list');
  const send = (): Promise<unknown> => client.send(new GetManagedPrefixListEntriesCommand({ ...DRY, PrefixListId }));
  return permissionOf({ action, need: 'peers', send });
}

/** How far the clock here is ahead of the one that answers carry. Filled by each answer. */
function watchClock(client: EC2Client, clock: Clock): { aheadMs: number | undefined } {
  const watched: { aheadMs: number | undefined } = { aheadMs: undefined };
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const headers: unknown = isFields(result.response) ? result.response['headers'] : undefined;
      const date = isFields(headers) ? headers['date'] : undefined;
      const time = typeof date === 'string' ? Date.parse(date) : NaN;
      // The header counts whole seconds, so less than one is no difference.
      if (!Number.isNaN(time)) watched.aheadMs = Math.trunc((clock.now().getTime() - time) / 1000) * 1000;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'watchClock' },
  );
  return watched;
}

export interface ExaminationOptions extends ClientOptions {
  readonly clock?: Clock | undefined;
}

/** What these credentials may do in a region. Nothing is changed. Throws a `Fault` where EC2 does not answer them. */
export async function examinationOf({ clock = systemClock, ...options }: ExaminationOptions): Promise<Examination> {
  const client = ec2Client(options);
  const watched = watchClock(client, clock);
  try {
    const first = await permissionOf({
      action: 'ec2:DescribeSecurityGroups',
      need: 'read',
      send: () => client.send(new DescribeSecurityGroupsCommand(DRY)),
    });
    const reads = [first, ...(await Promise.all(readTrials(client).map(permissionOf)))];
    const lists = reads.find(({ action }) => action === 'ec2:DescribeManagedPrefixLists');
    const entries = await entriesPermission(client, lists);
    const { permissions, triedOn } = await writePermissions(client, first.state === 'allowed');
    return { permissions: [...reads, entries, ...permissions], triedOn, clockAheadMs: watched.aheadMs };
  } catch (error) {
    throw asFault(error, `ask EC2 of \`${options.region}\``);
  } finally {
    client.destroy();
  }
}
