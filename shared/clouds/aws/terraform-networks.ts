// VPCs of a plan or a state -> their address ranges, where all of them are known.
import { blockOf } from '../../core/space/cidr.ts';
import type { DeclaredNetwork } from './declared.ts';

import type { Ids } from './terraform-ids.ts';
import { idOf, isKnown } from './terraform-references.ts';
import { own, textOf } from './terraform-resources.ts';
import type { Resource, Resources } from './terraform-resources.ts';

const VPC_TYPES: readonly string[] = ['aws_vpc', 'aws_default_vpc'];
const FURTHER_TYPES: readonly string[] = ['aws_vpc_ipv4_cidr_block_association', 'aws_vpc_ipv6_cidr_block_association'];
const RANGES = ['cidr_block', 'ipv6_cidr_block'];

/** The ranges that a resource states; undefined where one of them is not known, or cannot be read. */
function rangesOf({ values, unknown }: Resource): readonly string[] | undefined {
  if (!RANGES.every((argument) => isKnown(own(unknown, argument)))) return undefined;
  const ranges = RANGES.flatMap((argument) => textOf(own(values, argument)) ?? []);
  return ranges.length > 0 && ranges.every((range) => blockOf(range) !== undefined) ? ranges : undefined;
}

export interface Networks {
  readonly networks: readonly DeclaredNetwork[];
  /** Those of which some range is not known. */
  readonly unknown: readonly string[];
}

export function networksIn({ present }: Resources, ids: Ids): Networks {
  const ranges = new Map<string, (readonly string[] | undefined)[]>();
  for (const vpc of present.filter(({ type }) => VPC_TYPES.includes(type))) ranges.set(idOf(vpc), [rangesOf(vpc)]);
  for (const further of present.filter(({ type }) => FURTHER_TYPES.includes(type))) {
    const vpc = ids.single(further, 'vpc_id', VPC_TYPES);
    // A range that may be of several VPCs makes the ranges of each of them unknown.
    for (const id of 'id' in vpc ? [vpc.id] : vpc.candidates) {
      ranges.get(id)?.push('id' in vpc ? rangesOf(further) : undefined);
    }
  }
  const known = [...ranges].map(([id, all]) => ({ id, cidrs: all.flatMap((some) => some ?? []), all }));
  const isWhole = ({ all }: (typeof known)[number]): boolean => all.every((some) => some !== undefined);
  return {
    networks: known.filter(isWhole).map(({ id, cidrs }) => ({ id, cidrs })),
    unknown: known.filter((one) => !isWhole(one)).map(({ id }) => id),
  };
}
