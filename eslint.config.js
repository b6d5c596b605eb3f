import eslint from '@eslint/js';
import angular from 'angular-eslint';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const environmentRead = {
  object: 'process',
  property: 'env',
  message: 'Only libs/config reads the environment: take a Config.',
};
const childProcess = {
  name: 'node:child_process',
  message: 'Only the dump engine starts programs (and the scripts, which are outside the product).',
};
const baresNames = [{ name: 'child_process', message: 'Write node:child_process.' }];

/** Names that say nothing: style.md, rule 1. */
const drawerNames = ['**/utils.ts', '**/helpers.ts', '**/common.ts', '**/misc.ts'];

/** Attributes of our templates that no person reads; all others must be translatable. */
const machineAttributes = [
  'align',
  'ariaCurrentWhenActive',
  'appearance',
  'aria-labelledby',
  'autocapitalize',
  'color',
  'icon',
  'matButton',
  'matColumnDef',
  'inputmode',
  'mode',
  'purpose',
  'routerLink',
  'routerLinkActive',
  'scope',
  'status',
  'subscriptSizing',
];

export default defineConfig(
  globalIgnores([
    'dist/',
    '.data/',
    '.angular/',
    'coverage/',
    'test-results/',
    'angular-admin/src/app/api/schema.d.ts',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 400 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-properties': ['error', environmentRead],
      'no-restricted-imports': ['error', { paths: [childProcess, ...baresNames] }],
      // Nest modules and Angular components are classes with a decorator and nothing in them.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Nest's options are declared as classes and given as literals everywhere.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `environment['PORT']`: an index signature reads like data, not like a property somebody declared.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
    },
  },
  { files: ['libs/config/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['libs/dump-engine/**/*.ts'], rules: { 'no-restricted-imports': ['error', { paths: baresNames }] } },
  {
    files: ['scripts/**/*.ts', 'test/**/*.ts', 'sample-database/**/*.ts'],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-imports': ['error', { paths: baresNames }],
      'no-console': 'off',
      // Node only strips types: an import that is a type alone must say so. (Not so in apps: Nest injects by imported class.)
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: [
      '**/*.spec.ts',
      '**/*.int-spec.ts',
      '**/*.e2e-spec.ts',
      '**/*.fault-spec.ts',
      '**/testing/**/*.ts',
      'test/**/*.ts',
    ],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-imports': ['error', { paths: baresNames }],
      // expect(store.method) and JSON bodies of answers: the assertion itself is the check.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Its tsconfig.json only refers to the panel's own projects.
    files: ['angular-admin/testing/**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'angular-admin/tsconfig.testing.json' } },
  },
  { files: ['angular-admin/testing/**/*.ts', 'angular-admin/src/main.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['angular-admin/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/prefer-on-push-component-change-detection': 'off',
      '@angular-eslint/component-selector': ['error', { type: 'element', prefix: 'app', style: 'kebab-case' }],
      '@angular-eslint/directive-selector': ['error', { type: 'attribute', prefix: 'app', style: 'camelCase' }],
      '@angular-eslint/prefer-signals': 'error',
      '@angular-eslint/no-lifecycle-call': 'error',
      // French texts: no line breaks before ; : ! ? and inside « ».
      'no-irregular-whitespace': ['error', { skipTemplates: true }],
    },
  },
  {
    files: ['angular-admin/**/*.html'],
    // The page around the application: no template, and its words are the panel's title alone.
    ignores: ['angular-admin/src/index.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
    rules: {
      'no-irregular-whitespace': 'off',
      '@angular-eslint/template/prefer-control-flow': 'error',
      '@angular-eslint/template/i18n': [
        'error',
        { checkId: false, checkAttributes: true, ignoreAttributes: machineAttributes },
      ],
    },
  },
  { files: drawerNames, rules: { 'max-lines': ['error', { max: 0 }] } },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', fetch: 'readonly' } },
    rules: { 'max-lines': ['error', { max: 400 }] },
  },
);
