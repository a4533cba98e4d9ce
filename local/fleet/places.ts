import { CLUSTER, CORPORATE, DATA, DELIVERY, launchWizard, PLATFORM, SHOP } from './stacks.ts';
import type { GroupText } from './stacks.ts';

/** A network with its groups. */
export interface NetworkText {
  readonly name: string;
  readonly isDefault?: true;
  readonly cidr: string;
  readonly ipv6?: string;
  readonly groups: readonly GroupText[];
  /** What years have left behind: rules that groups have beside those of their stack, by the names of the groups. */
  readonly sins: Readonly<Record<string, readonly string[]>>;
}

export interface PlaceText {
  readonly account: string;
  readonly name: string;
  readonly env: string;
  readonly region: string;
  readonly networks: readonly NetworkText[];
}

/** These few of a stack. */
function only(stack: readonly GroupText[], ...names: readonly string[]): readonly GroupText[] {
  return stack.filter(({ name }) => names.includes(name));
}

const FTP_PARTNER: GroupText = {
  name: 'ftp-partner',
  about: 'Nightly exchange of price lists',
  tags: { role: 'exchange', owner: 'partners' },
  rules: ['tcp/21 from 198.51.100.40/32 (partner, control)', 'tcp/1024-1048 from 198.51.100.40/32 (partner, data)'],
  instances: 1,
};

const ERP: GroupText = {
  name: 'legacy-erp',
  about: 'ERP, moved here from the data centre',
  tags: { role: 'erp', owner: 'finance' },
  rules: ['tcp/3389 from sg:bastion (administration)', 'tcp/1433 from sg:reporting', 'tcp/8443 from 10.0.0.0/8'],
  instances: 2,
};

/**
 * Three accounts in two regions, with the ids that AWS uses in its documentation. Production and shared services are kept
 * better than staging, and all of them have a history.
 */
export const PLACES: readonly PlaceText[] = [
  {
    account: '111122223333',
    name: 'production',
    env: 'prod',
    region: 'us-east-1',
    networks: [
      {
        name: 'prod-main',
        cidr: '10.10.0.0/16',
        ipv6: '2001:db8:10:1a00::/56',
        groups: [...SHOP, ...DATA, ...CLUSTER, ...PLATFORM, FTP_PARTNER, ERP],
        sins: {
          'web-frontend': ['tcp/22 from 0.0.0.0/0 (temp, remove after migration)'],
          'web-partners': ['tcp/8000-8100 from 0.0.0.0/0 (load test 2023)', 'tcp/22 from ::/0 (debug)'],
          'db-orders': ['tcp/5432 from 0.0.0.0/0 (BI vendor needs access, ask Dana)'],
          'db-customers': ['tcp/3306 from 10.0.0.0/8 (everybody inside)'],
          search: ['tcp/9200 from 0.0.0.0/1 (see ticket)', 'tcp/9200 from 128.0.0.0/1 (see ticket)'],
          'k8s-nodes': ['tcp/30000-32767 from 0.0.0.0/0 (node ports)'],
          'k8s-elb-a41f6c0de9b3': ['tcp/8080 from 0.0.0.0/0'],
          'legacy-erp': ['tcp/3389 from 0.0.0.0/0 (consultants)', 'any from 172.16.0.0/12 (old data centre)'],
          'ftp-partner': ['tcp/21 from 0.0.0.0/0 (partner changes address)'],
        },
      },
      {
        name: 'default',
        isDefault: true,
        cidr: '172.31.0.0/16',
        groups: [launchWizard(1, ['tcp/22 from 0.0.0.0/0']), launchWizard(2, ['tcp/3389 from 0.0.0.0/0'])],
        sins: {},
      },
    ],
  },
  {
    account: '111122223333',
    name: 'production',
    env: 'prod',
    region: 'eu-west-1',
    networks: [
      {
        name: 'prod-eu',
        cidr: '10.20.0.0/16',
        ipv6: '2001:db8:20:1a00::/56',
        groups: [...SHOP, ...DATA, ...PLATFORM],
        sins: {
          'web-checkout': ['any from 0.0.0.0/0 (just for a test)'],
          'cache-sessions': ['tcp/6379 from ::/0 (ipv6 rollout)'],
          monitoring: ['tcp/9090 from 0.0.0.0/0 (grafana cloud)'],
        },
      },
    ],
  },
  {
    account: '444455556666',
    name: 'staging',
    env: 'staging',
    region: 'us-east-1',
    networks: [
      {
        name: 'staging',
        cidr: '10.30.0.0/16',
        ipv6: '2001:db8:30:1a00::/56',
        groups: [...SHOP, ...DATA, ...PLATFORM],
        sins: {
          'web-frontend': ['tcp/22 from 0.0.0.0/0 (interns)', 'tcp/9229 from 0.0.0.0/0 (debugger)'],
          'db-orders': ['tcp/5432 from 0.0.0.0/0 (test data only)'],
          'api-orders': ['tcp/9000 from 0.0.0.0/0 (mobile team)'],
        },
      },
    ],
  },
  {
    account: '444455556666',
    name: 'staging',
    env: 'staging',
    region: 'eu-west-1',
    networks: [
      {
        name: 'load-test',
        cidr: '10.31.0.0/16',
        groups: [...SHOP, ...only(DATA, 'db-orders', 'cache-sessions', 'queue-orders'), ...PLATFORM],
        sins: { 'web-frontend': ['tcp from 198.51.100.0/24 (load generators)'] },
      },
    ],
  },
  {
    account: '123456789012',
    name: 'shared',
    env: 'shared',
    region: 'us-east-1',
    networks: [
      {
        name: 'shared-services',
        cidr: '10.40.0.0/16',
        ipv6: '2001:db8:40:1a00::/56',
        groups: [...DELIVERY, ...CORPORATE, ...PLATFORM],
        sins: {
          'git-server': ['tcp/22 from 0.0.0.0/0 (contractors)'],
          'ci-runners': ['tcp/2376 from 0.0.0.0/0 (docker)'],
          'file-share': ['tcp/3389 from 0.0.0.0/0', 'tcp/445 from 198.51.100.0/24 (branch office)'],
        },
      },
    ],
  },
  {
    account: '123456789012',
    name: 'shared',
    env: 'shared',
    region: 'eu-west-1',
    networks: [
      {
        name: 'shared-eu',
        cidr: '10.41.0.0/16',
        ipv6: '2001:db8:41:1a00::/56',
        groups: [...DELIVERY, ...only(CORPORATE, 'vpn', 'wiki'), ...PLATFORM],
        sins: { wiki: ['tcp/443 from 0.0.0.0/0 (home office 2020)'] },
      },
    ],
  },
];
