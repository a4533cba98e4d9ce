import type { Direction } from '../core/model/firewall.ts';

/** The keys that one kind of mapping may have. */
export interface Shape {
  /** What the mapping is, for a message: `a clause`. */
  readonly noun: string;
  readonly known: readonly string[];
  /** Keys of the language that this version does not carry out, with what to do instead. Refused: a key must not be ignored. */
  readonly later: Readonly<Record<string, string>>;
  /** What people from other tools call a key that takes the same value here. The value is read as if it stood there. */
  readonly renamed: Readonly<Record<string, string>>;
  /** What they write otherwise altogether, with the key that does it here. What stands below it cannot be read. */
  readonly instead: Readonly<Record<string, string>>;
}

export const FILE: Shape = {
  noun: 'a policy file',
  known: ['version', 'define', 'policies', 'instances', 'exceptions', 'guard', 'limits', 'pause'],
  later: {},
  renamed: {
    policy: 'policies',
    exception: 'exceptions',
    definitions: 'define',
    instance: 'instances',
    paused: 'pause',
  },
  instead: { rules: 'policies' },
};

export const DEFINE: Shape = {
  noun: '`define`',
  known: ['networks', 'services'],
  later: {},
  renamed: { peers: 'networks', cidrs: 'networks' },
  instead: { ports: 'services' },
};

export const POLICY: Shape = {
  noun: 'a policy',
  known: [
    ...['name', 'match', 'mode', 'after', 'grace', 'revert', 'maxFragments', 'overflow', 'collateral', 'defaults'],
    ...['ingress', 'egress', 'limits', 'ticket'],
  ],
  later: { approvers: 'leave it out (who may approve is settled where plans are approved)' },
  renamed: { id: 'name', inbound: 'ingress', outbound: 'egress' },
  instead: { action: 'mode', scope: 'match', filter: 'match' },
};

export const MATCH: Shape = {
  noun: '`match`',
  known: ['cloud', 'account', 'region', 'network', 'resourceGroup', 'id', 'name', 'tags', 'not'],
  later: {},
  renamed: {
    vpc: 'network',
    vnet: 'network',
    vpcId: 'network',
    subscription: 'account',
    group: 'id',
    groupId: 'id',
    labels: 'tags',
  },
  instead: {},
};

export const DIRECTION: Shape = {
  noun: 'a direction',
  known: ['allow', 'deny', 'require'],
  later: {},
  renamed: { permit: 'allow', block: 'deny', forbid: 'deny' },
  instead: { rules: 'allow' },
};

const CLAUSE_KEYS = ['service', 'from', 'to', 'during', 'why', 'name'] as const;

export const ALLOW: Shape = {
  noun: 'an `allow` clause',
  known: [...CLAUSE_KEYS, 'within'],
  later: {},
  renamed: { services: 'service', description: 'why', reason: 'why', comment: 'why', schedule: 'during' },
  instead: { port: 'service', ports: 'service', protocol: 'service', days: 'during', hours: 'during' },
};

export const DENY: Shape = { ...ALLOW, noun: 'a `deny` clause', known: [...CLAUSE_KEYS, 'firm'] };

export const REQUIRE: Shape = { ...ALLOW, noun: 'a `require` clause', known: [...CLAUSE_KEYS, 'open'] };

export const EXCEPT: Shape = { ...ALLOW, noun: 'a clause of an exception' };

/** A clause's keys. What other tools call the other side of a flow depends on who starts it. */
export function clauseShapeOf(direction: Direction, shape: Shape): Shape {
  const peerKeys = direction === 'ingress' ? { source: 'from', cidr: 'from' } : { destination: 'to', cidr: 'to' };
  return { ...shape, renamed: { ...shape.renamed, ...peerKeys } };
}

export const EXCEPTION: Shape = {
  noun: 'an exception',
  known: ['name', 'match', 'ingress', 'egress', 'until', 'approved'],
  later: {},
  renamed: { expires: 'until' },
  instead: { approvedBy: 'approved', approval: 'approved', ticket: 'approved' },
};

export const APPROVED: Shape = {
  noun: '`approved`',
  known: ['by', 'ticket'],
  later: {},
  renamed: { who: 'by', change: 'ticket' },
  instead: {},
};

export const DURING: Shape = {
  noun: '`during`',
  known: ['days', 'hours', 'zone'],
  later: {},
  renamed: {
    day: 'days',
    weekdays: 'days',
    hour: 'hours',
    time: 'hours',
    times: 'hours',
    timezone: 'zone',
    timeZone: 'zone',
    tz: 'zone',
  },
  instead: { from: 'hours', to: 'hours', start: 'hours', end: 'hours' },
};

export const TICKET: Shape = {
  noun: '`ticket`',
  known: ['assignmentGroup', 'impact', 'urgency'],
  later: {},
  renamed: { group: 'assignmentGroup', assignment_group: 'assignmentGroup' },
  instead: { priority: 'urgency', severity: 'impact' },
};

/** `limits` of one policy. */
export const LIMITS: Shape = {
  noun: '`limits` of a policy',
  known: ['openPorts'],
  later: {},
  renamed: { ports: 'openPorts' },
  instead: {},
};

/** `limits` at the top of a file. */
export const OVERALL_LIMITS: Shape = {
  noun: '`limits` at the top of a file',
  known: ['exposedFirewallsShare'],
  later: {},
  renamed: { exposedFirewalls: 'exposedFirewallsShare' },
  instead: {},
};

export const INSTANCE: Shape = {
  noun: 'an item of `instances`',
  known: ['name', 'match', 'firewalls'],
  later: {},
  renamed: { id: 'name' },
  instead: { groups: 'firewalls', securityGroups: 'firewalls', require: 'firewalls', allow: 'firewalls' },
};

export const FIREWALLS: Shape = {
  noun: '`firewalls`',
  known: ['require', 'allow'],
  later: {},
  renamed: { permit: 'allow' },
  instead: {},
};

export const GUARD: Shape = {
  noun: '`guard`',
  known: [
    'maxChangesPerFirewall',
    'maxChangesPerRun',
    'maxChangedFirewalls',
    'maxRevertsPerFinding',
    'maxTicketsPerHour',
    'maxExceptionDays',
    'maxGrant',
    'leaveAfter',
  ],
  later: {},
  renamed: {},
  instead: { maxGrantHours: 'maxGrant', maxChanges: 'maxChangesPerRun', maxTickets: 'maxTicketsPerHour' },
};

export const CHANGED_FIREWALLS: Shape = {
  noun: '`maxChangedFirewalls`',
  known: ['share', 'atLeast', 'within'],
  later: {},
  renamed: { percent: 'share', minimum: 'atLeast', per: 'within' },
  instead: {},
};

export const REVERTS_PER_FINDING: Shape = {
  noun: '`maxRevertsPerFinding`',
  known: ['count', 'within'],
  later: {},
  renamed: { times: 'count', per: 'within' },
  instead: {},
};

/** In the order in which a stray key's home is looked for: `name` is said of a policy first. */
export const SHAPES: readonly Shape[] = [
  ...[FILE, DEFINE, POLICY, MATCH, DIRECTION, ALLOW, DENY, REQUIRE, EXCEPT, EXCEPTION, APPROVED],
  ...[DURING, TICKET, LIMITS, OVERALL_LIMITS, INSTANCE, FIREWALLS, GUARD, CHANGED_FIREWALLS, REVERTS_PER_FINDING],
];
