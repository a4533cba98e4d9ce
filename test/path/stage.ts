import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { onTestFinished } from 'vitest';
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { BusEvent } from '../../local/bus/event.ts';
import { ACCOUNT, ALEX, CALLERS, REGION, VPC } from '../../local/people.ts';
import { startWorld } from '../../local/world.ts';
import type { World, WorldOptions } from '../../local/world.ts';
import type { LedgerEntry } from '../../shared/core/model/ledger.ts';
import { targetKey } from '../../shared/core/model/target.ts';
import type { Target } from '../../shared/core/model/target.ts';
import type { Lease } from '../../shared/ledger/contract.ts';

/** The local cloud under one policy, with what a test asks of it. */
export interface Stage {
  readonly world: World;
  readonly ec2: EC2Client;
  /** Every event that was on the bus. */
  readonly events: readonly BusEvent[];
  close(): Promise<void>;
}

/** A policy with these clauses, enforced on every group that is tagged `guarded`. */
export function guarded(...lines: readonly string[]): string {
  return [
    'version: 1',
    'policies:',
    '  - name: guarded',
    '    match: { cloud: aws, tags: { guarded: "yes" } }',
    '    mode: enforce',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');
}

/**
 * A message that fails is given up after twenty receives. With this pause between them that takes a second and a half,
 * so that a slow machine gives up none that is only busy; a test that wants one to be given up says `impatient`.
 */
const PATIENT_MS = 100;
export const impatient = { pauseMs: 10 };

/** A second look and a sweep are not waited for, and not hurried either: they would see nothing that is due yet. */
const FAR_MS: readonly number[] = [60_000, 300_000, 900_000];

function inHurry(pauseMs: number): NonNullable<WorldOptions['sleep']> {
  return async (ms, signal) => {
    await timer(FAR_MS.includes(ms) ? ms : Math.min(ms, pauseMs), undefined, { signal, ref: false });
  };
}

export async function openStage(
  policy: string,
  callers = CALLERS,
  { pauseMs }: { readonly pauseMs: number } = { pauseMs: PATIENT_MS },
): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-path-'));
  const policyPath = join(folder, 'policy.yaml');
  await writeFile(policyPath, policy);
  const world = await startWorld({
    policyPath,
    log: { info: () => undefined, error: () => undefined },
    sleep: inHurry(pauseMs),
    callers,
  });
  const events: BusEvent[] = [];
  world.bus.onEvent((event) => events.push(event));
  const ec2 = new EC2Client({ region: REGION, endpoint: world.ec2Url, credentials: ALEX, maxAttempts: 1 });
  const close = async (): Promise<void> => {
    ec2.destroy();
    await world.close();
    await rm(folder, { recursive: true });
  };
  return { world, ec2, events, close };
}

/** A stage for one test, closed when the test has ended, with one guarded group on it. */
export async function underText(
  policy: string,
  callers = CALLERS,
  backoff?: typeof impatient,
  name = 'web',
): Promise<{ readonly stage: Stage; readonly group: string }> {
  const stage = await openStage(policy, callers, backoff);
  onTestFinished(() => stage.close());
  return { stage, group: await makeGroup(stage, name) };
}

/** The same under these clauses, enforced. */
export function under(...clauses: readonly string[]): ReturnType<typeof underText> {
  return underText(guarded(...clauses));
}

export async function makeGroup(
  { ec2, world }: Stage,
  name: string,
  tags: Record<string, string> = { guarded: 'yes' },
): Promise<string> {
  const answer = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: name,
      Description: name,
      VpcId: VPC,
      TagSpecifications: [
        { ResourceType: 'security-group', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      ],
    }),
  );
  await world.bus.idle();
  return answer.GroupId!;
}

export function permission(
  protocol: string,
  ports: readonly [number, number] | undefined,
  ...cidrs: readonly string[]
): IpPermission {
  const v6 = cidrs.filter((cidr) => cidr.includes(':'));
  const v4 = cidrs.filter((cidr) => !cidr.includes(':'));
  return {
    IpProtocol: protocol,
    ...(ports === undefined ? {} : { FromPort: ports[0], ToPort: ports[1] }),
    ...(v4.length === 0 ? {} : { IpRanges: v4.map((CidrIp) => ({ CidrIp })) }),
    ...(v6.length === 0 ? {} : { Ipv6Ranges: v6.map((CidrIpv6) => ({ CidrIpv6 })) }),
  };
}

/** What most of these tests are about: nobody may open SSH, and somebody opens it to everybody. */
export const NO_SSH = ['ingress:', '  deny: [{ service: tcp/22, from: anywhere }]'];
export const SSH = permission('tcp', [22, 22], '0.0.0.0/0');

/** Alex opens something, and everything that follows comes to rest. */
export async function open(
  { ec2, world }: Stage,
  group: string,
  ...permissions: readonly IpPermission[]
): Promise<void> {
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [...permissions] }));
  await world.bus.idle();
}

export async function openEgress(
  { ec2, world }: Stage,
  group: string,
  ...permissions: readonly IpPermission[]
): Promise<void> {
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: group, IpPermissions: [...permissions] }));
  await world.bus.idle();
}

export async function rulesOf({ ec2 }: Stage, group: string): Promise<readonly SecurityGroupRule[]> {
  const answer = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [group] }] }),
  );
  return answer.SecurityGroupRules ?? [];
}

function ruleText(rule: SecurityGroupRule): string {
  const { IpProtocol = '', FromPort, ToPort, CidrIpv4, CidrIpv6, ReferencedGroupInfo } = rule;
  return `${IpProtocol} ${String(FromPort)}-${String(ToPort)} ${CidrIpv4 ?? CidrIpv6 ?? ReferencedGroupInfo?.GroupId ?? '?'}`;
}

/** The rules of one direction as EC2 tells them, in order of text: `tcp 443-443 0.0.0.0/0`. */
export async function spelled(
  stage: Stage,
  group: string,
  direction: 'ingress' | 'egress' = 'ingress',
): Promise<readonly string[]> {
  const rules = await rulesOf(stage, group);
  return rules
    .filter(({ IsEgress }) => IsEgress === (direction === 'egress'))
    .map(ruleText)
    .sort();
}

export function targetOf(group: string): Target {
  return { cloud: 'aws', account: ACCOUNT, region: REGION, id: group };
}

export async function ledgerKinds({ world }: Stage, group: string): Promise<readonly LedgerEntry['body']['kind'][]> {
  return (await world.ledger.entries(targetOf(group))).map(({ body }) => body.kind);
}

export function incidentTitles({ world }: Stage): readonly string[] {
  return world.serviceNow.incidents().map(({ fields }) => fields.short_description);
}

/** Keeps everybody else away from a group until it is given back. */
export async function takeLease({ world }: Stage, group: string): Promise<Lease> {
  const leased = await world.ledger.lease(targetKey(targetOf(group)), 3_600_000);
  if (leased.kind === 'held') throw new Error(`\`${group}\` is worked on`);
  return leased.lease;
}
