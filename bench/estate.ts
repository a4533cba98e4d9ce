/** What the fleet and the policies of the benchmark have in common: networks and services of one invented company. */

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const VPCS = 40;

/** All of the company's own addresses; each VPC has a part of both. */
export const INTERNAL_V4 = '10.0.0.0/8';
export const INTERNAL_V6 = '2600:1f14::/32';
/** From here anything may come. */
export const MANAGEMENT_V4 = '10.255.0.0/16';
export const MANAGEMENT_V6 = '2600:1f14:ff00::/40';

/** Ports or a range of them. */
export interface Service {
  readonly protocol: 'tcp' | 'udp';
  readonly first: number;
  readonly last: number;
}

/** What runs inside: 360 services that do not overlap, every third with a range of ports. */
export const SERVICES: readonly Service[] = Array.from({ length: 360 }, (_, index) => {
  const first = 3000 + 20 * index;
  return { protocol: index % 5 === 4 ? 'udp' : 'tcp', first, last: first + (index % 3 === 0 ? 15 : 0) };
});

/** Open to everybody, and the only thing that is. */
export const WEB = [80, 443];
/** Never to be open to anybody outside; no policy allows them. */
export const ADMIN = [22, 3389, 5900, 1433, 1521];

export function vpcOf(index: number): { readonly id: string; readonly v4: string; readonly v6: string } {
  return {
    id: `vpc-${index.toString(16).padStart(17, '0')}`,
    v4: `10.${String(index + 16)}.0.0/16`,
    v6: `2600:1f14:${(0x100 + index).toString(16)}:4400::/56`,
  };
}
