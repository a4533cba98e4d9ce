import { ALEX, REGION, VPC } from '../../local/people.ts';
import type { Chance } from '../../local/chance.ts';
import type { Rule, SecurityGroup } from '../../local/ec2/world.ts';
import { CONSOLE, PIPELINE } from './callers.ts';
import { LIST_NAME } from './policies.ts';
import type { HistoryStage } from './stage.ts';

/** What people and pipelines do to groups, in the shapes in which they do it. */

type Form = Readonly<Record<string, string>>;

const CALLERS = [ALEX.accessKeyId, ALEX.accessKeyId, PIPELINE, PIPELINE, CONSOLE];
const ROLES = ['web', 'web', 'web', 'db', 'db', 'lab', undefined];
const MOST_GROUPS = 3;
const MOST_RULES = 12;

/** Protocol and ports as people open them. */
const SERVICES: readonly (readonly [string, number, number])[] = [
  ['tcp', 22, 22],
  ['tcp', 443, 443],
  ['tcp', 443, 443],
  ['tcp', 80, 80],
  ['tcp', 3389, 3389],
  ['tcp', 5432, 5432],
  ['tcp', 8080, 8081],
  ['tcp', 20, 25],
  ['tcp', 0, 65535],
  ['udp', 53, 53],
  ['icmp', 8, -1],
  ['-1', -1, -1],
];
const CIDRS = [
  '0.0.0.0/0',
  '0.0.0.0/0',
  '203.0.113.0/24',
  '203.0.113.5/32',
  '10.0.0.0/8',
  '192.0.2.0/24',
  '192.0.2.0/25',
];
const CIDRS_V6 = ['::/0', '2001:db8:9::/48'];
/** What the list of partners may hold. */
const ENTRIES = ['192.0.2.0/25', '192.0.2.128/25', '198.51.100.9/32'];

/** What somebody does next; what stands here more often is done more often. */
const ACTS = [
  ...(['open', 'open', 'open', 'open', 'open', 'open', 'close', 'close'] as const),
  ...(['edit', 'retag', 'editList', 'create', 'delete', 'start'] as const),
];

export class People {
  readonly #stage: HistoryStage;
  readonly #chance: Chance;
  #made = 0;
  /** Calls under way. */
  readonly calls = new Set<Promise<void>>();

  constructor(stage: HistoryStage) {
    this.#stage = stage;
    this.#chance = stage.chance.fork('people');
  }

  #pick<T>(list: readonly T[]): T {
    const one = list[this.#chance.between(0, list.length - 1)];
    if (one === undefined && list.length === 0) throw new Error('nothing to pick from');
    return one as T;
  }

