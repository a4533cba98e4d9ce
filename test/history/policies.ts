import { ACCOUNT } from '../../local/people.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import { loadPolicy } from '../../shared/policy/load.ts';

export const LIST_NAME = 'partners';

/** What `test/oracle/history-policy.ts` says in packets, as people write it. */
const POLICY = `version: 1
policies:
  - name: web
    match: { cloud: aws, tags: { role: web } }
    mode: enforce
    ingress:
      allow:
        - { service: tcp/443, from: anywhere }
        - { service: tcp/22, from: 203.0.113.0/24 }
        - { service: tcp/8080, from: 'prefix-list:${ACCOUNT}/${LIST_NAME}' }
  - name: db
    match: { cloud: aws, tags: { role: db } }
    mode: enforce
    ingress:
      deny:
        - { service: tcp/22, from: anywhere }
        - { service: tcp/3389, from: anywhere }
      require:
        - { service: tcp/5432, from: 10.0.0.0/8 }
  - name: lab
    match: { cloud: aws, tags: { role: lab } }
    mode: report
    ingress:
      allow:
        - { service: tcp/443, from: anywhere }
`;

function bookOf(text: string): DesiredBook {
  const loaded = loadPolicy([{ name: 'history.yaml', text }], new Date('2026-11-24T08:00:00Z'));
  if (loaded.kind === 'problems') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return new DesiredBook(loaded.set);
}

/** With the list, and without: a policy that names a list costs two reads more at every look. */
export const BOOKS = {
  listed: bookOf(POLICY),
  plain: bookOf(POLICY.replace(/^.*prefix-list:.*\n/m, '')),
};
