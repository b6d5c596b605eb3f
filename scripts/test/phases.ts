/** One step of `npm test`. A check counts as one test; a jest phase counts its tests. */
export interface Phase {
  name: string;
  title: string;
  /** Each is a list of arguments of node; the next one runs only when the one before succeeded. */
  commands: readonly (readonly string[])[];
  /** Whether it is jest, whose --json file is counted. */
  isJest: boolean;
  /** Whether it takes one processor and disturbs nobody: such phases that follow each other run two at a time. */
  isSideBySide: boolean;
  needs: readonly Need[];
  /** Not of `npm test`, but only where it is named. */
  isOnDemand?: true;
  remedy?: string;
}

/** What a phase can't do without. */
export type Need = 'server build' | 'panel build' | 'postgres' | 'redis' | 'chromium' | 'zstd' | 'age';

const check = (name: string, title: string, remedy: string | undefined, ...commands: string[][]): Phase => ({
  name,
  title,
  commands,
  isJest: false,
  isSideBySide: true,
  needs: [],
  remedy,
});

const jest = (name: string, title: string, needs: readonly Need[], ...args: string[]): Phase => ({
  name,
  title,
  commands: [
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      `--selectProjects=${name}`,
      ...args,
    ],
  ],
  isJest: true,
  isSideBySide: false,
  needs,
});

const tsc = (project: string): string[] => ['node_modules/typescript/bin/tsc', '--noEmit', '-p', project];

export const allPhases: readonly Phase[] = [
  check('format', 'Format', 'npm run format', [
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--log-level=warn',
    '.',
  ]),
  check('lint', 'Lint', undefined, ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.']),
  check('imports', 'Who imports whom', undefined, [
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config=.dependency-cruiser.js',
    ...['apps', 'libs', 'scripts', 'sample-database', 'test', 'angular-admin/src'],
  ]),
  check('types', 'Types', undefined, tsc('tsconfig.json')),
  {
    ...check(
      'panel-types',
      'Types of the panel',
      undefined,
      [
        'node_modules/@angular/compiler-cli/bundles/src/bin/ngc.js',
        '--noEmit',
        '-p',
        'angular-admin/tsconfig.app.json',
      ],
      tsc('angular-admin/tsconfig.spec.json'),
      tsc('angular-admin/tsconfig.testing.json'),
    ),
    // The compiler alone does not miss a translation; the panel's build does.
    needs: ['panel build'],
  },
  {
    ...check('generated', 'Generated files', 'npm run generate', ['scripts/generate.ts', '--check']),
    needs: ['server build'],
  },
  jest('unit', 'Unit tests', [], '--maxWorkers=2'),
  jest('panel', 'Tests of the panel', [], '--maxWorkers=2'),
  {
    // Not under jest, in whose sandbox Playwright takes five times the processor.
    ...check('scenes', 'Every screen in every state', undefined, ['angular-admin/testing/check-scenes.ts']),
    isSideBySide: false,
    needs: ['panel build', 'chromium'],
  },
  jest(
    'integration',
    'Integration tests',
    ['server build', 'postgres', 'redis', 'zstd', 'age'],
    '--maxWorkers=2',
    '--testTimeout=60000',
  ),
  jest(
    'e2e',
    'End-to-end tests',
    ['server build', 'panel build', 'postgres', 'redis', 'zstd', 'chromium'],
    '--maxWorkers=2',
    '--testTimeout=300000',
  ),
  {
    ...jest(
      'faults',
      'Everything that breaks',
      ['server build', 'postgres', 'redis', 'zstd'],
      '--runInBand',
      '--testTimeout=300000',
    ),
    isOnDemand: true,
  },
];

export interface Selection {
  phases: readonly Phase[];
  /** Further arguments, for jest alone. */
  jestArguments: readonly string[];
}

/** Reads `--only unit,e2e` and hands all other arguments to jest; a name that is no phase is an error that lists them. */
export function select(args: readonly string[]): Selection {
  const jestArguments: string[] = [];
  let wanted: string[] | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--only') wanted = (args[(index += 1)] ?? '').split(',');
    else if (argument.startsWith('--only=')) wanted = argument.slice('--only='.length).split(',');
    else jestArguments.push(argument);
  }
  const names = allPhases.map(({ name }) => name);
  const unknown = wanted?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`No such phase: ${unknown.join(', ')}. There are ${names.join(', ')}`);
  const isWanted = ({ name, isOnDemand }: Phase) => wanted?.includes(name) ?? isOnDemand !== true;
  return { phases: allPhases.filter(isWanted), jestArguments };
}
