import { declaredInTemplate } from '../../shared/clouds/aws/cloudformation.ts';
import { translationOf } from '../../shared/clouds/aws/declared.ts';
import type { Declared } from '../../shared/clouds/aws/declared.ts';
import { firewallsOf } from '../../shared/clouds/aws/decode.ts';
import { shownAsDeclared, withStandIns } from '../../shared/clouds/aws/stand-ins.ts';
import { declaredInTerraform } from '../../shared/clouds/aws/terraform.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Firewall } from '../../shared/core/model/firewall.ts';
import type { PeerName } from '../../shared/core/model/rule.ts';
import { ruleText } from '../../shared/core/spell.ts';
import { ACCOUNT, context, REGION } from './sample.ts';

/** Documents of infrastructure as code, read by the translators and the decoder as the command line reads them. */

export const HERE = { account: ACCOUNT, region: REGION };

export function firewallsDeclared(declared: Declared, written: readonly PeerName[] = []): readonly Firewall[] {
  const { groups, rules, vpcs, standIns, unread } = translationOf(declared);
  const firewalls = firewallsOf({ groups, rules, vpcs }, { ...context, written: withStandIns(written, standIns) });
  return firewalls.map((one) => shownAsDeclared(one, standIns, unread.get(one.target.id) ?? []));
}

/** What a document says, for people who read a failed test. */
export interface Told {
  /** By the id of each firewall: its rules, each with its id; what is unread of it begins with `?`. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  readonly notes: readonly string[];
  readonly firewalls: readonly Firewall[];
}

function told(declared: Declared, written: readonly PeerName[]): Told {
  const firewalls = firewallsDeclared(declared, written);
  const rulesTold = (firewall: Firewall): readonly string[] => [
    ...DIRECTIONS.flatMap((direction) =>
      rulesOf(firewall, direction).map((rule) => `${rule.id}: ${ruleText(direction, rule)}`),
    ),
    ...firewall.unread.map(({ direction, rule, why }) => `? ${direction} ${rule}: ${why}`),
  ];
  return {
    rules: Object.fromEntries(firewalls.map((firewall) => [firewall.target.id, rulesTold(firewall)])),
    notes: declared.notes,
    firewalls,
  };
}

export function toldByTerraform(document: unknown, written: readonly PeerName[] = []): Told {
  return told(declaredInTerraform(document, HERE), written);
}

export function toldByTemplate(template: unknown, written: readonly PeerName[] = []): Told {
  return told(declaredInTemplate(template, HERE), written);
}
