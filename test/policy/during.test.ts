import { describe, expect, it } from 'vitest';
import { WEEKDAYS } from '../../shared/core/model/policy.ts';
import type { During, Weekday } from '../../shared/core/model/policy.ts';
import { allowing, exceptionWith, judgeBroken, onlyPolicy, policyWith, setOf } from './policies.ts';

function clause(during: string): string {
  return `{ service: tcp/22, from: private, during: ${during} }`;
}

const WORKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

describe('times of a clause', () => {
  it.each<[text: string, during: During]>([
    [
      '{ days: mon-fri, hours: "08:00-20:00", zone: Asia/Shanghai }',
      { days: WORKDAYS, hours: { from: 480, to: 1200 }, zone: 'Asia/Shanghai' },
    ],
    ['{ hours: 05:00-03:00, zone: UTC }', { days: WEEKDAYS, hours: { from: 300, to: 180 }, zone: 'UTC' }],
    ['{ days: sat, zone: Asia/Kolkata }', { days: ['sat'], hours: undefined, zone: 'Asia/Kolkata' }],
    ['{ days: fri-mon, zone: UTC }', { days: ['mon', 'fri', 'sat', 'sun'], hours: undefined, zone: 'UTC' }],
    ['{ days: sun - mon, zone: UTC }', { days: ['mon', 'sun'], hours: undefined, zone: 'UTC' }],
    [
      '{ days: [thu, mon-tue, tue], zone: America/Argentina/Ushuaia }',
      { days: ['mon', 'tue', 'thu'], hours: undefined, zone: 'America/Argentina/Ushuaia' },
    ],
    ['{ days: mon-sun, zone: Japan }', { days: WEEKDAYS, hours: undefined, zone: 'Japan' }],
    ['{ hours: "22:30-24:00", zone: UTC }', { days: WEEKDAYS, hours: { from: 1350, to: 1440 }, zone: 'UTC' }],
    ['{ hours: "00:00-24:00", zone: UTC }', { days: WEEKDAYS, hours: { from: 0, to: 1440 }, zone: 'UTC' }],
  ])('%s', (text, during) => {
    expect(onlyPolicy(allowing(clause(text))).ingress.allow![0]!.during).toEqual(during);
  });

  it('may bound every clause', () => {
    const during = 'during: { days: sat, zone: UTC }';
    const { egress } = onlyPolicy(
      policyWith(
        `egress: { deny: [{ service: tcp/25, to: anywhere, ${during} }], require: [{ service: tcp/53, to: private, ${during} }] }`,
      ),
    );
    const [exception] = setOf(
      exceptionWith(
        `name: move, match: { id: sg-1 }, egress: [{ service: any, to: private, ${during} }], until: 2026-12-01T00:00:00Z, approved: { by: alex, ticket: CHG0030192 }`,
      ),
    ).exceptions;
    const clauses = [...egress.deny, ...egress.require, ...exception!.egress];
    expect(clauses.map((one) => one.during?.days)).toEqual([['sat'], ['sat'], ['sat']]);
  });
});

const EXAMPLE = '`during: { days: mon-fri, hours: "08:00-20:00", zone: Asia/Shanghai }`';
const HOURS = 'write it like `"08:00-20:00"`, or `"22:00-06:00"` over midnight';
const PLACE = 'write the name of a place whose clocks are meant, such as `Asia/Shanghai`, or `UTC`';
const OFFSET = `which knows no summer time; ${PLACE}`;
const NO_ZONE = '`during` has no `zone`; write `zone: Asia/Shanghai`, the place whose clocks are meant, or `zone: UTC`';
const NO_TIMES =
  '`during` has neither `days` nor `hours`; write one of them, or leave `during` out for a clause that is always live';

