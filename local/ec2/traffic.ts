import { Ec2Error, invalidValue } from './errors.ts';

/**
 * What a rule speaks of: ports for tcp and udp, type and code for icmp and icmpv6.
 * -1 to -1 is everything, and the only value for the other protocols.
 */
export interface Traffic {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
}

const namesByNumber: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };
const names = Object.values(namesByNumber);

function protocolOf(text: string): string {
  const lower = text.toLowerCase();
  const name = namesByNumber[lower];
  if (name !== undefined) return name;
  const isNumber = /^(0|[1-9]\d{0,2})$/.test(lower) && Number(lower) <= 255;
  if (lower === '-1' || names.includes(lower) || isNumber) return lower;
  throw invalidValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
}

function portTraffic(protocol: string, fromPort: number | undefined, toPort: number | undefined): Traffic {
  if (fromPort === undefined || toPort === undefined) {
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  const isPort = (port: number): boolean => port >= 0 && port <= 65535;
  if (!isPort(fromPort)) throw invalidValue(`TCP/UDP (from) port (${String(fromPort)}) out of range`);
  if (!isPort(toPort)) throw invalidValue(`TCP/UDP (to) port (${String(toPort)}) out of range`);
  if (fromPort > toPort) throw invalidValue(`Invalid TCP/UDP port range (${String(fromPort)}:${String(toPort)})`);
  return { protocol, fromPort, toPort };
}

function icmpTraffic(protocol: string, type: number | undefined, code: number | undefined): Traffic {
  // For icmpv6 alone the documentation of IpPermission lets both be omitted: all types and codes.
  if (protocol === 'icmpv6' && type === undefined && code === undefined) return { protocol, fromPort: -1, toPort: -1 };
  if (type === undefined || code === undefined) {
    throw invalidValue("Invalid value 'Must specify both from and to ports with ICMP.' for portRange.");
  }
  // Which code the service gives these three refusals is not verified.
  const malformed = (message: string): Ec2Error => new Ec2Error('InvalidPermission.Malformed', message);
  const isByte = (value: number): boolean => value >= -1 && value <= 255;
  if (!isByte(type)) throw malformed(`ICMP type (${String(type)}) out of range`);
  if (!isByte(code)) throw malformed(`ICMP code (${String(code)}) out of range`);
  if (type === -1 && code !== -1) throw malformed('ICMP code must be -1 if the ICMP type is -1');
  return { protocol, fromPort: type, toPort: code };
}

/** The traffic that a request names. Numbers of known protocols become names. */
export function trafficOf(protocolText: string, fromPort: number | undefined, toPort: number | undefined): Traffic {
  const protocol = protocolOf(protocolText);
  if (protocol === 'tcp' || protocol === 'udp') return portTraffic(protocol, fromPort, toPort);
  if (protocol === 'icmp' || protocol === 'icmpv6') return icmpTraffic(protocol, fromPort, toPort);
  // Any other protocol covers all ports, whatever ports are written (documentation of IpPermission).
  return { protocol, fromPort: -1, toPort: -1 };
}
