import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  DeleteManagedPrefixListCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import type { IpPermission, Tag } from '@aws-sdk/client-ec2';
import { createLocalEc2 } from '../../local/ec2/server.ts';
import { ACCOUNT, ALEX, CALLERS, PORTCULLIS, REGION, VPC } from '../../local/people.ts';
import { AwsCloud } from '../../shared/clouds/aws/api.ts';
import type { Target } from '../../shared/core/model/target.ts';
import { NOW } from '../core/core-case.ts';
import { answeredBy } from '../../local/sdk-handler.ts';
import { familyOf } from '../oracle/plain-address.ts';
import type { PlainPeer, PlainRule, PlainService } from '../oracle/plain-case.ts';
import { heldRuleOf } from '../oracle/raw-rules.ts';
import type { HeldRule } from '../oracle/raw-rules.ts';

/** The local EC2 in this process, with groups that rules may name, and our adapter and a person before it. */

export const NETWORK_CIDRS = ['10.0.0.0/16', '2001:db8:1234:1a00::/56'];
export const OTHER_ACCOUNT = '444455556666';
const WRITES = /^(Authorize|Revoke|Modify)SecurityGroup/;

/** What stands in a group before the law is asked. */
export interface Made {
  readonly rule: PlainRule;
  readonly description: string;
  readonly tags: readonly Tag[];
}

export class AdapterStage {
  readonly cloud: AwsCloud;
  /** The writes of the adapter, by action, and what the group held after each. */
  readonly steps: { readonly action: string; readonly held: readonly HeldRule[] }[] = [];
  readonly #person: EC2Client;
  readonly #answer: (request: Request) => Response | Promise<Response>;
  #watched: string | undefined;
  #made = 0;
  #foreign = '';

  constructor() {
    const vpcs = [{ id: VPC, isDefault: true, cidrs: NETWORK_CIDRS.slice(0, 1), ipv6Cidrs: NETWORK_CIDRS.slice(1) }];
    const options = { account: ACCOUNT, region: REGION, callers: CALLERS, vpcs, now: () => NOW };
    const { app } = createLocalEc2({ ...options, record: () => undefined });
    this.#answer = async (request) => app.fetch(await this.#enters(request));
    const client = { region: REGION, endpoint: 'http://127.0.0.1:1' };
    const asPerson = answeredBy(async (request) => this.#leaves(await this.#answer(request)));
    this.#person = new EC2Client({ ...client, credentials: ALEX, maxAttempts: 1, requestHandler: asPerson });
    this.cloud = new AwsCloud({
      ...client,
      credentials: PORTCULLIS,
      clock: { now: () => NOW },
      pause: () => Promise.resolve(),
      attempts: 1,
      requestHandler: answeredBy((request) => this.#watching(request)),
    });
  }

  /** Groups that rules name: two of this account, and one that is played as another account's. */
  async open(): Promise<Readonly<Record<'web' | 'bastion' | 'foreign', string>>> {
    const [web, bastion, foreign] = [await this.#group('web'), await this.#group('bastion'), await this.#group('afar')];
    this.#foreign = foreign;
    return { web, bastion, foreign };
  }

  async #group(name: string, tags: readonly Tag[] = []): Promise<string> {
    const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags: [...tags] }];
    const input = {
      GroupName: name,
      Description: name,
      VpcId: VPC,
      ...(tags.length === 0 ? {} : { TagSpecifications }),
    };
    return (await this.#person.send(new CreateSecurityGroupCommand(input))).GroupId!;
  }

  async list(cidrs: readonly string[]): Promise<string> {
    const input = {
      PrefixListName: `list ${String((this.#made += 1))}`,
      AddressFamily: cidrs.some((cidr) => familyOf(cidr) === 6) ? 'IPv6' : 'IPv4',
      MaxEntries: Math.max(cidrs.length, 1),
      Entries: cidrs.map((Cidr) => ({ Cidr })),
    };
    return (await this.#person.send(new CreateManagedPrefixListCommand(input))).PrefixList!.PrefixListId!;
  }

  /** A group that holds these rules, and what a new group lets out where that is wanted. */
  async groupWith(made: readonly Made[], keepsDefault: boolean): Promise<Target> {
    this.#watched = undefined;
    const id = await this.#group(`group ${String((this.#made += 1))}`, [{ Key: 'role', Value: 'web' }]);
    if (!keepsDefault) {
      const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
      await this.#person.send(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [all] }));
    }
    for (const alike of Map.groupBy(made, ({ rule, tags }) => `${rule.direction} ${JSON.stringify(tags)}`).values()) {
      const [first] = alike;
      const { tags } = first!;
      const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags: [...tags] }];
      const IpPermissions = alike.map(permissionOf);
      const input = { GroupId: id, IpPermissions, ...(tags.length === 0 ? {} : { TagSpecifications }) };
      if (first!.rule.direction === 'egress') await this.#person.send(new AuthorizeSecurityGroupEgressCommand(input));
      else await this.#person.send(new AuthorizeSecurityGroupIngressCommand(input));
    }
    this.steps.length = 0;
    this.#watched = id;
    return { cloud: 'aws', account: ACCOUNT, region: REGION, id };
  }

