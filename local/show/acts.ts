import {
  AuthorizeSecurityGroupIngressCommand,
  EC2Client,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { Chance } from '../chance.ts';
import type { Rule, SecurityGroup } from '../ec2/world.ts';
import type { AccessKey } from '../people.ts';
import type { Place } from '../place.ts';
import type { World } from '../world.ts';

/** A group, and where it is. */
interface Scope {
  readonly place: Place;
  readonly group: SecurityGroup;
}

const EXCUSES = ['temp', 'just for a test', 'vendor needs access', 'remove after the release', 'debugging'];

function roleOf({ tags }: SecurityGroup): string | undefined {
  return tags.find(({ key }) => key === 'role')?.value;
}

/** Reaches everybody, on the port that the shop is on. */
function isShop({ direction, traffic, peer }: Rule): boolean {
  const isForAll = peer.kind === 'ipv4' && peer.cidr === '0.0.0.0/0';
  return direction === 'ingress' && isForAll && traffic.fromPort === 443;
}

/** Lets somebody in by an IPv4 range of their own. */
function isNarrow({ direction, peer }: Rule): boolean {
  return direction === 'ingress' && peer.kind === 'ipv4' && !peer.cidr.endsWith('/0');
}

/** What people do to a fleet, by real calls with their own keys. */
export class Acts {
  readonly #world: World;
  readonly #chance: Chance;

  constructor(world: World, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
  }

  /** Plays the act of a key. Gives a line where there is something to say beside what the events tell. */
  async play(key: string): Promise<string | undefined> {
    switch (key) {
      case 'o':
        return this.#openSsh();
      case 'e':
        return this.#editIntoAny();
      case 'd':
        return this.#deleteRequired();
      case 's':
        for (const place of this.#world.places) place.sweep();
        return 'a sweep looks at every group now';
      default:
        return undefined;
    }
  }

  #any<T>(all: readonly T[]): T | undefined {
    return all[this.#chance.between(0, all.length - 1)];
  }

  #groups(places: readonly Place[], fits: (group: SecurityGroup) => boolean): readonly Scope[] {
    return places.flatMap((place) => [...place.ec2.world().groups].filter(fits).map((group) => ({ place, group })));
  }

  /** The places of the account that is guarded best. */
  get #guarded(): readonly Place[] {
    const [first] = this.#world.places;
    return this.#world.places.filter(({ site }) => site.account === first.site.account);
  }

  async #openSsh(): Promise<string | undefined> {
    const found = this.#any(this.#groups(this.#guarded, (group) => roleOf(group) === 'web'));
    if (found === undefined) return 'there is no group with the tag `role: web`';
    const range = { CidrIp: '0.0.0.0/0', Description: this.#any(EXCUSES) };
    return this.#call(found, (ec2, GroupId) =>
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [range] }],
        }),
      ),
    );
  }

  async #editIntoAny(): Promise<string | undefined> {
    const found = this.#any(this.#groups(this.#guarded, ({ rules }) => rules.some(isNarrow)));
    const rule = this.#any(found?.group.rules.filter(isNarrow) ?? []);
    if (found === undefined || rule === undefined) return 'there is no rule left to edit';
    const edited = { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0', Description: this.#any(EXCUSES) };
    return this.#call(found, (ec2, GroupId) =>
      ec2.send(
        new ModifySecurityGroupRulesCommand({
          GroupId,
          SecurityGroupRules: [{ SecurityGroupRuleId: rule.id, SecurityGroupRule: edited }],
        }),
      ),
    );
  }

  async #deleteRequired(): Promise<string | undefined> {
    const found = this.#any(this.#groups(this.#guarded, (group) => roleOf(group) === 'lb' && group.rules.some(isShop)));
    const ids = found?.group.rules.filter(isShop).map(({ id }) => id) ?? [];
    if (found === undefined) return 'no load balancer has its rule for tcp/443 just now';
    return this.#call(found, (ec2, GroupId) =>
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids })),
    );
  }

  /** Somebody of the account calls; a refusal is what EC2 said. */
  async #call(
    { place, group }: Scope,
    call: (ec2: EC2Client, groupId: string) => Promise<unknown>,
  ): Promise<string | undefined> {
    const { staff, region } = place.site;
    const credentials: AccessKey = this.#any([staff.user, ...staff.colleagues.values()]) ?? staff.user;
    const ec2 = new EC2Client({ region, endpoint: this.#world.ec2Url, credentials, maxAttempts: 1 });
    try {
      await call(ec2, group.id);
      return undefined;
    } catch (error) {
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return `EC2 refused that on ${group.name} (${why})`;
    } finally {
      ec2.destroy();
    }
  }
}
