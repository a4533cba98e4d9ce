// Arguments that are ids of other resources -> those ids, or why nobody can say them yet.
import type { Direction } from '../../core/model/firewall.ts';
import type { Configuration } from './terraform-configuration.ts';
import { idOf, isKnown, References } from './terraform-references.ts';
import { listOf, own, textOf } from './terraform-resources.ts';
import type { Resource, Resources } from './terraform-resources.ts';
import { AFTER_APPLY } from './terraform-rules.ts';
import type { Looked, LookUp } from './terraform-rules.ts';

export const GROUP_TYPES: readonly string[] = ['aws_security_group', 'aws_default_security_group'];
const LIST_TYPES: readonly string[] = ['aws_ec2_managed_prefix_list'];

/** Arguments that say whom a rule names, and what they are ids of. */
const NAMING: ReadonlyMap<string, readonly string[]> = new Map([
  ['source_security_group_id', GROUP_TYPES],
  ['referenced_security_group_id', GROUP_TYPES],
  ['security_groups', GROUP_TYPES],
  ['prefix_list_id', LIST_TYPES],
  ['prefix_list_ids', LIST_TYPES],
]);

const MOST_NAMED = 3;

function whyOf(argument: string, candidates: readonly string[]): string {
  const named = candidates.slice(0, MOST_NAMED).map((id) => `\`${id}\``);
  const more = candidates.length > MOST_NAMED ? ' and others' : '';
  const may = candidates.length === 0 ? '' : `; it may be ${named.join(', ')}${more}`;
  return `\`${argument}\` is ${AFTER_APPLY}${may}`;
}

/** One id, or all that it may be. */
export type Single = { readonly id: string } | { readonly candidates: readonly string[] };

export class Ids {
  readonly #references: References;
  readonly #configuration: Configuration;
  readonly #byKey: string[] = [];

  constructor({ present }: Resources, configuration: Configuration) {
    this.#references = new References(present, configuration);
    this.#configuration = configuration;
  }

  /** Resources whose reference was followed by their key, as `this[each.key]` is taken to be. */
  get byKey(): readonly string[] {
    return this.#byKey;
  }

  single(resource: Resource, argument: string, types: readonly string[]): Single {
    const known = textOf(own(resource.values, argument));
    if (known !== undefined && isKnown(own(resource.unknown, argument))) return { id: known };
    const { candidates, isSure, isByKey } = this.#references.meantBy(resource, argument, types);
    const [only, ...more] = candidates;
    if (!isSure || only === undefined || more.length > 0) return { candidates: candidates.map(idOf) };
    if (isByKey) this.#byKey.push(resource.address);
    return { id: only.address };
  }

  /** Whom a rule names that is a resource of its own: each of its arguments is one expression. */
  ofRule(resource: Resource): LookUp {
    return (argument): Looked => {
      if (!this.#mayBeStated(resource, argument)) return { ids: [] };
      const types = NAMING.get(argument);
      const meant: Single = types === undefined ? { candidates: [] } : this.single(resource, argument, types);
      return 'id' in meant ? { ids: [meant.id] } : { why: whyOf(argument, meant.candidates) };
    };
  }

  /**
   * Some arguments that are not stated are filled in by the provider: a rule for addresses always has an unknown
   * `source_security_group_id`, with which it could not state addresses (schema of aws_security_group_rule, 2026-11-24).
   */
  #mayBeStated(resource: Resource, argument: string): boolean {
    if (this.#configuration.isShown(resource))
      return this.#configuration.expressionOf(resource, argument) !== undefined;
    const has = (name: string): boolean => listOf(own(resource.values, name)).length > 0;
    const isForOthers = has('cidr_blocks') || has('ipv6_cidr_blocks') || own(resource.values, 'self') === true;
    return argument !== 'source_security_group_id' || !isForOthers;
  }

  /**
   * Whom a block in a group names. All blocks of one direction are one expression in a plan, so which block refers to
   * what is clear only where there is one thing to refer to, or where one block alone refers to as many as there are.
   */
  ofBlock(group: Resource, direction: Direction, countOf: (argument: string) => number): LookUp {
    return (argument): Looked => {
      const meant = this.#references.meantBy(group, direction, NAMING.get(argument) ?? []);
      const ids = meant.candidates.map(idOf);
      const isClear = meant.isSure && (ids.length === 1 || (ids.length > 1 && countOf(argument) === ids.length));
      return isClear ? { ids } : { why: whyOf(argument, ids) };
    };
  }
}
