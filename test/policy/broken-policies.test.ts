import { describe, it } from 'vitest';
import { judgeBroken, policyWith } from './policies.ts';
import type { BrokenCase } from './policies.ts';

describe('broken policies', () => {
  it.each<BrokenCase>([
    [
      'no name',
      'version: 1\npolicies:\n  - ingress: { allow: [] }\n',
      ['3: a policy has no `name`; write `name: web tier`'],
    ],
    [
      'nothing said',
      'version: 1\npolicies:\n  - name: web\n',
      ['3: a policy has neither `ingress` nor `egress` nor `limits`, so it says nothing; write one of them'],
    ],
    [
      'an empty direction',
      'version: 1\npolicies:\n  - { name: web, ingress: {} }\n',
      ['3: `ingress` is empty; write `allow`, `deny` or `require`, or remove it'],
    ],
    [
      'an unknown mode',
      policyWith('mode: enforced'),
      ['3: `mode` cannot be `enforced`; did you mean `enforce`? (one of `enforce`, `approve`, `report`, `observe`)'],
    ],
    [
      'an unknown revert',
      policyWith('revert: rollback'),
      ['3: `revert` cannot be `rollback`; write one of `narrow`, `remove`, `restore`'],
    ],
    [
      'no fragments',
      policyWith('maxFragments: 0'),
      ['3: `maxFragments` is `0`; write a whole number from 1 to 100, without quotes'],
    ],
    [
      'fragments in quotes',
      policyWith('maxFragments: "20"'),
      ['3: `maxFragments` is the text `20`; write a whole number from 1 to 100, without quotes'],
    ],
    [
      'an unknown overflow',
      policyWith('overflow: allow'),
      ['3: `overflow` cannot be `allow`; write one of `hold`, `remove`'],
    ],
    [
      'a word of other tools',
      'version: 1\npolicies:\n  - { name: web, inbound: { allow: [] } }\n',
      ['3: unknown key `inbound` in a policy; write `ingress`'],
    ],
    [
      'an account without quotes',
      policyWith('match: { account: 111122223333 }'),
      ['3: account `111122223333` is a number, which may have lost leading zeros; put it in quotes: `"111122223333"`'],
    ],
    [
      'an account that lost its zeros',
      policyWith('match: { account: 1122223333 }'),
      ['3: account `1122223333` is a number, which may have lost leading zeros; put it in quotes: `"001122223333"`'],
    ],
    [
      'a short account',
      policyWith('match: { account: "1122223333" }'),
      ['3: account `1122223333` has 10 digits; an AWS account has 12, leading zeros included'],
    ],
    [
      'an account as the console shows it',
      policyWith('match: { account: 1111-2222-3333 }'),
      ['3: account `1111-2222-3333` has more than digits; write `"111122223333"`'],
    ],
    [
      'an account by name',
      policyWith('match: { account: production }'),
      ['3: account `production` is no AWS account (12 digits) and no Azure subscription; write its id, not its name'],
    ],
    [
      'a number for a tag',
      policyWith('match: { tags: { stage: 1 } }'),
      ['3: `stage` is a number, not a text; put it in quotes: `"1"`'],
    ],
    [
      'no tags',
      policyWith('match: { tags: {} }'),
      ['3: `tags` is empty; write `{ env: prod }`, or `{ env: "*" }` for any value'],
    ],
    [
      'an unknown cloud',
      policyWith('match: { cloud: amazon }'),
      ['3: no cloud is called `amazon`; write `aws` or `azure`'],
    ],
    ['a word of the cloud', policyWith('match: { vpc: vpc-1 }'), ['3: unknown key `vpc` in `match`; write `network`']],
    ['an empty list', policyWith('match: { id: [] }'), ['3: `id` is an empty list; write at least one item']],
    [
      'an empty not',
      policyWith('match: { not: {} }'),
      ['3: `not` is empty, so it would leave no firewall; write what to leave out, or remove it'],
    ],
    [
      'an empty text in match',
      policyWith('match: { name: "" }'),
      ['3: `name` is an empty text; write what it should say or leave the key out'],
    ],
    [
      'blanks around a name',
      'version: 1\npolicies:\n  - { name: " web", ingress: { allow: [] } }\n',
      ['3: name `web` is not usable; write at most 200 characters on one line, no blanks around them'],
    ],
  ])('%s', judgeBroken);
});
