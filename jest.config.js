/** Three sizes of test, told by file name, and the panel's components; `npm test` runs them all. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2023',
      },
      module: { type: 'es6' },
    },
  ],
};
const server = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
};
const roots = ['apps', 'libs', 'scripts', 'sample-database'].map((folder) => `<rootDir>/${folder}`);

export default {
  projects: [
    { ...server, displayName: 'unit', roots, testMatch: ['**/*.spec.ts'] },
    { ...server, displayName: 'integration', roots, testMatch: ['**/*.int-spec.ts'] },
    { ...server, displayName: 'e2e', roots: ['<rootDir>/test'], testMatch: ['**/*.e2e-spec.ts'] },
    { ...server, displayName: 'faults', roots: ['<rootDir>/test'], testMatch: ['**/*.fault-spec.ts'] },
    '<rootDir>/angular-admin',
  ],
};