describe('broken times', () => {
  it.each<[text: string, ...problems: readonly string[]]>([
    ['mon-fri', `\`during\` is a mapping, and this is \`mon-fri\`; write ${EXAMPLE}`],
    ['{}', NO_TIMES, NO_ZONE],
    ['{ zone: UTC }', NO_TIMES],
    ['{ days: mon }', NO_ZONE],
    ['{ days: mon, timezone: UTC }', 'unknown key `timezone` in `during`; write `zone`'],
    ['{ days: mon, start: 08:00, zone: UTC }', 'unknown key `start` in `during`; write `hours`'],
    ['{ hours: 8, zone: UTC }', `\`hours\` is \`8\`; ${HOURS}, in quotes`],
    ['{ hours: , zone: UTC }', `\`hours\` is empty; ${HOURS}, in quotes`],
    ['{ hours: 8-20, zone: UTC }', 'hours `8-20` are not readable; write `"08:00-20:00"`'],
    ['{ hours: "8:30 – 20:00", zone: UTC }', 'hours `8:30 – 20:00` are not readable; write `"08:30-20:00"`'],
    ['{ hours: 9am-5pm, zone: UTC }', `hours \`9am-5pm\` are not readable; ${HOURS}`],
    ['{ hours: 08:00, zone: UTC }', 'hours `08:00` have no end; write it like `"08:00-20:00"`'],
    [
      '{ hours: 08:60-20:00, zone: UTC }',
      'hours `08:60-20:00` have `08:60`, which no clock shows; times go from `00:00` to `24:00`',
    ],
    [
      '{ hours: 08:00-24:01, zone: UTC }',
      'hours `08:00-24:01` have `24:01`, which no clock shows; times go from `00:00` to `24:00`',
    ],
    ['{ hours: 24:00-06:00, zone: UTC }', 'hours `24:00-06:00` begin at the end of a day; write `"00:00-06:00"`'],
    [
      '{ hours: 08:00-08:00, zone: UTC }',
      'hours `08:00-08:00` end when they begin; for the whole day leave `hours` out, or write `"00:00-24:00"`',
    ],
    [
      '{ hours: [08:00-10:00, 12:00-13:00], zone: UTC }',
      '`hours` is a list; write one range, and a clause of its own for each other',
    ],
    ['{ days: monday, zone: UTC }', 'days `monday` are not readable; write `mon`'],
    ['{ days: Mon-Friday, zone: UTC }', 'days `Mon-Friday` are not readable; write `mon-fri`'],
    ['{ days: "mon,tue", zone: UTC }', 'days `mon,tue` are a list in one text; write a YAML list: `[mon, tue]`'],
    [
      '{ days: mon-mon, zone: UTC }',
      'days `mon-mon` begin and end on one day; write `mon`, or leave `days` out for every day',
    ],
    [
      '{ days: mon-wed-fri, zone: UTC }',
      'days `mon-wed-fri` are not readable; write them like `mon-fri` or `[mon, thu]`',
    ],
    ['{ days: mon-, zone: UTC }', 'days `mon-` are not readable; write them like `mon-fri` or `[mon, thu]`'],
    ['{ days: weekdays, zone: UTC }', 'unknown day `weekdays`; write `mon-fri`'],
    ['{ days: mon-fry, zone: UTC }', 'unknown day `fry` in `mon-fry`; write `fri`'],
    ['{ days: [sat, 1], zone: UTC }', 'unknown day `1`; write one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`'],
    ['{ days: [], zone: UTC }', '`days` is an empty list; write at least one item'],
    ['{ days: sat, zone: Asia/Shanghia }', 'unknown zone `Asia/Shanghia`; did you mean `Asia/Shanghai`?'],
    ['{ days: sat, zone: New York }', 'unknown zone `New York`; did you mean `America/New_York`?'],
    ['{ days: sat, zone: Mars/Phobos }', `unknown zone \`Mars/Phobos\`; ${PLACE}`],
    ['{ days: sat, zone: asia/shanghai }', 'zone `asia/shanghai` is spelled otherwise; write `Asia/Shanghai`'],
    ['{ days: sat, zone: utc }', 'zone `utc` is spelled otherwise; write `UTC`'],
    ['{ days: sat, zone: +08:00 }', `zone \`+08:00\` is an offset, ${OFFSET}`],
    ['{ days: sat, zone: +8 }', `zone \`+8\` is an offset, ${OFFSET}`],
    ['{ days: sat, zone: UTC-3 }', `zone \`UTC-3\` is an offset, ${OFFSET}`],
    ['{ days: sat, zone: CST }', 'zone `CST` is an abbreviation; write `America/Chicago` or `Asia/Shanghai`'],
    ['{ days: sat, zone: Z }', 'zone `Z` is an abbreviation; write `UTC`'],
    ['{ days: sat, zone: EST5EDT }', `zone \`EST5EDT\` is an abbreviation; ${PLACE}`],
    ['{ days: sat, zone: [UTC] }', '`zone` is a list; write a text'],
  ])('%s', (text, ...problems) => {
    judgeBroken(
      text,
      allowing(clause(text)),
      problems.map((problem) => `6: ${problem}`),
    );
  });
});
