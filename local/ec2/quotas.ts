import { Ec2Error } from './errors.ts';

/**
 * What an account may have. The values are those of an account whose quotas were never raised (VPC User Guide, Amazon VPC
 * quotas, remembered; the 60 rules are quoted in terraform-linters/tflint#268; read 2026-11-24).
 */
export interface Quotas {
  /** Rules of a group in one direction, counted for IPv4 and IPv6 apart. */
  readonly rulesPerDirection: number;
  readonly groupsPerInterface: number;
  readonly groupsPerRegion: number;
  readonly tagsPerResource: number;
}

const usual: Quotas = { rulesPerDirection: 60, groupsPerInterface: 5, groupsPerRegion: 2500, tagsPerResource: 50 };

/** The quotas as raised; refused where the service would not raise them so. */
export function quotasOf(raised: Partial<Quotas> = {}): Quotas {
  const quotas = { ...usual, ...raised };
  const { rulesPerDirection: rules, groupsPerInterface: groups } = quotas;
  if (groups > 16) throw new Error(`quotas: \`groupsPerInterface\` is \`${String(groups)}\`; write 1 to 16`);
  // AWS raises one of the two only as far as their product stays within 1,000.
  if (rules * groups <= 1000) return quotas;
  const words = `\`rulesPerDirection\` times \`groupsPerInterface\` is \`${String(rules * groups)}\``;
  throw new Error(`quotas: ${words}; write numbers whose product is at most 1000`);
}

/** Refuses more groups on one interface; an instance that brings its own interface hears it under another code. */
export function checkGroupCount(count: number, quotas: Quotas, of: 'Interface' | 'Instance' = 'Interface'): void {
  if (count <= quotas.groupsPerInterface) return;
  throw new Ec2Error(
    `SecurityGroupsPer${of}LimitExceeded`,
    `The maximum number of security groups per ${of.toLowerCase()} has been reached.`,
  );
}

/** Refuses one more group in the region. */
export function checkRegionHasRoom(count: number, { groupsPerRegion }: Quotas): void {
  if (count < groupsPerRegion) return;
  throw new Ec2Error('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.');
}

/** Refuses more tags on one resource. */
export function checkTagCount(count: number, { tagsPerResource }: Quotas): void {
  if (count <= tagsPerResource) return;
  throw new Ec2Error('TagLimitExceeded', `The maximum number of tags for a resource is ${String(tagsPerResource)}`);
}
