// Step[] -> the security groups after each step, as the describe calls would answer them, and as reverts would leave them.
import type { Direction, Firewall } from '../../core/model/firewall.ts';
import type { Change } from '../../core/model/plan.ts';
import type { PeerName } from '../../core/model/rule.ts';
import { targetKey } from '../../core/model/target.ts';
import type { Hint, Target } from '../../core/model/target.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import type { Unknown } from '../../core/replay-known.ts';
import type { Lead } from '../contract.ts';
import { firewallsOf } from './decode.ts';
import { fieldOf, isFields } from './fields.ts';
import type { Fields } from './fields.ts';
import { groupsNamedBy } from './names.ts';
import type { GroupPlace } from './names.ts';
import { withPrefixLists } from './prefix-lists.ts';
import type { Deed, GroupDeed, Step } from './retrace-call.ts';
import { TracedGroup } from './retrace-group.ts';
import type { Piece, Standing } from './retrace-group.ts';
import { rowsOf, ShownIds } from './retrace-ids.ts';
import type { Pieces } from './retrace-ids.ts';
import { GroupNames, openingOf } from './retrace-opening.ts';
import type { SavedGroup } from './retrace-opening.ts';
import { tracedRule, withFields } from './retrace-rule.ts';
import type { TracedRule } from './retrace-rule.ts';
import { TracedLists, TracedRanges } from './retrace-surroundings.ts';
import { CLOUD } from './traits.ts';

/** Stands for VPCs that nobody saw a group join. It has no ranges, so that what is in it may be anywhere. */
const UNSEEN_NETWORK = 'unseen';

/** What saved answers know beside the events. */
export interface Saved {
  readonly groups: readonly SavedGroup[];
  /** Address ranges of VPCs by id. */
  readonly ranges: ReadonlyMap<string, Addresses>;
}

/** What a step did in reality. */
export interface Effect {
  /** The groups that it is about. */
  readonly targets: readonly Target[];
  /** Rules that stood until then. */
  readonly ended: readonly Standing[];
}

/** A group as it would be, with what is behind its rules. */
export interface Shown {
  readonly firewall: Firewall;
  readonly unknown: Unknown;
  /** The standing rules that a rule of the firewall is, or is left of. */
  readonly behind: (direction: Direction, ruleId: string) => readonly Standing[];
  /** Leaves the group as a plan would. */
  readonly carryOut: (changes: readonly Change[]) => void;
}

/** The security groups of all accounts and regions that some events are of. Steps are given to it in order. */
export class Retrace {
  readonly #groups = new Map<string, TracedGroup>();
  readonly #names = new GroupNames();
  readonly #lists = new TracedLists();
  readonly #ranges: TracedRanges;
  readonly #ids = new ShownIds();

  constructor(steps: readonly Step[], saved: Saved) {
    for (const opening of openingOf(steps, saved.groups)) this.#take(new TracedGroup(opening));
    this.#ranges = new TracedRanges(saved.ranges);
    for (const { deed } of steps.toReversed()) if (deed.kind === 'range') this.#ranges.undo(deed);
  }