  async held(id: string): Promise<readonly HeldRule[]> {
    const held: HeldRule[] = [];
    let NextToken: string | undefined;
    do {
      const Filters = [{ Name: 'group-id', Values: [id] }];
      const answer = await this.#person.send(new DescribeSecurityGroupRulesCommand({ Filters, NextToken }));
      held.push(...(answer.SecurityGroupRules ?? []).map(heldRuleOf));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    return held;
  }

  async forget({ id }: Target, list: string | undefined): Promise<void> {
    await this.#person.send(new DeleteSecurityGroupCommand({ GroupId: id }));
    if (list !== undefined) await this.#person.send(new DeleteManagedPrefixListCommand({ PrefixListId: list }));
  }

  async #watching(request: Request): Promise<Response> {
    const action = new URLSearchParams(await request.clone().text()).get('Action') ?? '';
    const answer = await this.#leaves(await this.#answer(request));
    if (WRITES.test(action) && answer.ok && this.#watched !== undefined) {
      this.steps.push({ action, held: await this.held(this.#watched) });
    }
    return answer;
  }

  /**
   * The local EC2 knows no groups of other accounts, so a group of ours plays one: requests must name its account, which
   * is taken off on the way in and put into each answer on the way out.
   */
  async #enters(request: Request): Promise<Request> {
    const form = new URLSearchParams(await request.text());
    for (const [key, value] of [...form]) {
      if (value !== this.#foreign || this.#foreign === '') continue;
      const account = key.replace(/\.GroupId$/, '.UserId');
      const isAfar = account !== key && form.get(account) === OTHER_ACCOUNT;
      // Whoever names it without its account, or asks for it among ours, means a group that does not exist.
      if (isAfar) form.delete(account);
      else form.set(key, 'sg-0123456789abcdef0');
    }
    return new Request(request.url, { method: 'POST', headers: request.headers, body: form.toString() });
  }

  async #leaves(answer: Response): Promise<Response> {
    const text = await answer.text();
    const group = `<groupId>${this.#foreign}</groupId>`;
    const [ours, theirs] = [ACCOUNT, OTHER_ACCOUNT].map((account) => `<userId>${account}</userId>`);
    const played = text
      .replaceAll(`${group}${ours!}`, `${group}${theirs!}`)
      .replaceAll(`${ours!}${group}`, `${theirs!}${group}`);
    return new Response(played, { status: answer.status, headers: answer.headers });
  }
}

const NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

function serviceSaid(service: PlainService): Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'> {
  const { protocol } = service;
  if (protocol === 'any') return { IpProtocol: '-1' };
  const IpProtocol = NAMES[protocol] ?? String(protocol);
  if ('ports' in service) return { IpProtocol, FromPort: service.ports[0], ToPort: service.ports[1] };
  if ('type' in service) return { IpProtocol, FromPort: service.type, ToPort: service.code ?? -1 };
  if (protocol === 6 || protocol === 17) return { IpProtocol, FromPort: 0, ToPort: 65535 };
  return protocol === 1 || protocol === 58 ? { IpProtocol, FromPort: -1, ToPort: -1 } : { IpProtocol };
}

function peerSaid(peer: PlainPeer, Description: string): Partial<IpPermission> {
  const described = Description === '' ? {} : { Description };
  if ('cidr' in peer) {
    return familyOf(peer.cidr) === 4
      ? { IpRanges: [{ CidrIp: peer.cidr, ...described }] }
      : { Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...described }] };
  }
  const [kind, id = ''] = peer.named.split(':');
  if (kind === 'prefix-list') return { PrefixListIds: [{ PrefixListId: id, ...described }] };
  const [account, group] = id.includes('/') ? id.split('/') : [undefined, id];
  return {
    UserIdGroupPairs: [{ GroupId: group, ...(account === undefined ? {} : { UserId: account }), ...described }],
  };
}

/** A rule as a person asks EC2 for it; nothing of the adapter's own. */
function permissionOf({ rule, description }: Made): IpPermission {
  return { ...serviceSaid(rule.service), ...peerSaid(rule.peer, description) };
}
