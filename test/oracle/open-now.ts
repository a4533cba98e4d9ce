import { isInside as includesAddress } from './plain-address.ts';

/**
 * What a security group lets in, what a written policy allows, and what is dangerous, packet by packet, from the plain
 * JSON of both. No code of the project, and no sets.
 */

export interface PlainPermission {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: readonly { readonly CidrIp: string }[];
  readonly Ipv6Ranges?: readonly { readonly CidrIpv6: string }[];
}

/** `selector` is a port, or an ICMP type as `type * 256 + code`; of other protocols it means nothing. */
export interface PlainPacket {
  readonly protocol: number;
  readonly selector: number;
  readonly address: string;
}

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

function hitsService({ IpProtocol, FromPort, ToPort }: PlainPermission, { protocol, selector }: PlainPacket): boolean {
  if (IpProtocol === '-1') return true;
  const number = NUMBERS[IpProtocol] ?? Number(IpProtocol);
  if (number !== protocol) return false;
  if (number === 6 || number === 17) return selector >= FromPort! && selector <= ToPort!;
  if (number !== 1 && number !== 58) return true;
  const [type, code] = [Math.floor(selector / 256), selector % 256];
  return (FromPort === -1 || FromPort === type) && (ToPort === -1 || ToPort === code);
}

export function cidrsOf({ IpRanges = [], Ipv6Ranges = [] }: PlainPermission): readonly string[] {
  return [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)];
}

/** ICMP is of IPv4 alone, ICMPv6 of IPv6 alone. */
export function canExist({ protocol, address }: PlainPacket): boolean {
  const isV6 = address.includes(':');
  return !(protocol === 1 && isV6) && !(protocol === 58 && !isV6);
}

/** The CIDRs by which a permission lets a packet in. */
function letting(permission: PlainPermission, packet: PlainPacket): readonly string[] {
  if (!hitsService(permission, packet)) return [];
  return cidrsOf(permission).filter((cidr) => includesAddress(cidr, packet.address));
}

const SENSITIVE = new Set([
  ...[22, 23, 3389, 5985, 5986, 5900, 5901, 5902, 5903, 2375, 2376, 10250].map((port) => `6 ${String(port)}`),
  ...[1433, 1521, 3306, 5432, 5439, 6379, 9042, 9200, 9300, 11211, 27017, 27018, 27019].map(
    (port) => `6 ${String(port)}`,
  ),
  ...[20, 21, 135, 139, 445, 873, 2049].map((port) => `6 ${String(port)}`),
  ...[3389, 1434, 11211, 137, 138, 2049].map((port) => `17 ${String(port)}`),
]);

/** Whether a permission of a CIDR is too dangerous to be taken over for this packet. */
function isDangerous(
  permission: PlainPermission,
  cidr: string,
  packet: PlainPacket,
  isInside: (cidr: string) => boolean,
): boolean {
  const length = Number(cidr.slice(cidr.indexOf('/') + 1));
  if (isInside(cidr) || length >= (cidr.includes(':') ? 32 : 16)) return false;
  // A rule for SCTP is for all of its ports.
  if (permission.IpProtocol === '-1' || permission.IpProtocol === '132') return true;
  const hasPorts = packet.protocol === 6 || packet.protocol === 17;
  if (hasPorts && permission.ToPort! - permission.FromPort! >= 250) return true;
  return SENSITIVE.has(`${String(packet.protocol)} ${String(packet.selector)}`);
}

/** How a group lets a packet in: not at all, only by what is dangerous, or also by what is not. */
export function openness(
  permissions: readonly PlainPermission[],
  packet: PlainPacket,
  isInside: (cidr: string) => boolean,
): 'closed' | 'dangerous' | 'open' {
  if (!canExist(packet)) return 'closed';
  const ways = permissions.flatMap((permission) =>
    letting(permission, packet).map((cidr) => isDangerous(permission, cidr, packet, isInside)),
  );
  return ways.length === 0 ? 'closed' : ways.every(Boolean) ? 'dangerous' : 'open';
}

export interface PlainAllow {
  readonly service: string | readonly string[];
  readonly from: string | readonly string[];
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  sctp: 132,
};

function saysService(service: string, { protocol, selector }: PlainPacket): boolean {
  if (service === 'any') return true;
  const [name = '', rest] = service.split('/');
  if ((PROTOCOLS[name] ?? Number(name)) !== protocol) return false;
  if (rest === undefined) return true;
  if (protocol === 1 || protocol === 58) {
    const [type, code] = rest.split('.');
    return Number(type) === Math.floor(selector / 256) && (code === undefined || Number(code) === selector % 256);
  }
  const [first, last = first] = rest.split('-');
  return selector >= Number(first) && selector <= Number(last);
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  anywhere: ['0.0.0.0/0', '::/0'],
  private: [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '::1/128',
    'fc00::/7',
    'fe80::/10',
  ],
};

function whole(peer: string): string {
  return peer.includes('/') ? peer : `${peer}/${peer.includes(':') ? '128' : '32'}`;
}

/** Whether clauses allow a packet. Peers by name allow nobody here, but `network`: these ranges. */
export function isAllowed(clauses: readonly PlainAllow[], packet: PlainPacket, network: readonly string[]): boolean {
  if (!canExist(packet)) return false;
  return clauses.some(
    ({ service, from }) =>
      listOf(service).some((one) => saysService(one, packet)) &&
      listOf(from)
        .filter((peer) => !/^(sg:|prefix-list:|self$)/.test(peer))
        .flatMap((peer) => (peer === 'network' ? network : (WORDS[peer] ?? [whole(peer)])))
        .some((cidr) => includesAddress(cidr, packet.address)),
  );
}
