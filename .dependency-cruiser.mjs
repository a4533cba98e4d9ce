/** Imports point one way. `test/house.test.ts` holds the same directions without this tool; here they also catch cycles. */
/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-imports-nothing',
      severity: 'error',
      from: { path: '^shared/core' },
      to: { pathNot: '^shared/core' },
    },
    {
      name: 'base-knows-no-firewalls',
      severity: 'error',
      from: { path: '^shared/base' },
      to: { path: '^(shared/(?!base)|functions|cli|local|test)' },
    },
    {
      name: 'adapters-see-the-model-only',
      severity: 'error',
      from: { path: '^shared/(clouds|grants|ledger|publish|queues|tickets)/([^/]+)' },
      to: { path: '^(shared/(app|policy)|functions|cli|local|test)' },
    },
    {
      name: 'grants-see-the-model-and-base',
      severity: 'error',
      from: { path: '^shared/grants' },
      to: { path: '^shared/(?!(grants|base|core/model)/)' },
    },
    {
      name: 'app-sees-contracts-only',
      severity: 'error',
      from: { path: '^shared/app' },
      to: { path: '^shared/(clouds|grants|ledger|publish|queues|tickets|policy)/', pathNot: '/contract\\.ts$' },
    },
    {
      name: 'shared-imports-no-host',
      severity: 'error',
      from: { path: '^shared' },
      to: { path: '^(functions|cli|local|test)' },
    },
    {
      name: 'emulators-share-no-code',
      severity: 'error',
      from: { path: '^local/(ec2|servicenow|bus)/' },
      to: { path: '^(shared|functions|cli|test)' },
    },
    {
      name: 'oracles-share-no-code',
      severity: 'error',
      from: { path: '^test/oracle/' },
      to: { path: '^(shared|functions|cli|local)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
