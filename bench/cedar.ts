import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Point } from './judging-fleet.ts';
import type { Line } from './policies.ts';

/**
 * The same clauses as Cedar policies, parsed beforehand and asked one question for each rule: is one packet of it
 * permitted? Cedar judges a point, one protocol, port and address. What we ask is whether all of a range of ports from a
 * block of addresses is permitted, and which part of it is not: no Cedar request can say that, nor the peers that a rule
 * names, whose addresses are known in part. So it is asked the smaller question, of rules in addresses only.
 */
export class CedarSide {
  static readonly #NAME = 'bench';

  constructor(lines: readonly Line[]) {
    const staticPolicies = Object.fromEntries(lines.map((line, index) => [`clause${String(index)}`, policyOf(line)]));
    const parsed = preparsePolicySet(CedarSide.#NAME, { staticPolicies });
    if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
  }

  isPermitted({ protocol, port, address }: Point): boolean {
    const answer = statefulIsAuthorized({
      principal: { type: 'Peer', id: 'any' },
      action: { type: 'Action', id: 'connect' },
      resource: { type: 'Firewall', id: 'any' },
      context: { protocol, port, address: { __extn: { fn: 'ip', arg: address } } },
      preparsedPolicySetId: CedarSide.#NAME,
      entities: [],
    });
    if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('\n'));
    const { decision, diagnostics } = answer.response;
    // A policy that fails is left out of Cedar's decision, and would make it quick for nothing.
    if (diagnostics.errors.length > 0) throw new Error(diagnostics.errors[0]?.error.message);
    return decision === 'allow';
  }
}

function serviceTest(service: string): string {
  if (service === 'any') return 'true';
  const [protocol = '', ports] = service.split('/');
  const is = `context.protocol == "${protocol}"`;
  if (ports === undefined) return is;
  const [first = '', last = first] = ports.split('-');
  return first === last
    ? `(${is} && context.port == ${first})`
    : `(${is} && context.port >= ${first} && context.port <= ${last})`;
}

/** `self` names a group: no point has one, so it is left out. */
function policyOf({ effect, services, from }: Line): string {
  const ranges = from.filter((peer) => peer !== 'self').map((cidr) => `context.address.isInRange(ip("${cidr}"))`);
  return (
    `${effect === 'allow' ? 'permit' : 'forbid'}(principal, action, resource) ` +
    `when { (${services.map(serviceTest).join(' || ')}) && (${ranges.join(' || ')}) };`
  );
}
