/** Who may import whom; the reasons are in docs/adr and CONTRIBUTING.md. */
const specs = '\\.(spec|int-spec|e2e-spec)\\.ts$';
const product = { path: '^(apps|libs)/', pathNot: specs };

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Entities that refer to each other use Relation<T> and an import of the type alone.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'An import that leads nowhere would only fail at run time.',
      from: { pathNot: '^angular-admin/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'States, errors and rules: no Nest, no TypeORM, no I/O, no other lib.',
      from: { path: '^libs/domain/', pathNot: specs },
      to: { pathNot: ['^libs/domain/', '(^|/)node_modules/zod/', '^(node:)?(url|util|path)$'] },
    },
    {
      name: 'only-database-knows-typeorm',
      severity: 'error',
      comment: 'Repositories of libs/database are how everything else reaches a row.',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/database/', specs] },
      to: { path: '(^|/)node_modules/(typeorm|@nestjs/typeorm)/' },
    },
    {
      name: 'only-queue-knows-its-backends',
      severity: 'error',
      comment: 'Redis or PostgreSQL behind BullMQ is decided in libs/queue alone.',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/queue/', specs] },
      to: { path: '(^|/)node_modules/ioredis/' },
    },
    {
      name: 'only-dump-engine-starts-programs',
      severity: 'error',
      from: { ...product, pathNot: ['^libs/dump-engine/', specs] },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'no-lib-imports-an-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'no-app-imports-an-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'a-lib-has-one-door',
      severity: 'error',
      comment: 'From outside, a lib is its index.ts (#lib/name).',
      from: { path: '^(apps|libs/([^/]+))/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'product-needs-no-scripts',
      severity: 'error',
      comment: 'The scripts, tests and sample are not in the production image.',
      from: { ...product, pathNot: [product.pathNot, '/testing/'].flat() },
      to: { path: '^(scripts|test|sample-database)/' },
    },
    {
      name: 'product-needs-no-dev-packages',
      severity: 'error',
      comment: 'The production image has only `dependencies`.',
      from: { path: '^(apps|libs)/', pathNot: [specs, '/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '(^|/)node_modules/@types/' },
    },
    {
      name: 'panel-imports-nothing-of-the-server',
      severity: 'error',
      comment: 'Only OpenAPI crosses to the web.',
      from: { path: '^angular-admin/src/' },
      to: { path: '^(apps|libs|scripts|test|sample-database)/' },
    },
    {
      name: 'server-imports-nothing-of-the-panel',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { path: '^angular-admin/' },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(dist|coverage)/' },
    // Types count: an app that only needs the types of another app still knows it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
