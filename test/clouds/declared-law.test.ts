import fc from 'fast-check';
import { expect, test } from 'vitest';
import { declaredInTemplate } from '../../shared/clouds/aws/cloudformation.ts';
import { firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { declaredInTerraform } from '../../shared/clouds/aws/terraform.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import { NETWORK, peerName } from '../../shared/core/model/rule.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { ruleText } from '../../shared/core/spell.ts';
import { declaredWorld } from '../oracle/declared-world.ts';
import type { DeclaredWorld } from '../oracle/declared-world.ts';
import { answersWritten, liveGroupId } from '../oracle/written-answers.ts';
import { changeWritten } from '../oracle/written-change.ts';
import { groupsOfPlan, planWritten } from '../oracle/written-plan.ts';
import { groupsOfState, stateWritten } from '../oracle/written-state.ts';
import { groupsOfTemplate, NOBODY_OUT, templateWritten } from '../oracle/written-template.ts';
import { firewallsDeclared, HERE } from './documents.ts';
import { context, extentText } from './sample.ts';

type Numbers = ReadonlyMap<string, number>;

/** What is known of a firewall, with the numbers of groups in place of their ids. */
function known(firewall: Firewall, written: readonly PeerName[], numbers: Numbers): object {
  const plain = (text: string): string =>
    text.replace(/(?<=\bsg:)(?!\d{12}\/)\S+/g, (id) => `#${String(numbers.get(id.replace(/\.GroupId$/, '')) ?? id)}`);
  const rules = DIRECTIONS.flatMap((direction) =>
    rulesOf(firewall, direction).map((rule) => {
      const { peer } = rule.box;
      const extent = peer.kind === 'named' ? ` (${extentText(firewall, peer.name) ?? 'unknown'})` : '';
      return `${direction} ${plain(ruleText(direction, rule))}${extent}`;
    }),
  );
  return {
    account: firewall.target.account,
    region: firewall.target.region,
    name: firewall.name,
    tags: Object.entries(firewall.tags).sort(),
    network: extentText(firewall, NETWORK),
    aliases: written.map((name) => plain(firewall.aliases.get(name) ?? 'nobody')),
    rules: [...new Set(rules)].filter((rule) => !rule.endsWith(NOBODY_OUT)).sort(),
    unread: firewall.unread,
  };
}

/** A template cannot say of which account a group is that egress names. */
function speakable(world: DeclaredWorld): DeclaredWorld {
  const groups = world.groups.map((group) => ({
    ...group,
    lines: group.lines.filter(({ direction, peer }) => direction === 'ingress' || peer.kind !== 'foreign'),
  }));
  return { ...world, groups };
}

test('the same groups are known alike, whether they are live, in a state, in a plan or in a template', () => {
  fc.assert(
    fc.property(declaredWorld, (any) => {
      const world = speakable(any);
      const written = world.groups.map(({ name }) => peerName('sg', name));
      const byNumber = (firewalls: readonly Firewall[], numbers: Numbers): object =>
        firewalls
          .map((one) => [numbers.get(one.target.id) ?? -1, known(one, written, numbers)] as const)
          .toSorted(([a], [b]) => a - b);
      const live = byNumber(
        firewallsOf(answersWritten(world), { ...context, written }),
        new Map(world.groups.map((_, number) => [liveGroupId(number), number])),
      );
      const state = firewallsDeclared(declaredInTerraform(stateWritten(world), HERE), written);
      const plan = firewallsDeclared(declaredInTerraform(planWritten(world), HERE), written);
      const template = firewallsDeclared(declaredInTemplate(templateWritten(world), HERE), written);
      expect(byNumber(state, groupsOfState(world))).toEqual(live);
      expect(byNumber(plan, groupsOfPlan(world))).toEqual(live);
      expect(byNumber(template, groupsOfTemplate(world))).toEqual(live);
    }),
    { numRuns: 60 },
  );
});

test('a plan of changes shows what will be, not what is', () => {
  fc.assert(
    fc.property(declaredWorld, declaredWorld, (before, other) => {
      // The same groups, with the rules of another world as far as these name groups that are here.
      const isHere = ({ peer }: DeclaredWorld['groups'][number]['lines'][number]): boolean =>
        peer.kind !== 'group' || peer.group < before.groups.length;
      const linesAfter = (number: number) => (other.groups[number]?.lines ?? []).filter(isHere);
      const groups = before.groups.map((group, number) => ({ ...group, lines: linesAfter(number) }));
      const after = { ...before, groups };
      const numbers = new Map(before.groups.map((_, number) => [liveGroupId(number), number]));
      const told = (firewalls: readonly Firewall[]): object => firewalls.map((one) => known(one, [], numbers));
      const planned = firewallsDeclared(declaredInTerraform(changeWritten(before, after), HERE));
      expect(told(planned)).toEqual(told(firewallsOf(answersWritten(after), context)));
    }),
    { numRuns: 60 },
  );
});
