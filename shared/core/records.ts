// Firewalls, findings, changes -> records: the JSON that commands print and the ledger keeps.
import type { Finding, Flows } from './model/finding.ts';
import { rulesOf } from './model/firewall.ts';
import type { Direction, Firewall } from './model/firewall.ts';
import type { Change, Collateral, HeldChange } from './model/plan.ts';
import type {
  ChangeRecord,
  CollateralRecord,
  FindingRecord,
  RuleRecord,
  RulesRecord,
  TargetRecord,
  TrafficRecord,
} from './model/record.ts';
import type { Rule, RuleContent } from './model/rule.ts';
import { everyProtocolPeers } from './pieces.ts';
import * as addresses from './space/addresses.ts';
import type { Addresses } from './space/addresses.ts';
import { blocksOf, blockText } from './space/cidr.ts';
import * as line from './space/line.ts';
import type { Line } from './space/line.ts';
import { ALL_PORTS, ANY_PROTOCOL, CODES, hasPorts, hasTypes, isWhole, PROTOCOL_NAMES, runsOf } from './space/slots.ts';
import type { Run, Slots } from './space/slots.ts';
import * as traffic from './space/traffic.ts';
import type { Traffic } from './space/traffic.ts';
import { flowsText, wantedText } from './spell.ts';

type Service = Pick<TrafficRecord, 'protocol' | 'ports' | 'icmp'>;

/** ICMP has no ranges in JSON: whole types where the run holds them, single codes at its ends. */
function typeServices(protocol: string | number, { from, end }: Run): readonly Service[] {
  const services: Service[] = [];
  let at = from;
  while (at < end) {
    const type = Math.floor(at / CODES);
    const wholeType = at % CODES === 0 && at + CODES <= end;
    services.push({ protocol, icmp: wholeType ? { type } : { type, code: at % CODES } });
    at += wholeType ? CODES : 1;
  }
  return services;
}

function servicesOf(slots: Slots): readonly Service[] {
  if (line.equal(slots, ANY_PROTOCOL)) return [{ protocol: 'any' }];
  return runsOf(slots).flatMap((run): readonly Service[] => {
    const protocol = PROTOCOL_NAMES.get(run.protocol) ?? run.protocol;
    if (isWhole(run)) return [{ protocol }];
    if (hasTypes(run.protocol)) return typeServices(protocol, run);
    return hasPorts(run.protocol) ? [{ protocol, ports: [run.from, run.end - 1] }] : [{ protocol }];
  });
}

function blockTexts(who: Addresses): readonly string[] {
  return blocksOf(who).map(blockText);
}

function trafficRecords(flows: Traffic): readonly TrafficRecord[] {
  const everybody = everyProtocolPeers(flows);
  const rest = traffic.difference(flows, traffic.trafficOf(ANY_PROTOCOL, everybody));
  const all = blockTexts(everybody).map((peer): TrafficRecord => ({ protocol: 'any', peer }));
  const others = rest.flatMap(({ from, end, who }) => {
    const peers = blockTexts(who);
    return servicesOf([from, end]).flatMap((service) => peers.map((peer): TrafficRecord => ({ ...service, peer })));
  });
  return [...all, ...others];
}

/** Flows as records that are disjoint and together exactly those flows. */
export function flowsRecords(flows: Flows): readonly TrafficRecord[] {
  if (flows.kind === 'addresses') return trafficRecords(flows.traffic);
  return servicesOf(flows.slots).map((service) => ({ ...service, peer: flows.peer }));
}

function sourcePortsRecords(sourcePorts: Line<number>): readonly Pick<TrafficRecord, 'sourcePorts'>[] {
  if (line.equal(sourcePorts, ALL_PORTS)) return [{}];
  return line.rangesOf(sourcePorts).map(([from, end]) => ({ sourcePorts: [from, end - 1] }));
}

function ownRecords(own: Addresses): readonly Pick<TrafficRecord, 'own'>[] {
  return addresses.equal(own, addresses.ANYWHERE) ? [{}] : blockTexts(own).map((text) => ({ own: text }));
}

