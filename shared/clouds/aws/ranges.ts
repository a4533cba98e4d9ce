// Answers about networks -> address ranges by VPC, and the VPCs that groups are in beside their own.
import { z } from 'zod';
import { unionOf } from '../../core/space/addresses.ts';
import type { Addresses } from '../../core/space/addresses.ts';
import { addressesOfBlock, blockOf } from '../../core/space/cidr.ts';
import { elementsOf, malformed, parsed } from './answers.ts';
import { quoted } from './fields.ts';
import { ASSOCIATIONS_ENDED } from './traits.ts';

const text = z.string().nullish();
const blockState = z.object({ State: text }).nullish();
const vpcShape = z.object({
  VpcId: z.string(),
  CidrBlock: text,
  CidrBlockAssociationSet: z.array(z.object({ CidrBlock: z.string(), CidrBlockState: blockState })).nullish(),
  Ipv6CidrBlockAssociationSet: z
    .array(z.object({ Ipv6CidrBlock: z.string(), Ipv6CidrBlockState: blockState }))
    .nullish(),
});

/** A range that is being taken away still holds addresses; one that is gone, or never came, does not. */
const WITHOUT_ADDRESSES = ['disassociated', 'failed'];

/** Address ranges by VPC, secondary ones too, from an answer of DescribeVpcs. */
export function rangesOfVpcs(answer: unknown): ReadonlyMap<string, Addresses> {
  const vpcs = elementsOf(answer, 'Vpcs').map((element, index) => {
    const where = `Vpcs[${String(index)}]`;
    const vpc = parsed(vpcShape, element, where);
    const v4 = (vpc.CidrBlockAssociationSet ?? []).map((part) => [part.CidrBlock, part.CidrBlockState?.State] as const);
    const v6 = (vpc.Ipv6CidrBlockAssociationSet ?? []).map(
      (part) => [part.Ipv6CidrBlock, part.Ipv6CidrBlockState?.State] as const,
    );
    const cidrs = [...v4, ...v6].flatMap(([cidr, state]) => (WITHOUT_ADDRESSES.includes(state ?? '') ? [] : [cidr]));
    const ranges = [...(vpc.CidrBlock ? [vpc.CidrBlock] : []), ...cidrs].map((cidr) => {
      const read = blockOf(cidr);
      if (read === undefined) throw malformed(where, `${quoted(cidr)} is no address range; expected a CIDR`);
      return addressesOfBlock(read.block);
    });
    return [vpc.VpcId, unionOf(ranges)] as const;
  });
  return new Map(vpcs);
}

const associationShape = z.object({ GroupId: z.string(), VpcId: z.string(), State: text });

/** The VPCs that groups are in beside their own, from an answer of DescribeSecurityGroupVpcAssociations. */
export function associationsIn(answer: unknown): ReadonlyMap<string, readonly string[]> {
  const associations = new Map<string, string[]>();
  for (const [index, element] of elementsOf(answer, 'SecurityGroupVpcAssociations').entries()) {
    const where = `SecurityGroupVpcAssociations[${String(index)}]`;
    const { GroupId, VpcId, State } = parsed(associationShape, element, where);
    if (ASSOCIATIONS_ENDED.includes(State ?? '')) continue;
    associations.set(GroupId, [...(associations.get(GroupId) ?? []), VpcId]);
  }
  return associations;
}