  /** A call of somebody, which may fail as every call may. */
  call(Action: string, form: Form, caller = this.#pick(CALLERS)): void {
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${caller}/20261124/${REGION}/ec2/aws4_request, ` +
      'SignedHeaders=host, Signature=00';
    const request = new Request('http://127.0.0.1/', {
      method: 'POST',
      headers: { authorization, 'user-agent': caller === PIPELINE ? 'HashiCorp Terraform/1.9' : 'aws-cli/2' },
      body: new URLSearchParams({ Action, Version: '2016-11-15', ...form }),
    });
    const call = this.#send(request).finally(() => this.calls.delete(call));
    this.calls.add(call);
  }

  async #send(request: Request): Promise<void> {
    const answer = await this.#stage.ec2.app.fetch(request);
    // An answer that is cut is somebody else's trouble here.
    await answer.text().catch(() => undefined);
  }

  #groups(): readonly SecurityGroup[] {
    return [...this.#stage.ec2.world().groups.values()].filter(({ name }) => name !== 'default');
  }

  /** The list that the policies name, and the first groups. */
  begin(): void {
    const entries = { 'Entry.1.Cidr': ENTRIES[0] ?? '' };
    const list = { PrefixListName: LIST_NAME, AddressFamily: 'IPv4', MaxEntries: '5', ...entries };
    this.call('CreateManagedPrefixList', list);
    this.create();
  }

  act(): void {
    this[this.#pick(ACTS)]();
  }

  create(): void {
    if (this.#groups().length >= MOST_GROUPS) {
      this.open();
      return;
    }
    this.#made += 1;
    const name = `group-${String(this.#made)}`;
    const role = this.#pick(ROLES);
    const tag = { 'TagSpecification.1.Tag.1.Key': 'role', 'TagSpecification.1.Tag.1.Value': role ?? '' };
    this.call('CreateSecurityGroup', {
      GroupName: name,
      GroupDescription: name,
      VpcId: VPC,
      ...(role === undefined ? {} : { 'TagSpecification.1.ResourceType': 'security-group', ...tag }),
    });
  }

  /** Opens something, in the list form or the flat one. */
  open(): void {
    const groups = this.#groups();
    if (groups.length === 0) {
      this.create();
      return;
    }
    const { id, rules } = this.#pick(groups);
    if (rules.length >= MOST_RULES) {
      this.close();
      return;
    }
    const [IpProtocol, from, to] = this.#pick(SERVICES);
    const service = { IpProtocol, FromPort: String(from), ToPort: String(to) };
    if (this.#chance.happens(0.3)) {
      this.call('AuthorizeSecurityGroupIngress', { GroupId: id, ...service, CidrIp: this.#pick(CIDRS) });
      return;
    }
    // The many pieces of a wide rule would leave no room in the group, where each counts as often as a list has entries.
    const isWide = IpProtocol === '-1' || to - from > 100;
    const listed = (form: Form): Form =>
      Object.fromEntries(Object.entries(form).map(([key, value]) => [`IpPermissions.1.${key}`, value]));
    this.call('AuthorizeSecurityGroupIngress', { GroupId: id, ...listed({ ...service, ...this.#peers(!isWide) }) });
  }

  #peers(mayBeList: boolean): Form {
    const { groups, prefixLists } = this.#stage.ec2.world();
    const list = [...prefixLists.values()].find(({ name }) => name === LIST_NAME);
    const roll = this.#chance.between(0, 9);
    if (roll === 0) return { 'Groups.1.GroupId': this.#pick([...groups.values()]).id };
    if (roll === 1 && list !== undefined && mayBeList) return { 'PrefixListIds.1.PrefixListId': list.id };
    if (roll <= 3) return { 'Ipv6Ranges.1.CidrIpv6': this.#pick(CIDRS_V6) };
    const first = this.#pick(CIDRS);
    const second = this.#pick(CIDRS);
    if (roll === 4) return { 'IpRanges.1.CidrIp': first, 'Ipv6Ranges.1.CidrIpv6': this.#pick(CIDRS_V6) };
    const description = { 'IpRanges.1.Description': 'opened by hand' };
    if (roll > 6 || first === second) return { 'IpRanges.1.CidrIp': first, ...description };
    return { 'IpRanges.1.CidrIp': first, 'IpRanges.2.CidrIp': second };
  }

  #rule(): { readonly group: SecurityGroup; readonly rule: Rule } | undefined {
    const all = this.#groups().flatMap((group) =>
      group.rules.filter(({ direction }) => direction === 'ingress').map((rule) => ({ group, rule })),
    );
    return all.length === 0 ? undefined : this.#pick(all);
  }

  close(): void {
    const found = this.#rule();
    if (found === undefined) {
      this.open();
      return;
    }
    const { group, rule } = found;
    this.call('RevokeSecurityGroupIngress', { GroupId: group.id, 'SecurityGroupRuleId.1': rule.id });
  }

  /** Makes a rule say something else, in place. */
  edit(): void {
    const found = this.#rule();
    if (found === undefined || !('cidr' in found.rule.peer)) {
      this.open();
      return;
    }
    const { group, rule } = found;
    const [IpProtocol, from, to] = this.#pick(SERVICES);
    const service = { IpProtocol, FromPort: String(from), ToPort: String(to) };
    const peer = rule.peer.kind === 'ipv4' ? { CidrIpv4: this.#pick(CIDRS) } : { CidrIpv6: this.#pick(CIDRS_V6) };
    const edited = Object.entries({ ...service, ...peer }).map(([key, value]): [string, string] => [
      `SecurityGroupRule.1.SecurityGroupRule.${key}`,
      value,
    ]);
    this.call('ModifySecurityGroupRules', {
      GroupId: group.id,
      'SecurityGroupRule.1.SecurityGroupRuleId': rule.id,
      ...Object.fromEntries(edited),
    });
  }

  retag(): void {
    const groups = this.#groups();
    if (groups.length === 0) return;
    const { id } = this.#pick(groups);
    const role = this.#pick(ROLES);
    const named = { 'ResourceId.1': id, 'Tag.1.Key': 'role' };
    if (role === undefined) this.call('DeleteTags', named);
    else this.call('CreateTags', { ...named, 'Tag.1.Value': role });
  }

  editList(): void {
    const list = [...this.#stage.ec2.world().prefixLists.values()].find(({ name }) => name === LIST_NAME);
    if (list === undefined) return;
    const entries = (list.versions.at(-1) ?? []).map(({ cidr }) => cidr);
    const entry = this.#pick(ENTRIES);
    const named = { PrefixListId: list.id, CurrentVersion: String(list.versions.length) };
    const change: Form = entries.includes(entry) ? { 'RemoveEntry.1.Cidr': entry } : { 'AddEntry.1.Cidr': entry };
    this.call('ModifyManagedPrefixList', { ...named, ...change });
  }

  /** An instance starts behind one or two groups. */
  start(): void {
    const groups = this.#groups();
    if (groups.length === 0) return;
    const ids = [...new Set([this.#pick(groups).id, this.#pick(groups).id])];
    const behind = Object.fromEntries(ids.map((id, at) => [`SecurityGroupId.${String(at + 1)}`, id]));
    this.call('RunInstances', { ImageId: 'ami-0abcdef1234567890', MinCount: '1', MaxCount: '1', ...behind });
  }

  delete(): void {
    const groups = this.#groups();
    if (groups.length > 1) this.call('DeleteSecurityGroup', { GroupId: this.#pick(groups).id });
  }
}
