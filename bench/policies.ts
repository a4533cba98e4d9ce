import type { PolicySet } from '../shared/core/model/policy.ts';
import { loadPolicy } from '../shared/policy/load.ts';
import { INTERNAL_V4, INTERNAL_V6, MANAGEMENT_V4, MANAGEMENT_V6, SERVICES, WEB } from './estate.ts';
import type { Service } from './estate.ts';

/** A clause of the benchmark's policies, before it is written as YAML or as Cedar. */
export interface Line {
  readonly effect: 'allow' | 'deny';
  readonly services: readonly string[];
  readonly from: readonly string[];
}

function serviceText({ protocol, first, last }: Service): string {
  return `${protocol}/${first === last ? String(first) : `${String(first)}-${String(last)}`}`;
}

const INTERNAL = [INTERNAL_V4, INTERNAL_V6];
const ANYWHERE = ['0.0.0.0/0', '::/0'];
/** Much of what is not the company's: its management network may come in by any protocol, and no denial hits it. */
const OUTSIDE = ['64.0.0.0/2', '128.0.0.0/1', '2a00::/12'];
const WEB_LINE: Line = { effect: 'allow', services: WEB.map((port) => `tcp/${String(port)}`), from: ANYWHERE };

/** The policy with two clauses: everything inside, and the web. */
const SMALLEST: readonly Line[] = [{ effect: 'allow', services: ['any'], from: [...INTERNAL, 'self'] }, WEB_LINE];

const ALWAYS: readonly Line[] = [
  WEB_LINE,
  { effect: 'allow', services: ['any'], from: [MANAGEMENT_V4, MANAGEMENT_V6, 'self'] },
  { effect: 'allow', services: ['icmp', 'icmpv6'], from: INTERNAL },
];

/** What no rule of the fleet needs, and everybody forbids. */
const DENIALS: readonly Line[] = [
  { effect: 'deny', services: ['tcp/21', 'tcp/23'], from: OUTSIDE },
  { effect: 'deny', services: ['tcp/3389', 'tcp/5900'], from: ['192.0.2.0/24', '203.0.113.0/24', '2001:db8::/32'] },
];

/** The company's networks in parts: each clause speaks of one, together they are all of it. */
function partsOf(count: number): readonly (readonly string[])[] {
  const bits = Math.log2(count);
  return Array.from({ length: count }, (_, index) => [
    `10.${String((index * 256) / count)}.0.0/${String(8 + bits)}`,
    `2600:1f14:${((index * 65536) / count).toString(16)}::/${String(32 + bits)}`,
  ]);
}

/** `count` clauses that allow the services inside, each some services from a part of the networks. */
function serviceLines(count: number): readonly Line[] {
  const parts = partsOf(count >= 1000 ? 4 : 1);
  const bundles = Math.floor(count / parts.length);
  const lines = Array.from({ length: bundles }, (_, bundle) =>
    SERVICES.filter((_service, index) => index % bundles === bundle).map(serviceText),
  );
  return lines
    .filter((services) => services.length > 0)
    .flatMap((services) => parts.map((from): Line => ({ effect: 'allow', services, from })));
}

/** Denials of single networks: a list of addresses that nobody wants to hear from, and ports that nobody should have. */
function denialLines(count: number): readonly Line[] {
  return Array.from({ length: count }, (_, index): Line => {
    const network = `185.${String(index % 256)}.${String((index * 7) % 256)}.0/24`;
    const six = `2a0e:${(index + 1).toString(16)}::/32`;
    const port = 20_000 + 13 * index;
    const services =
      index % 4 === 0 ? ['any'] : index % 4 === 1 ? [`tcp/${String(port)}-${String(port + 9)}`] : ['tcp/80', 'tcp/443'];
    return { effect: 'deny', services, from: index % 4 === 1 ? OUTSIDE : [network, six] };
  });
}

/** Clauses of a policy of this size. What the smallest one allows and the fleet has, they all allow. */
export function linesOf(clauses: 2 | 20 | 200 | 2000): readonly Line[] {
  if (clauses === 2) return SMALLEST;
  const fixed = [...ALWAYS, ...DENIALS];
  const services = serviceLines(clauses === 2000 ? 1440 : Math.round((clauses - fixed.length) * 0.7));
  return [...fixed, ...services, ...denialLines(clauses - fixed.length - services.length)];
}

/** The clauses as the policy language has them, in two policies where there are denials: what is allowed, what never is. */
export function policySetOf(lines: readonly Line[], at: Date): PolicySet {
  const clausesOf = (effect: Line['effect']): readonly object[] =>
    lines.filter((line) => line.effect === effect).map(({ services, from }) => ({ service: services, from }));
  const denials = clausesOf('deny');
  const policies = [
    { name: 'services', mode: 'enforce', match: { cloud: 'aws' }, ingress: { allow: clausesOf('allow') } },
    ...(denials.length === 0
      ? []
      : [{ name: 'never', mode: 'report', match: { cloud: 'aws', name: '*' }, ingress: { deny: denials } }]),
  ];
  const loaded = loadPolicy([{ name: 'bench.json', text: JSON.stringify({ version: 1, policies }) }], at);
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map((problem) => JSON.stringify(problem)).join('\n'));
  return loaded.set;
}
