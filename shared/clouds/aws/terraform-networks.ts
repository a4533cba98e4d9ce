// VPCs of a plan or a state -> their address ranges, where all of them are known.
import { blockOf } from '../../core/space/cidr.ts';
import type { DeclaredNetwork } from './declared.ts';
import type { Configuration } from './terraform-configuration.ts';

import type { Ids } from './terraform-ids.ts';
import { idOf, isKnown } from './terraform-references.ts';
import { own, textOf } from './terraform-resources.ts';
import type { Resource, Resources } from './terraform-resources.ts';

const VPC_TYPES: readonly string[] = ['aws_vpc', 'aws_default_vpc'];
const FURTHER_TYPES: readonly string[] = ['aws_vpc_ipv4_cidr_block_association', 'aws_vpc_ipv6_cidr_block_association'];
/**
 * What asks for a range of IPv6. Where nothing does, a new VPC has none, though its plan does not know it (schema of
 * aws_vpc, read 2026-11-24).
 */
const ASKING_FOR_V6 = ['assign_generated_ipv6_cidr_block', 'ipv6_ipam_pool_id'];

function mayHaveV6(resource: Resource, configuration: Configuration): boolean {
  const { type, values, unknown } = resource;
  if (!VPC_TYPES.includes(type) || configuration.expressionOf(resource, 'ipv6_cidr_block') !== undefined) return true;
  return ASKING_FOR_V6.some((argument) => Boolean(own(values, argument)) || !isKnown(own(unknown, argument)));
}

/** The ranges that a resource states; undefined where one of them is not known, or cannot be read. */
function rangesOf(resource: Resource, configuration: Configuration): readonly string[] | undefined {
  const { values, unknown } = resource;
  const isMissing = (argument: string): boolean => !isKnown(own(unknown, argument));
  if (isMissing('cidr_block') || (isMissing('ipv6_cidr_block') && mayHaveV6(resource, configuration))) return undefined;
  const ranges = ['cidr_block', 'ipv6_cidr_block'].flatMap((argument) => textOf(own(values, argument)) ?? []);
  return ranges.length > 0 && ranges.every((range) => blockOf(range) !== undefined) ? ranges : undefined;
}

export interface Networks {
  readonly networks: readonly DeclaredNetwork[];
  /** Those of which some range is not known. */
  readonly unknown: readonly string[];
}

export function networksIn({ present }: Resources, ids: Ids, configuration: Configuration): Networks {
  const ranges = new Map<string, (readonly string[] | undefined)[]>();
  for (const vpc of present.filter(({ type }) => VPC_TYPES.includes(type)))
    ranges.set(idOf(vpc), [rangesOf(vpc, configuration)]);
  for (const further of present.filter(({ type }) => FURTHER_TYPES.includes(type))) {
    const vpc = ids.single(further, 'vpc_id', VPC_TYPES);
    // A range that may be of several VPCs makes the ranges of each of them unknown.
    for (const id of 'id' in vpc ? [vpc.id] : vpc.candidates) {
      ranges.get(id)?.push('id' in vpc ? rangesOf(further, configuration) : undefined);
    }
  }
  const known = [...ranges].map(([id, all]) => ({ id, cidrs: all.flatMap((some) => some ?? []), all }));
  const isWhole = ({ all }: (typeof known)[number]): boolean => all.every((some) => some !== undefined);
  return {
    networks: known.filter(isWhole).map(({ id, cidrs }) => ({ id, cidrs })),
    unknown: known.filter((one) => !isWhole(one)).map(({ id }) => id),
  };
}
