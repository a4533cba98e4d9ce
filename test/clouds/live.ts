import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { Hono } from 'hono';
import { serveOnLoopback } from '../../local/loopback.ts';
import { AwsCloud } from '../../shared/clouds/aws/api.ts';
import { requestsFor } from '../../shared/clouds/aws/encode.ts';
import { toInput } from '../../shared/clouds/aws/requests.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { account, keys, otherVpc, region, startLocalEc2 } from '../local/ec2-fixture.ts';
import { planOf } from './plans.ts';
import { contentOf } from './sample.ts';

/** Stands between the cloud and the local EC2: sees each call, may answer it in EC2's place, or act before or after. */
export interface Between {
  /** The calls that came, by action. */
  readonly calls: string[];
  /** Before a call goes on; what it returns is answered instead. */
  before: (action: string, form: URLSearchParams) => Promise<Response | undefined> | Response | undefined;
  /** After EC2 has answered a call; what it returns is answered instead. */
  after: (action: string, answer: string) => Promise<Response | undefined> | Response | undefined;
}

export interface Live {
  readonly between: Between;
  readonly client: EC2Client;
  readonly cloud: AwsCloud;
  /** The time that the cloud sees. */
  readonly time: { at: number };
  cloudFor(accessKeyId: string): AwsCloud;
  close(): Promise<void>;
}

export async function startLive(): Promise<Live> {
  const ec2 = await startLocalEc2();
  const between: Between = { calls: [], before: () => undefined, after: () => undefined };
  const app = new Hono();
  app.post('/', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const action = form.get('Action') ?? '';
    between.calls.push(action);
    const instead = await between.before(action, form);
    if (instead !== undefined) return instead;
    const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' });
    for (const name of ['authorization', 'user-agent']) headers.set(name, c.req.header(name) ?? '');
    const answer = await fetch(ec2.server.url, { method: 'POST', headers, body: form });
    const text = await answer.text();
    return (await between.after(action, text)) ?? new Response(text, answer);
  });
  const door = await serveOnLoopback(app);
  const time = { at: Date.parse('2026-11-24T08:00:00Z') };
  const cloudFor = (accessKeyId: string): AwsCloud =>
    new AwsCloud({
      region,
      endpoint: door.url,
      credentials: { accessKeyId, secretAccessKey: 'not-checked' },
      clock: { now: () => new Date(time.at) },
      pause: () => Promise.resolve(),
      attempts: 1,
    });
  const close = async (): Promise<void> => {
    await door.close();
    await ec2.close();
  };
  return { between, client: ec2.client, cloud: cloudFor(keys.deploy), time, cloudFor, close };
}

/** What EC2 answers to a call that it refuses. */
export function refusal(status: number, code: string): Response {
  const error = `<Error><Code>${code}</Code><Message>no</Message></Error>`;
  return new Response(`<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`, { status });
}

export function targetOf(id: string): Target {
  return { cloud: 'aws', account, region, id };
}

let made = 0;

/** A new group without rules, under a name of its own unless one is given. */
export async function createGroup(client: EC2Client, name?: string): Promise<string> {
  made += 1;
  const input = { GroupName: name ?? `group ${String(made)}`, Description: 'for a test', VpcId: otherVpc };
  const { GroupId } = await client.send(new CreateSecurityGroupCommand(input));
  if (GroupId === undefined) throw new Error('no group');
  const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  const v6 = [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }];
  await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: v6 }));
  return GroupId;
}

/** Adds rows with their descriptions and tags, as somebody beside us would. */
export async function addRows(client: EC2Client, id: string, rows: readonly object[]): Promise<void> {
  for (const row of rows) {
    const direction = 'IsEgress' in row && row.IsEgress === true ? 'egress' : 'ingress';
    const content = contentOf(row, direction);
    const group = emptyGroup(id);
    const plan = planOf(group, [{ kind: 'add', direction, becomes: [content] }]);
    for (const request of requestsFor(plan, group)) {
      const wire = toInput(request);
      if (wire.kind !== 'authorize') throw new Error('expected to add');
      const Tags = Object.entries(content.tags).map(([Key, Value]) => ({ Key, Value }));
      const TagSpecifications = Tags.length === 0 ? [] : [{ ResourceType: 'security-group-rule' as const, Tags }];
      const input = { ...wire.input, TagSpecifications };
      await (direction === 'ingress'
        ? client.send(new AuthorizeSecurityGroupIngressCommand(input))
        : client.send(new AuthorizeSecurityGroupEgressCommand(input)));
    }
  }
}

function emptyGroup(id: string): Firewall {
  const none = {
    ingress: [],
    egress: [],
    names: new Map(),
    aliases: new Map(),
    unresolved: new Set<never>(),
    managedBy: undefined,
    unread: [],
    networks: [],
    tags: {},
    name: '',
  };
  return { target: targetOf(id), version: '', readAt: new Date(0), ...none };
}

export async function readGroup(cloud: AwsCloud, id: string, written: readonly PeerName[] = []): Promise<Firewall> {
  const read = await cloud.read(targetOf(id), written);
  if (read.kind !== 'firewall') throw new Error('gone');
  return read.firewall;
}
