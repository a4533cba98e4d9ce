/**
 * A security group as its owners would describe it. Rules read `SERVICE from PEER (description)` and `SERVICE to PEER
 * (description)`: a peer is a CIDR, `self`, or `sg:NAME` for a group of the same VPC.
 */
export interface GroupText {
  readonly name: string;
  readonly about: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Rules for both directions. Without one `to` anybody, the group lets everything out, as a new one does. */
  readonly rules: readonly string[];
  /** How many instances have it. Unstated: none. */
  readonly instances?: number;
  /** The service of AWS whose interfaces have it, such as `amazon-elb`. */
  readonly service?: string;
}

/** The shop: what customers see, and what stands right behind it. */
export const SHOP: readonly GroupText[] = [
  {
    name: 'alb-public',
    about: 'Public load balancer of the shop',
    tags: { role: 'lb', owner: 'storefront' },
    rules: [
      'tcp/443 from 0.0.0.0/0 (customers)',
      'tcp/443 from ::/0 (customers, IPv6)',
      'tcp/80 from 0.0.0.0/0 (redirects to https)',
      'tcp/80 from ::/0 (redirects to https)',
    ],
    service: 'amazon-elb',
  },
  {
    name: 'web-frontend',
    about: 'Web servers of the shop',
    tags: { role: 'web', owner: 'storefront' },
    rules: ['tcp/8080 from sg:alb-public (shop)', 'tcp/22 from sg:bastion (administration)'],
    instances: 4,
  },
  {
    name: 'web-checkout',
    about: 'Checkout, in scope of PCI',
    tags: { role: 'web', owner: 'payments', pci: 'yes' },
    rules: ['tcp/8443 from sg:alb-public (checkout)', 'tcp/22 from sg:bastion (administration)'],
    instances: 3,
  },
  {
    name: 'web-partners',
    about: 'Partner portal, without the load balancer',
    tags: { role: 'web', owner: 'partners' },
    rules: ['tcp/443 from 0.0.0.0/0 (partner portal)', 'tcp/443 from ::/0 (partner portal)'],
    instances: 2,
  },
  {
    name: 'api-orders',
    about: 'Orders API',
    tags: { role: 'api', owner: 'orders' },
    rules: ['tcp/9000 from sg:web-frontend', 'tcp/9000 from sg:web-checkout', 'tcp/9102 from sg:monitoring (metrics)'],
    instances: 3,
  },
  {
    name: 'api-customers',
    about: 'Customers API',
    tags: { role: 'api', owner: 'accounts' },
    rules: ['tcp/9000 from sg:web-frontend', 'tcp/9000 from sg:api-orders', 'tcp/9102 from sg:monitoring (metrics)'],
    instances: 2,
  },
  {
    name: 'search',
    about: 'Product search',
    tags: { role: 'api', owner: 'storefront' },
    rules: ['tcp/9200 from sg:web-frontend', 'tcp/9300 from self (cluster)'],
    instances: 3,
  },
];

/** Where the data is. */
export const DATA: readonly GroupText[] = [
  {
    name: 'db-orders',
    about: 'PostgreSQL of the orders',
    tags: { role: 'database', owner: 'orders' },
    rules: ['tcp/5432 from sg:api-orders', 'tcp/5432 from sg:bastion (administration)', 'any to self'],
    service: 'amazon-rds',
  },
  {
    name: 'db-customers',
    about: 'MySQL of the customers',
    tags: { role: 'database', owner: 'accounts' },
    rules: ['tcp/3306 from sg:api-customers', 'tcp/3306 from sg:bastion (administration)', 'any to self'],
    service: 'amazon-rds',
  },
  {
    name: 'cache-sessions',
    about: 'Redis for sessions',
    tags: { role: 'cache', owner: 'storefront' },
    rules: ['tcp/6379 from sg:web-frontend', 'tcp/6379 from sg:web-checkout'],
    service: 'amazon-elasticache',
  },
  {
    name: 'queue-orders',
    about: 'RabbitMQ between checkout and orders',
    tags: { role: 'queue', owner: 'orders' },
    rules: [
      'tcp/5671 from sg:web-checkout (amqps)',
      'tcp/5671 from sg:api-orders (amqps)',
      'tcp/15672 from sg:bastion',
    ],
    instances: 2,
  },
  {
    name: 'warehouse',
    about: 'Data warehouse',
    tags: { role: 'database', owner: 'analytics' },
    rules: ['tcp/5439 from sg:reporting', 'tcp/5439 from 10.0.0.0/8 (BI tools)'],
  },
  {
    name: 'reporting',
    about: 'Nightly reports',
    tags: { role: 'batch', owner: 'analytics' },
    rules: ['tcp/22 from sg:bastion (administration)'],
    instances: 1,
  },
];

/** A cluster: the groups with its tags are made and tended by the services of the cluster. */
export const CLUSTER: readonly GroupText[] = [
  {
    name: 'eks-cluster-sg-shop-1846372910',
    about: 'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes',
    tags: { 'kubernetes.io/cluster/shop': 'owned', 'aws:eks:cluster-name': 'shop' },
    rules: ['any from self', 'tcp/443 from sg:k8s-nodes'],
    service: 'amazon-eks',
  },
  {
    name: 'k8s-nodes',
    about: 'Nodes of the cluster shop',
    tags: { role: 'node', owner: 'platform' },
    rules: [
      'any from self (pods)',
      'tcp/1025-65535 from sg:eks-cluster-sg-shop-1846372910 (control plane)',
      'tcp/30000-32767 from sg:k8s-elb-a41f6c0de9b3 (node ports)',
      'tcp/22 from sg:bastion (administration)',
    ],
    instances: 5,
  },
  {
    name: 'k8s-elb-a41f6c0de9b3',
    about: 'Security group for Kubernetes ELB a41f6c0de9b3 (ingress/controller)',
    tags: { 'kubernetes.io/cluster/shop': 'owned' },
    rules: ['tcp/443 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0', 'icmp/3.4 from 0.0.0.0/0'],
    service: 'amazon-elb',
  },
  {
    name: 'k8s-traffic-shop-7c1d',
    about: '[k8s] Shared Backend SecurityGroup for LoadBalancer',
    tags: { 'elbv2.k8s.aws/cluster': 'shop', 'elbv2.k8s.aws/resource': 'backend-sg' },
    rules: [],
  },
];

