// The writes of EC2 as data, and as the SDK's commands take them.
import type {
  AuthorizeSecurityGroupEgressRequest,
  IpPermission,
  ModifySecurityGroupRulesRequest,
  RevokeSecurityGroupEgressRequest,
  SecurityGroupRuleUpdate,
} from '@aws-sdk/client-ec2';
import type { Direction } from '../../core/model/firewall.ts';
import type { Rule, RuleContent } from '../../core/model/rule.ts';
import { ruleText } from '../../core/spell.ts';
import * as addresses from '../../core/space/addresses.ts';
import * as line from '../../core/space/line.ts';
import { ALL_PORTS } from '../../core/space/slots.ts';
import { peerWritten } from './peer.ts';
import type { WirePeer } from './peer.ts';
import { slotsWritten } from './service.ts';
import type { WireService } from './service.ts';

/** A rule that keeps its id and says something else. */
export interface Edit {
  readonly direction: Direction;
  readonly rule: Rule;
  readonly becomes: RuleContent;
}

/** One call that writes. */
export type WriteRequest =
  | {
      readonly kind: 'authorize';
      readonly groupId: string;
      readonly direction: Direction;
      /** All of them are given these tags: a call can tag all its rules alike only. */
      readonly contents: readonly RuleContent[];
      readonly tags: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'modify'; readonly groupId: string; readonly edits: readonly Edit[] }
  | {
      readonly kind: 'revoke';
      readonly groupId: string;
      readonly direction: Direction;
      readonly rules: readonly Rule[];
    };

export interface Wire {
  readonly service: WireService;
  readonly peer: WirePeer;
}

/** A content as one rule of EC2. One that a rule cannot say should have been held when the plan was made. */
export function wireOf(direction: Direction, content: RuleContent): Wire {
  const { box } = content;
  const service = slotsWritten(box.slots);
  const peer = peerWritten(box.peer);
  const full = line.equal(box.sourcePorts, ALL_PORTS) && addresses.equal(box.own, addresses.ANYWHERE);
  if (service === undefined || peer === undefined || !full) {
    throw new Error(`no single rule of a security group says \`${ruleText(direction, content)}\``);
  }
  return { service, peer };
}

function permissionOf(direction: Direction, content: RuleContent): IpPermission {
  const { service, peer } = wireOf(direction, content);
  const described = content.description === '' ? {} : { Description: content.description };
  switch (peer.kind) {
    case 'ipv4':
      return { ...service, IpRanges: [{ CidrIp: peer.cidr, ...described }] };
    case 'ipv6':
      return { ...service, Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...described }] };
    case 'prefix list':
      return { ...service, PrefixListIds: [{ PrefixListId: peer.id, ...described }] };
    case 'group': {
      const account = peer.account === undefined ? {} : { UserId: peer.account };
      return { ...service, UserIdGroupPairs: [{ GroupId: peer.id, ...account, ...described }] };
    }
  }
}

/** The description is always sent: whether EC2 keeps one that is left out is not verified, and an empty one clears it. */
function updateOf({ direction, rule, becomes }: Edit): SecurityGroupRuleUpdate {
  const { service, peer } = wireOf(direction, becomes);
  const said = { ...service, Description: becomes.description };
  const update = (source: Readonly<Record<string, string>>): SecurityGroupRuleUpdate => ({
    SecurityGroupRuleId: rule.id,
    SecurityGroupRule: { ...said, ...source },
  });
  switch (peer.kind) {
    case 'ipv4':
      return update({ CidrIpv4: peer.cidr });
    case 'ipv6':
      return update({ CidrIpv6: peer.cidr });
    case 'prefix list':
      return update({ PrefixListId: peer.id });
    case 'group':
      return update({ ReferencedGroupId: peer.id });
  }
}

/** A request as the SDK's commands take it. */
export type WireInput =
  | {
      readonly kind: 'authorize';
      readonly direction: Direction;
      readonly input: AuthorizeSecurityGroupEgressRequest;
    }
  | { readonly kind: 'modify'; readonly input: ModifySecurityGroupRulesRequest }
  | { readonly kind: 'revoke'; readonly direction: Direction; readonly input: RevokeSecurityGroupEgressRequest };

export function toInput(request: WriteRequest): WireInput {
  const { groupId: GroupId } = request;
  switch (request.kind) {
    case 'authorize': {
      const { direction } = request;
      const IpPermissions = request.contents.map((content) => permissionOf(direction, content));
      const Tags = Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value }));
      const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags }];
      return { kind: 'authorize', direction, input: { GroupId, IpPermissions, TagSpecifications } };
    }
    case 'modify':
      return { kind: 'modify', input: { GroupId, SecurityGroupRules: request.edits.map(updateOf) } };
    case 'revoke': {
      // By id: a match by content would be a success in a default VPC even where it finds nothing.
      const SecurityGroupRuleIds = request.rules.map(({ id }) => id);
      return { kind: 'revoke', direction: request.direction, input: { GroupId, SecurityGroupRuleIds } };
    }
  }
}