  #take(group: TracedGroup): TracedGroup {
    this.#groups.set(targetKey(group.target), group);
    if (group.name !== undefined) this.#names.add(group.target, group.name);
    return group;
  }

  #groupOf(target: Target): TracedGroup {
    const nothing = { name: undefined, tags: undefined, network: undefined, rules: [], isWhole: false, gaps: [] };
    return this.#groups.get(targetKey(target)) ?? this.#take(new TracedGroup({ target, ...nothing }));
  }

  #targetOf({ account, region }: Step, id: string): Target {
    return { cloud: CLOUD, account, region, id };
  }

  #create(step: Step, deed: Deed & { readonly kind: 'create group' }, cause: Hint | undefined): Effect {
    const { id, name, network, tags } = deed;
    const target = this.#targetOf(step, id);
    const group = this.#take(
      new TracedGroup({ target, name, network, tags, rules: [], isWhole: true, gaps: [] }, true),
    );
    // EC2 lets a new group send anything anywhere: over IPv6 only where its VPC has a range of it.
    const ranges = network === undefined ? undefined : this.#ranges.ranges.get(network);
    const all = { IpProtocol: '-1' };
    const rules = [
      tracedRule(undefined, 'egress', { ...all, CidrIpv4: '0.0.0.0/0' }),
      ...((ranges?.v6.length ?? 0) > 0 ? [tracedRule(undefined, 'egress', { ...all, CidrIpv6: '::/0' })] : []),
    ];
    group.authorize(step.at, rules, cause);
    return { targets: [target], ended: [] };
  }

  /** What a step did. `cause` is its event. */
  follow(step: Step, cause: Hint | undefined): Effect {
    const { deed } = step;
    switch (deed.kind) {
      case 'create group':
        return this.#create(step, deed, cause);
      case 'tag': {
        const targets = deed.ids.map((id) => this.#targetOf(step, id));
        for (const target of targets) this.#groupOf(target).tag(deed.tags, deed.sets);
        return { targets, ended: [] };
      }
      case 'create list':
      case 'edit list':
      case 'restore list':
      case 'delete list':
      case 'range':
        this.#lists.carryOut(deed);
        this.#ranges.carryOut(deed);
        return { targets: [], ended: [] };
      case 'authorize':
      case 'revoke':
      case 'modify':
      case 'describe':
      case 'delete group':
      case 'join': {
        const target = this.#names.targetOf(step, deed.group);
        return target === undefined
          ? { targets: [], ended: [] }
          : { targets: [target], ended: this.#change(step, deed, this.#groupOf(target), cause) };
      }
    }
  }

  #change(step: Step, deed: GroupDeed, group: TracedGroup, cause: Hint | undefined): readonly Standing[] {
    switch (deed.kind) {
      case 'authorize':
        return group.authorize(
          step.at,
          deed.rules.map((rule) => this.#withGroupId(step, rule)),
          cause,
        );
      case 'revoke':
        return group.revoke(
          step.at,
          deed.ids,
          deed.rules.map((rule) => this.#withGroupId(step, rule)),
        );
      case 'modify':
        return group.modify(deed.edits, cause);
      case 'describe':
        group.describe(deed.rules);
        return [];
      case 'delete group':
        return group.delete();
      case 'join':
        if (deed.joins) group.joined.add(deed.network);
        else group.joined.delete(deed.network);
        return [];
    }
  }

  /** A source that is a group by its name, as requests in a default VPC write it. */
  #withGroupId(step: Step, rule: TracedRule): TracedRule {
    const pair = rule.row['ReferencedGroupInfo'];
    const name = fieldOf(pair, 'groupName');
    if (!isFields(pair) || pair['GroupId'] !== undefined || typeof name !== 'string') return rule;
    const account = typeof pair['UserId'] === 'string' ? pair['UserId'] : step.account;
    const id = this.#names.targetOf({ account, region: step.region }, { name })?.id;
    return id === undefined ? rule : withFields(rule, { ReferencedGroupInfo: { ...pair, GroupId: id } });
  }

  /** Whether the last event about a group deleted it. */
  isGone(target: Target): boolean {
    return this.#groups.get(targetKey(target))?.isGone === true;
  }

  /** The groups that a lead touches, as far as events and saved answers tell. */
  found(lead: Lead, written: readonly PeerName[]): readonly Target[] {
    const { account, region } = lead;
    const here = [...this.#groups.values()].filter(
      ({ target, isGone }) => !isGone && target.account === account && target.region === region,
    );
    switch (lead.kind) {
      case 'name':
        return this.#names.idsOf(lead, lead.id).map((id) => ({ cloud: CLOUD, account, region, id }));
      case 'prefix-list': {
        const isWritten = this.#lists.namesOf(lead.id).some((name) => written.includes(name));
        return here.filter((group) => isWritten || group.lists.has(lead.id)).map(({ target }) => target);
      }
      case 'network':
        return here
          .filter((group) => group.network === lead.id || group.joined.has(lead.id))
          .map(({ target }) => target);
      case 'subnet':
      case 'instance':
      case 'interface':
        return [];
    }
  }

  /** A group as it would be now, with what is known of the names that policies use. */
  show(target: Target, at: Date, written: readonly PeerName[]): Shown {
    const group = this.#groupOf(target);
    const pieces = group.pieces;
    const rows = rowsOf(pieces, target.id);
    const named = this.#namedNear(target, written, pieces);
    const [bare] = firewallsOf(
      { groups: { SecurityGroups: [this.#answer(group)] }, rules: { SecurityGroupRules: rows } },
      {
        account: target.account,
        region: target.region,
        readAt: at,
        ranges: this.#ranges.ranges,
        written,
        others: this.#places(target, named),
        associations: group.isSeenMade ? this.#associations(target, named) : 'unknown',
      },
    );
    if (bare === undefined) throw new Error(`no group in an answer with one, \`${targetKey(target)}\``);
    const { firewall: shown, made } = this.#ids.shown(bare, pieces);
    // VPCs that it was seen to join are known, whatever else is not.
    const networks = [...new Set([...shown.networks, ...group.joined])];
    const firewall = withPrefixLists({ ...shown, networks }, written, this.#lists.lists);
    const piecesOf = (direction: Direction, ruleId: string): readonly Piece[] =>
      made.get(`${direction} ${ruleId}`) ?? [];
    return {
      firewall,
      unknown: {
        name: group.name === undefined,
        tags: !group.knowsTags,
        network: group.network === undefined,
        rules: !group.isWhole,
        gaps: group.gaps,
      },
      behind: (direction, ruleId) => piecesOf(direction, ruleId).flatMap(({ of }) => of ?? []),
      carryOut: (changes) => {
        group.carryOut(changes, piecesOf);
      },
    };
  }

  #answer({ target, name, network, tags }: TracedGroup): Fields {
    return {
      GroupId: target.id,
      GroupName: name,
      VpcId: network,
      OwnerId: target.account,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
  }

  /** The ids of the groups that policies or these rules name: with all groups, a fleet would be walked for each event. */
  #namedNear(target: Target, written: readonly PeerName[], pieces: readonly Pieces[]): readonly string[] {
    const { names, ids } = groupsNamedBy(written);
    const inRules = pieces.map(([piece]) => fieldOf(piece.rule.row['ReferencedGroupInfo'], 'groupId'));
    const near = [...names.flatMap((name) => this.#names.idsOf(target, name)), ...ids, ...inRules];
    return [...new Set(near.filter((id) => typeof id === 'string'))];
  }

  /**
   * The further VPCs of a group that was seen made, and of those that its rules or policies name. One of these that was
   * not seen made may be in more of them than events show.
   */
  #associations(target: Target, named: readonly string[]): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [target.id, ...named].map((id) => {
        const group = this.#groups.get(targetKey({ ...target, id }));
        return [id, [...(group?.joined ?? []), ...(group?.isSeenMade === true ? [] : [UNSEEN_NETWORK])]];
      }),
    );
  }

  #places(target: Target, named: readonly string[]): readonly GroupPlace[] {
    return named.flatMap((id): readonly GroupPlace[] => {
      const group = this.#groups.get(targetKey({ ...target, id }));
      if (group === undefined || group.isGone) return [];
      return [{ id: group.target.id, name: group.name ?? '', owner: group.target.account, network: group.network }];
    });
  }
}