/** What every network needs. */
export const PLATFORM: readonly GroupText[] = [
  {
    name: 'bastion',
    about: 'The way in for administration',
    tags: { role: 'bastion', owner: 'platform' },
    rules: ['tcp/22 from 203.0.113.0/24 (office)', 'tcp/22 from 2001:db8:1::/48 (office, IPv6)'],
    instances: 1,
  },
  {
    name: 'monitoring',
    about: 'Prometheus and its exporters',
    tags: { role: 'monitoring', owner: 'platform' },
    rules: ['tcp/9090 from sg:bastion', 'tcp/9093-9094 from self (alertmanager)', 'udp/9094 from self (alertmanager)'],
    instances: 2,
  },
  {
    name: 'vpc-endpoints',
    about: 'Interface endpoints of AWS services',
    tags: { role: 'endpoint', owner: 'platform' },
    rules: ['tcp/443 from 10.0.0.0/8 (everybody inside)'],
  },
  {
    name: 'dns-resolver',
    about: 'Resolver endpoints for on-premises names',
    tags: { role: 'dns', owner: 'network' },
    rules: ['tcp/53 from 10.0.0.0/8', 'udp/53 from 10.0.0.0/8', 'udp/53 from 10.200.0.0/16 (head office)'],
  },
  {
    name: 'log-collector',
    about: 'Log shippers send here',
    tags: { role: 'logging', owner: 'platform' },
    rules: ['tcp/24224 from 10.0.0.0/8 (fluentd)', 'udp/514 from 10.0.0.0/8 (syslog of appliances)'],
    instances: 2,
  },
];

/** Building and shipping. */
export const DELIVERY: readonly GroupText[] = [
  {
    name: 'ci-runners',
    about: 'Build machines, they call out only',
    tags: { role: 'ci', owner: 'delivery' },
    rules: ['tcp/22 from sg:bastion (administration)'],
    instances: 6,
  },
  {
    name: 'git-server',
    about: 'Git over ssh and https',
    tags: { role: 'git', owner: 'delivery' },
    rules: ['tcp/443 from 10.0.0.0/8', 'tcp/22 from 10.0.0.0/8 (git over ssh)', 'tcp/22 from sg:ci-runners'],
    instances: 1,
  },
  {
    name: 'artifacts',
    about: 'Packages and container images',
    tags: { role: 'registry', owner: 'delivery' },
    rules: ['tcp/443 from 10.0.0.0/8', 'tcp/5000 from sg:ci-runners (push)'],
    instances: 1,
  },
  {
    name: 'code-quality',
    about: 'Static analysis',
    tags: { role: 'ci', owner: 'delivery' },
    rules: ['tcp/9000 from sg:ci-runners', 'tcp/9000 from 10.0.0.0/8 (dashboards)'],
    instances: 1,
  },
];

/** The office's own services. */
export const CORPORATE: readonly GroupText[] = [
  {
    name: 'vpn',
    about: 'WireGuard and IPsec for people on the road',
    tags: { role: 'vpn', owner: 'network' },
    rules: [
      'udp/51820 from 0.0.0.0/0 (wireguard)',
      'udp/51820 from ::/0 (wireguard)',
      'udp/500 from 0.0.0.0/0 (ike)',
      'udp/4500 from 0.0.0.0/0 (ipsec behind nat)',
      'esp from 0.0.0.0/0 (ipsec)',
    ],
    instances: 2,
  },
  {
    name: 'mail-relay',
    about: 'Takes mail in and sends it out',
    tags: { role: 'mail', owner: 'office-it' },
    rules: ['tcp/25 from 0.0.0.0/0 (smtp)', 'tcp/25 from ::/0 (smtp)', 'tcp/587 from 10.0.0.0/8 (submission)'],
    instances: 2,
  },
  {
    name: 'd-93672f0a11_controllers',
    about: 'AWS created security group for d-93672f0a11 directory controllers',
    tags: {},
    rules: ['tcp/53 from 10.0.0.0/8', 'udp/53 from 10.0.0.0/8', 'tcp/389 from 10.0.0.0/8', 'tcp/445 from 10.0.0.0/8'],
    service: 'amazon-ds',
  },
  {
    name: 'file-share',
    about: 'Windows file server',
    tags: { role: 'files', owner: 'office-it' },
    rules: ['tcp/445 from 10.0.0.0/8 (smb)', 'tcp/3389 from sg:bastion (administration)'],
    instances: 1,
  },
  {
    name: 'wiki',
    about: 'Wiki for everybody inside',
    tags: { role: 'intranet', owner: 'office-it' },
    rules: ['tcp/443 from 10.0.0.0/8', 'tcp/443 from 203.0.113.0/24 (office)'],
    instances: 1,
  },
];

/** What the console makes where somebody clicks through it. */
export function launchWizard(number: number, rules: readonly string[]): GroupText {
  return {
    name: `launch-wizard-${String(number)}`,
    about: `launch-wizard-${String(number)} created 2019-06-11T09:14:${String(10 + number)}.204+02:00`,
    tags: {},
    rules,
    instances: 1,
  };
}
