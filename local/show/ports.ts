import { protocolText } from '../../shared/core/spell.ts';
import { hasPorts, isWhole, PROTOCOLS, runsOf } from '../../shared/core/space/slots.ts';
import { isEveryProtocol, slotsOf } from '../../shared/core/space/traffic.ts';
import type { Traffic } from '../../shared/core/space/traffic.ts';

/**
 * The services of some traffic, short: `tcp/22`, `udp/500`, `icmp`; `any` where it is every protocol, or most of them but
 * for some that nobody would miss in a summary.
 */
export function servicesOf(flows: Traffic): readonly string[] {
  const runs = runsOf(slotsOf(flows));
  const protocols = new Set(runs.map(({ protocol }) => protocol));
  if (isEveryProtocol(flows) || protocols.size > PROTOCOLS / 2) return ['any'];
  const texts = runs.map((run) => {
    const name = protocolText(run.protocol);
    if (!hasPorts(run.protocol) || isWhole(run)) return name;
    const last = run.end - 1;
    return `${name}/${run.from === last ? String(last) : `${String(run.from)}-${String(last)}`}`;
  });
  return [...new Set(texts)];
}