function contentRecords({ box, description, tags }: RuleContent): readonly RuleRecord[] {
  const peers = box.peer.kind === 'named' ? [box.peer.name] : blockTexts(box.peer.addresses);
  const parts = servicesOf(box.slots).flatMap((service) => peers.map((peer) => ({ ...service, peer })));
  return parts.flatMap((part) =>
    sourcePortsRecords(box.sourcePorts).flatMap((sourcePorts) =>
      ownRecords(box.own).map((own) => ({
        action: 'allow',
        ...part,
        ...sourcePorts,
        ...own,
        ...(description === '' ? {} : { description }),
        ...(Object.keys(tags).length === 0 ? {} : { tags }),
      })),
    ),
  );
}

/** One record for each peer and port range of a rule; most rules have one of each. */
export function ruleRecords(rule: Rule): readonly RuleRecord[] {
  return contentRecords(rule).map((record) => ({ id: rule.id, ...record }));
}

/** Every rule of the firewall: the image that a rollback can put back. */
export function rulesRecord(firewall: Firewall): RulesRecord {
  const records = (direction: Direction): readonly RuleRecord[] => rulesOf(firewall, direction).flatMap(ruleRecords);
  return { ingress: records('ingress'), egress: records('egress') };
}

export function targetRecord({ target, networks, name, tags }: Firewall): TargetRecord {
  const { cloud, account, region, id } = target;
  return { cloud, account, region, networks, id, name, tags };
}

function evidence(finding: Finding): Pick<FindingRecord, 'rule' | 'traffic' | 'text'> {
  switch (finding.kind) {
    case 'excess':
      return {
        rule: finding.rule.id,
        traffic: flowsRecords(finding.flows),
        text: flowsText(finding.direction, finding.flows),
      };
    case 'missing': {
      const { direction, missing } = finding;
      return {
        rule: null,
        traffic: [...trafficRecords(missing.traffic), ...missing.named.flatMap(flowsRecords)],
        text: wantedText(direction, missing),
      };
    }
    case 'limit':
      return {
        rule: null,
        traffic: trafficRecords(finding.traffic),
        text: `${String(finding.count)} ports open to \`internet\`, more than the ${String(finding.limit)} of the limit`,
      };
    case 'unread':
      return { rule: finding.rule, traffic: [], text: finding.problem };
  }
}

export function findingRecord(firewall: Firewall, finding: Finding): FindingRecord {
  const { id, direction, kind, certainty, policies, clause, place, why, mode, handling } = finding;
  return {
    id,
    target: targetRecord(firewall),
    direction,
    kind,
    certainty,
    policies,
    clause,
    at: `${place.file}:${String(place.line)}`,
    ...(why === undefined ? {} : { why }),
    ...evidence(finding),
    mode,
    ...(Object.keys(handling.ticket).length === 0 ? {} : { ticket: handling.ticket }),
  };
}

export function changeRecord(change: Change): ChangeRecord {
  const { kind, direction } = change;
  const rule = change.kind === 'add' ? undefined : ruleRecords(change.rule)[0];
  const becomes = change.kind === 'remove' ? undefined : change.becomes.flatMap(contentRecords);
  return { kind, direction, ...(rule === undefined ? {} : { rule }), ...(becomes === undefined ? {} : { becomes }) };
}

export function heldRecord({ kind, direction, rule, reason }: HeldChange): ChangeRecord {
  const record = rule === undefined ? undefined : ruleRecords(rule)[0];
  return { kind, direction, ...(record === undefined ? {} : { rule: record }), held: reason };
}

export function collateralRecords({ direction, flows }: Collateral): readonly CollateralRecord[] {
  return flowsRecords(flows).map((record) => ({ direction, ...record }));
}

/** The service of a record: `tcp/443`, `icmp/3.4`, `50`. */
export function recordService({ protocol, ports, icmp }: TrafficRecord): string {
  const [first, last] = ports ?? [];
  const port = first === undefined ? '' : `/${String(first)}${first === last ? '' : `-${String(last)}`}`;
  const code = icmp?.code === undefined ? '' : `.${String(icmp.code)}`;
  return `${String(protocol)}${port}${icmp === undefined ? '' : `/${String(icmp.type)}${code}`}`;
}

/** A record in one line: `tcp/443 from 203.0.113.0/24`. */
export function recordText(direction: Direction, record: TrafficRecord): string {
  return `${recordService(record)} ${direction === 'ingress' ? 'from' : 'to'} ${record.peer}`;
}
