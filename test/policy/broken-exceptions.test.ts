import { describe, it } from 'vitest';
import { exceptionWith, judgeBroken } from './policies.ts';
import type { BrokenCase } from './policies.ts';

const OPENS = 'ingress: [{ service: any, from: private }]';
const END = 'until: 2026-12-01T00:00:00Z';
const APPROVED = 'approved: { by: alex, ticket: CHG0030192 }';

describe('broken exceptions', () => {
  it.each<BrokenCase>([
    [
      'no match, no end, no approval',
      exceptionWith(`name: move, ${OPENS}`),
      [
        '5: an exception has no `approved`; write `approved: { by: alex@example.com, ticket: CHG0030192 }`',
        '5: an exception has no `match`; write `match: { id: sg-0123456789abcdef0 }`',
        '5: an exception has no `until`; write `until: 2026-12-01T00:00:00Z`',
      ],
    ],
    [
      'a match by tags',
      exceptionWith(`name: move, match: { tags: { role: web } }, ${OPENS}, ${END}, ${APPROVED}`),
      [
        '5: an exception\'s `match` must name an `id` or an `account`; write `id: sg-0123456789abcdef0` or `account: "111122223333"`',
      ],
    ],
    ...['account: "*"', 'account: "????????????"', 'id: "?*"', 'id: "*?"', 'id: "sg-*"', 'id: "s?*-0*"'].map(
      (every): BrokenCase => [
        `a match of ${every}`,
        exceptionWith(`name: move, match: { ${every} }, ${OPENS}, ${END}, ${APPROVED}`),
        [
          `5: an exception's \`match\` must name an \`id\` or an \`account\`, and \`${every}\` leaves none out; write \`id: sg-0123456789abcdef0\` or \`account: "111122223333"\``,
        ],
      ],
    ),
    [
      'one glob for all beside an id',
      exceptionWith(`name: move, match: { id: [sg-1, "sg-*"] }, ${OPENS}, ${END}, ${APPROVED}`),
      [
        '5: an exception\'s `match` must name an `id` or an `account`, and `id: "sg-*"` leaves none out; write `id: sg-0123456789abcdef0` or `account: "111122223333"`',
      ],
    ],
    [
      'a match with nothing but an unknown key',
      exceptionWith(`name: move, match: { colour: red }, ${OPENS}, ${END}, ${APPROVED}`),
      [
        '5: an exception\'s `match` must name an `id` or an `account`; write `id: sg-0123456789abcdef0` or `account: "111122223333"`',
        '5: unknown key `colour` in `match`; the keys here are `cloud`, `account`, `region`, `network`, `resourceGroup`, `id`, `name`, `tags`, `not`',
      ],
    ],
    [
      'more than 90 days',
      exceptionWith(`name: move, match: { id: sg-1 }, ${OPENS}, until: 2027-11-24T00:00:00Z, ${APPROVED}`),
      [
        '5: exception ends `2027-11-24T00:00:00Z`, more than 90 days ahead; write `2027-02-22T12:00:00Z` or earlier, and renew it then',
      ],
    ],
    [
      'a day without an hour',
      exceptionWith(`name: move, match: { id: sg-1 }, ${OPENS}, until: 2026-12-01, ${APPROVED}`),
      ['5: time `2026-12-01` has no hour; write `2026-12-01T00:00:00Z`'],
    ],
    [
      'no time zone',
      exceptionWith(`name: move, match: { id: sg-1 }, ${OPENS}, until: "2026-12-01T00:00:00", ${APPROVED}`),
      ['5: time `2026-12-01T00:00:00` has no time zone; write `2026-12-01T00:00:00Z` for UTC'],
    ],
    [
      'a day that does not exist',
      exceptionWith(`name: move, match: { id: sg-1 }, ${OPENS}, until: "2026-11-31T00:00:00Z", ${APPROVED}`),
      ['5: time `2026-11-31T00:00:00Z` does not exist; check its month, day and hour'],
    ],
    [
      'a time in words',
      exceptionWith(`name: move, match: { id: sg-1 }, ${OPENS}, until: next week, ${APPROVED}`),
      ['5: time `next week` is not readable; write it like `2026-12-01T00:00:00Z`'],
    ],
    [
      'an approval without a ticket',
      exceptionWith(`name: move, match: { id: sg-1 }, ${OPENS}, until: 2026-12-01T00:00:00Z, approved: { by: alex }`),
      ['5: `approved` has no `ticket`; write `ticket: CHG0030192`'],
    ],
    [
      'an approval in one word',
      exceptionWith(`name: move, match: { id: sg-1 }, ${OPENS}, until: 2026-12-01T00:00:00Z, approved: alex`),
      [
        '5: `approved` is a mapping, and this is `alex`; write `approved: { by: alex@example.com, ticket: CHG0030192 }`',
      ],
    ],
    [
      'clauses as a policy has them',
      exceptionWith(`name: move, match: { id: sg-1 }, ingress: { allow: [] }, ${END}, ${APPROVED}`),
      ['5: `ingress` is a mapping; write a list of what it lets through: `- { service: ..., from: ... }`'],
    ],
    [
      'nothing let through',
      exceptionWith(`name: move, match: { id: sg-1 }, ${END}, ${APPROVED}`),
      ['5: an exception has neither `ingress` nor `egress`, so it lets nothing through; write one of them'],
    ],
    [
      'an empty list',
      exceptionWith(`name: move, match: { id: sg-1 }, egress: [], ${END}, ${APPROVED}`),
      ['5: `egress` is an empty list; write what it lets through, or remove it'],
    ],
  ])('%s', judgeBroken);
});
