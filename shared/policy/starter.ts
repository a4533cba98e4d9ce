// Answers to five questions -> a first policy, with comments that teach.
import type { Mode } from '../core/model/policy.ts';
import * as line from '../core/space/line.ts';
import { slotsOfServices } from './sensitive.ts';
import { policyFileText, proseLines } from './written.ts';
import type { Comment, TextClause } from './written.ts';

/** What a first policy is made from. Services and peers are texts of the policy language, known to mean something. */
export interface Answers {
  /** Undefined: every account that the credentials see. */
  readonly account: string | undefined;
  /** Undefined: every region. */
  readonly region: string | undefined;
  /** From where people administer machines; empty: from nowhere outside. */
  readonly office: readonly string[];
  /** What everybody on the internet may reach. */
  readonly public: readonly string[];
  /** What nobody on the internet ever may. */
  readonly never: readonly string[];
  readonly mode: Mode & ('report' | 'enforce');
}

/** What an office administers machines by. */
export const ADMIN_SERVICES = ['tcp/22', 'tcp/3389'];

/** What is offered for `never`: what most breaches by an open port come in by. */
export const NEVER_SERVICES = [
  'tcp/22',
  'tcp/3389',
  'tcp/445',
  'tcp/1433',
  'tcp/3306',
  'tcp/5432',
  'tcp/6379',
  'tcp/9200',
  'tcp/27017',
];

export const PUBLIC_SERVICES = ['tcp/443', 'tcp/80'];

function overlap(services: readonly string[], others: readonly string[]): boolean {
  return line.intersection(slotsOfServices(services), slotsOfServices(others)).length > 0;
}

/** Those of some services that have nothing in common with others. */
export function apartFrom(services: readonly string[], others: readonly string[]): readonly string[] {
  return services.filter((service) => !overlap([service], others));
}

const HEAD = [
  'A first policy, made by `portcullis init`. It says what the security groups below may let through; `check` finds',
  'what else they do. Whatever no clause allows is forbidden.',
  '',
  'Look at it with `portcullis validate`, then at what it finds with `portcullis check --cloud aws --region REGION`,',
  'and at what enforcing it would change with `portcullis plan`, which changes nothing either.',
];

function modeComment(mode: Answers['mode']): Comment {
  if (mode === 'enforce') {
    return [
      '`enforce`: what is not allowed is taken away, down to what is, and a ticket says so. Write `report` to look only.',
    ];
  }
  return [
    '`report`: tickets only, nothing is changed. Once `plan` shows nothing that you would miss, write `enforce` here.',
  ];
}

const INSIDE =
  '`private` is RFC 1918 and its like, `network` the ranges of the VPC that a group is in. A wide door to begin with: ' +
  'narrow it once you know who talks to whom inside. `portcullis init --from live` shows that.';

function allowsOf({ office, public: open }: Answers): readonly TextClause[] {
  const reached: readonly TextClause[] =
    open.length === 0
      ? []
      : [
          {
            comment: ['What the world may reach. `anywhere` is every address of IPv4 and IPv6.'],
            services: ['public'],
            peers: ['anywhere'],
            why: 'public services',
          },
        ];
  const administered: readonly TextClause[] =
    office.length === 0
      ? []
      : [
          {
            comment: ['Your own people, from the networks that `office` names above.'],
            services: ['admin'],
            peers: ['office'],
            why: 'administration by our own people',
          },
        ];
  return [
    ...reached,
    ...administered,
    {
      comment: proseLines(INSIDE, 8),
      services: ['any'],
      peers: ['private', 'network'],
      why: 'our own networks, until we know better',
    },
    {
      comment: ['Path MTU discovery. Without it large packets are lost in silence.'],
      services: ['icmp/3.4', 'icmpv6/2'],
      peers: ['anywhere'],
    },
  ];
}

const OFFICE_SPARED =
  'What `office` may use is not in here, since it would be denied to the office, too. It is closed to all others all the ' +
  'same: no clause allows it to them.';

function denyOf({ office, never }: Answers): readonly TextClause[] {
  const denied = office.length === 0 ? never : apartFrom(never, ADMIN_SERVICES);
  if (denied.length === 0) return [];
  const why = office.length === 0 ? '' : OFFICE_SPARED;
  return [
    {
      comment: [
        'Deny wins over allow, also over one that somebody adds to another policy later.',
        ...proseLines(why, 8),
      ],
      services: ['never-public'],
      peers: ['internet'],
      why: 'never reached from the internet',
    },
  ];
}

function definitionsOf(answers: Answers): {
  readonly comment: Comment;
  readonly networks: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, readonly string[]>>;
} {
  const { office, public: open, never } = answers;
  const denied = office.length === 0 ? never : apartFrom(never, ADMIN_SERVICES);
  return {
    comment: ['Names for the clauses below, so that a port or an office is written down once.'],
    networks: office.length === 0 ? {} : { office },
    services: {
      ...(open.length === 0 ? {} : { public: open }),
      ...(office.length === 0 ? {} : { admin: ADMIN_SERVICES }),
      ...(denied.length === 0 ? {} : { 'never-public': denied }),
    },
  };
}

function matchOf({ account, region }: Answers): Readonly<Record<string, string>> {
  return { cloud: 'aws', ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
}

/** The text of a first policy. */
export function starterText(answers: Answers): string {
  const deny = denyOf(answers);
  return policyFileText({
    comment: HEAD,
    define: definitionsOf(answers),
    policies: [
      {
        comment: proseLines(
          'One policy for every security group that `match` fits. Later: one for each role, by `tags` or `name`.',
          2,
        ),
        name: 'first policy',
        match: matchOf(answers),
        mode: answers.mode,
        modeComment: modeComment(answers.mode),
        ingress: {
          comment: [
            'Who may start a flow to the machines behind a group. Replies always pass. Nothing is said of `egress` yet.',
          ],
          allow: allowsOf(answers),
          ...(deny.length === 0 ? {} : { deny }),
        },
      },
    ],
  });
}
