import type { Plan } from '../../shared/core/model/plan.ts';
import type { CarryOut } from '../../shared/core/plan.ts';
import type { PlainCase, PlainClause, PlainPeer, PlainPolicy, PlainRule, PlainService } from '../oracle/plain-case.ts';
import { plainRulesOf, TRAITS } from './core-case.ts';
import { CORE } from './core-modules.ts';
import { judgedBy } from './judged.ts';
import type { Judged } from './judged.ts';

/** Short spellings for table tests: `tcp/22 from 0.0.0.0/0` in, what is left of it out. */

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

const ANYWHERE = ['0.0.0.0/0', '::/0'];

function serviceOf(text: string): PlainService {
  if (text === 'any') return { protocol: 'any' };
  const [name = '', rest] = text.split('/');
  const protocol = PROTOCOLS[name] ?? Number(name);
  if (rest === undefined) return { protocol };
  if (protocol === 1 || protocol === 58) {
    const [type = '', code] = rest.split('.');
    return { protocol, type: Number(type), ...(code === undefined ? {} : { code: Number(code) }) };
  }
  const [first = '', last = first] = rest.split('-');
  return { protocol, ports: [Number(first), Number(last)] };
}

function serviceText(service: PlainService): string {
  if (service.protocol === 'any') return 'any';
  const name = Object.keys(PROTOCOLS).find((key) => PROTOCOLS[key] === service.protocol) ?? String(service.protocol);
  if ('ports' in service) {
    const [first, last] = service.ports;
    return first === last ? `${name}/${String(first)}` : `${name}/${String(first)}-${String(last)}`;
  }
  if (!('type' in service)) return name;
  return service.code === undefined
    ? `${name}/${String(service.type)}`
    : `${name}/${String(service.type)}.${String(service.code)}`;
}

/** `tcp/22 from 0.0.0.0/0` or `tcp/22 to sg:sg-1` as a rule. */
export function rule(text: string, id = text): PlainRule {
  const [service = '', preposition, peerText = ''] = text.split(' ');
  const peer: PlainPeer = peerText.includes('/') ? { cidr: peerText } : { named: peerText };
  return { id, direction: preposition === 'to' ? 'egress' : 'ingress', service: serviceOf(service), peer };
}

export function ruleText({ service, peer, direction }: PlainRule): string {
  const shown = 'cidr' in peer ? peer.cidr.replace(/(^|:)0(:0)+(?=\/|:|$)/, '::').replace(':::', '::') : peer.named;
  return `${serviceText(service)} ${direction === 'ingress' ? 'from' : 'to'} ${shown}`;
}

/** `tcp/80,tcp/443 from 10.0.0.0/8,self` as a clause; `anywhere` is both families, what is no CIDR is a name. */
export function clause(text: string, open = false): PlainClause {
  const [services = '', , all = ''] = text.split(' ');
  const peers = all === 'anywhere' ? ANYWHERE : all.split(',');
  const names = peers.filter((peer) => !peer.includes('/'));
  return {
    services: services.split(',').map(serviceOf),
    peers: peers.filter((peer) => peer.includes('/')),
    ...(names.length === 0 ? {} : { names }),
    open,
  };
}

type Clauses = Partial<Record<'allow' | 'deny' | 'require', readonly string[]>>;
type Rest = Partial<Omit<PlainPolicy, 'ingress' | 'egress'>> & { readonly egress?: Clauses; readonly open?: boolean };

function sides({ allow, deny = [], require = [] }: Clauses, open: boolean): PlainPolicy['ingress'] {
  return {
    ...(allow === undefined ? {} : { allow: allow.map((text) => clause(text)) }),
    deny: deny.map((text) => clause(text)),
    require: require.map((text) => clause(text, open)),
  };
}

/** A policy that enforces by narrowing, unless said otherwise. */
export function policy(ingress: Clauses, { egress = {}, open = false, ...rest }: Rest = {}): PlainPolicy {
  return {
    name: 'p1',
    mode: 'enforce',
    governs: true,
    revert: 'narrow',
    maxFragments: 20,
    overflow: 'hold',
    collateral: 'hold',
    graceMs: 0,
    byId: true,
    ingress: sides(ingress, open),
    egress: sides(egress, open),
    ...rest,
  };
}

export function plainOf(
  rules: readonly string[],
  policies: readonly PlainPolicy[],
  more: Partial<Pick<PlainCase, 'exceptions' | 'named' | 'aliases' | 'managedBy'>> = {},
): PlainCase {
  return { rules: rules.map((text) => rule(text)), policies, exceptions: [], named: {}, aliases: {}, ...more };
}

export interface Seen {
  readonly judged: Judged;
  readonly plan: Plan;
  /** All rules after the plan, in words, sorted. */
  readonly after: readonly string[];
}

export function seen(plain: PlainCase, carryOut: CarryOut = 'enforced'): Seen {
  const judged = judgedBy(CORE, plain);
  const plan = CORE.plan.planFor(judged.firewall, judged.drift, TRAITS, carryOut);
  const after = plainRulesOf(CORE.simulate.simulate(judged.firewall, plan.changes)).map(ruleText);
  return { judged, plan, after: after.toSorted() };
}
