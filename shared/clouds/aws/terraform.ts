// `terraform show -json` -> the firewalls that will be live after apply of a plan, or that a state holds.
import { countedKinds } from './declared.ts';
import type { Declared, Surroundings } from './declared.ts';
import { Configuration } from './terraform-configuration.ts';
import { groupsIn, outsideIn } from './terraform-groups.ts';
import type { Parts } from './terraform-groups.ts';
import { Ids } from './terraform-ids.ts';
import { networksIn } from './terraform-networks.ts';
import { notesOn } from './terraform-notes.ts';
import { ownRulesIn } from './terraform-own-rules.ts';
import { Places } from './terraform-places.ts';
import { own, resourcesIn } from './terraform-resources.ts';

/** Whether a JSON value is such output. */
export function isTerraform(value: unknown): boolean {
  const has = (name: string): boolean => own(value, name) !== undefined;
  return (
    has('planned_values') ||
    has('resource_changes') ||
    has('terraform_version') ||
    (has('format_version') && (has('values') || Object.keys(value ?? {}).length === 1))
  );
}

/** Whether it is the file in which Terraform itself keeps a state, which has another form. */
export function isRawState(value: unknown): boolean {
  return (
    own(value, 'lineage') !== undefined || (own(value, 'serial') !== undefined && own(value, 'version') !== undefined)
  );
}

/**
 * A plan says what is after apply, and what of it is not known yet; its configuration says what an unknown id refers
 * to. What still is not known is unread, or a note. Throws a `Fault` where the document is not of this form at all.
 */
export function declaredInTerraform(document: unknown, surroundings: Surroundings): Declared {
  const resources = resourcesIn(document);
  const configuration = new Configuration(document);
  const ids = new Ids(resources, configuration);
  const places = new Places(resources, configuration, surroundings);
  const parts: Parts = { resources, configuration, ids, places, ownRules: ownRulesIn(resources, ids) };
  const groups = groupsIn(parts);
  const networks = networksIn(resources, ids, configuration);
  return {
    what: resources.kind === 'plan' ? 'a Terraform plan' : 'a Terraform state',
    holds: countedKinds(resources.present.map(({ type }) => type)),
    groups,
    outside: outsideIn(parts),
    networks: networks.networks,
    notes: notesOn(document, parts, groups, networks),
  };
}
