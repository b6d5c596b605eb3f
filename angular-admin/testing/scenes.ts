import type { Page } from '@playwright/test';
import { secondFactor } from './example-access.ts';
import { fileLost, longNames, manyTables } from './example-data.ts';
import {
  ADMIN,
  database,
  estimate,
  exportOf,
  failed,
  OPS,
  pastExports,
  ready,
  running,
  type Script,
} from './fake-api.ts';

/** One screen in one state: how the API plays, where to go, what to wait for. */
export interface Scene {
  readonly name: string;
  readonly path: string;
  readonly play: Partial<Script>;
  readonly act?: (page: Page, play: Script) => Promise<void>;
  /** Selector that is there once the scene stands. */
  readonly stands: string;
}

const PROVIDER = { startUrl: '/api/v1/auth/oidc/start', issuer: 'https://login.example.org/realms/ops' };
const RUN = '0199b7c2-2222-7000-8000-000000000009';
/** The address of one of the past exports. */
const past = (number: number): string => `history/0199b7c2-1111-7000-8000-00000000000${String(number)}`;
const maintenance = (
  name: string,
  stands: string,
  play: Partial<Script>,
  act?: Scene['act'],
  path = 'maintenance',
): Scene => ({
  name,
  path,
  play: { user: ADMIN, ...play },
  stands,
  ...(act === undefined ? {} : { act }),
});
const during = (state: object): Partial<Script> => ({
  exports: [exportOf(RUN, { ...state }), ...pastExports()],
  run: [{ ...state }],
});
/** A run as it is while this table is dumped. */
const currently = (state: Record<string, unknown>, currentTable: string): object => ({
  ...state,
  progress: { ...(state['progress'] as object), currentTable },
});
/** What pressing the export button leads to when the run goes through this state. */
const order: Scene['act'] = async (page) => {
  await page.locator('.order button').click();
};

const openOptions = async (page: Page): Promise<void> => {
  await page.locator('mat-expansion-panel-header').click();
  await page.locator('.fields').waitFor();
};

async function newToken(page: Page): Promise<void> {
  await page.locator('.screen-head button').click();
  await page.locator('app-new-token-dialog input').first().fill('sauvegarde');
  await page.locator('app-new-token-dialog button[type=submit]').click();
}

async function beginTotp(page: Page): Promise<void> {
  await page.locator('app-second-factor button').click();
  await page.locator('app-qr-code').waitFor();
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.locator('input[type=email]').fill('admin@localhost');
  await page.locator('input[type=password]').fill(password);
  await page.locator('button[type=submit]').click();
}

/** Made anew for each picture: times are relative to now. */
export const scenes = (): readonly Scene[] => [
  {
    name: 'loading',
    path: 'maintenance',
    play: { refusals: { 'POST /auth/refresh': 'hang' } },
    stands: '.splash .name',
  },
  { name: 'sign-in', path: 'sign-in', play: {}, stands: 'form' },
  {
    name: 'sign-in-empty-fields',
    path: 'sign-in',
    play: {},
    act: (page) => page.locator('button[type=submit]').click(),
    stands: 'mat-error',
  },
  {
    name: 'sign-in-refused',
    path: 'sign-in',
    play: {},
    act: (page) => signIn(page, 'wrong'),
    stands: 'app-problem-face',
  },
  {
    name: 'sign-in-too-many',
    path: 'sign-in',
    play: {
      refusals: { 'POST /auth/login': { status: 429, code: 'too_many_requests', headers: { 'Retry-After': '42' } } },
    },
    act: (page) => signIn(page, 'x'),
    stands: 'app-problem-face',
  },
  {
    name: 'sign-in-unreachable',
    path: 'sign-in',
    play: { refusals: { 'POST /auth/login': 'drop' } },
    act: (page) => signIn(page, 'x'),
    stands: 'app-problem-face',
  },
  {
    name: 'sign-in-provider',
    path: 'sign-in?back=%2Fmaintenance%3FsignInError%3Dforbidden',
    play: { provider: PROVIDER },
    stands: 'app-provider-link a',
  },
  {
    name: 'sign-in-code',
    path: 'sign-in',
    play: { asksForCode: true },
    act: (page) => signIn(page, 'x'),
    stands: 'input[autocomplete=one-time-code]',
  },
  maintenance('maintenance-idle', 'app-history-table', {}),
  maintenance('maintenance-loading', '.loading', { refusals: { 'GET /admin/db/': 'hang' } }),
  maintenance('maintenance-empty', 'app-empty-face', { exports: [] }),
  maintenance('maintenance-database-unreachable', '.problem', {
    databases: [
      database({
        reachable: false,
        problem: 'The database server could not be reached. connect ECONNREFUSED 10.0.0.5:5432',
        problemCode: 'source_unreachable',
        sizeBytes: null,
        serverVersion: null,
      }),
    ],
  }),
  maintenance('maintenance-two-databases', 'select', { databases: [database(), database({ name: 'billing' })] }),
  maintenance('maintenance-options', '.fields', {}, openOptions),
  maintenance('maintenance-options-tables', 'app-table-picker li', {}, async (page) => {
    await openOptions(page);
    await page.locator('select').nth(0).selectOption('plain');
    await page.locator('select').nth(3).selectOption('except');
    await page.locator('app-table-picker input[type=checkbox]').nth(2).check();
    await page.locator('app-table-picker input[type=search]').fill('e');
  }),
  maintenance('maintenance-options-schemas', 'app-schema-picker li', {}, async (page) => {
    await openOptions(page);
    await page.locator('select').nth(3).selectOption('onlySchemas');
    await page.locator('app-schema-picker input[type=checkbox]').nth(1).check();
  }),
  maintenance('maintenance-options-wrong', 'mat-error', {}, async (page) => {
    await openOptions(page);
    await page.locator('textarea').fill('age1typo');
    await page.locator('.order button').click();
  }),
  maintenance('maintenance-too-big', 'app-estimate-line .bad', {
    estimate: estimate({ fits: false, estimatedFileBytes: 61_000_000_000, freeBytes: 42_800_000_000 }),
  }),
  maintenance('maintenance-queued', 'app-run-progress', during({ queuePosition: 3 })),
  maintenance('maintenance-running', 'app-table-map .bar', during(running(41.7))),
  maintenance(
    'maintenance-blocking',
    '.blocking',
    during({ ...running(41.7), blocking: { waiting: 2, longestWaitSeconds: 74 } }),
  ),
  maintenance('maintenance-table-list', 'app-table-map td', during(running(63.1)), (page) =>
    page.locator('app-table-map summary').click(),
  ),
  maintenance(
    'maintenance-long-names',
    'app-table-map td',
    { catalog: longNames(), ...during(currently(running(63.1), 'w'.repeat(63))) },
    (page) => page.locator('app-table-map summary').click(),
  ),
  maintenance(
    'maintenance-many-tables',
    'app-table-map td',
    { catalog: manyTables(), ...during(running(63.1)) },
    (page) => page.locator('app-table-map summary').click(),
  ),
  maintenance('maintenance-options-long-names', 'app-table-picker li', { catalog: longNames() }, async (page) => {
    await openOptions(page);
    await page.locator('select').nth(3).selectOption('only');
  }),
  maintenance('maintenance-connection-lost', 'app-run-progress', during(running(63.1)), async (page, play) => {
    await page.locator('app-run-progress').waitFor();
    play.refusals = { 'GET /admin/db/export/': 'drop' };
    await page.locator('.connection mat-icon').waitFor();
  }),
  maintenance('maintenance-cancel-dialog', 'mat-dialog-container', during(running(41.7)), (page) =>
    page.locator('app-run-progress button').click(),
  ),
  maintenance('maintenance-ready', 'app-run-result', { run: [ready()] }, order),
  maintenance('maintenance-failed', 'app-run-failure', { run: [failed('lock_timeout')] }, async (page) => {
    await page.locator('.order button').click();
    await page.locator('summary').click();
  }),
  maintenance('maintenance-cancelled', '.run app-status-mark', { run: [{ status: 'cancelled' }] }, order),
  maintenance('maintenance-expired', '.run app-status-mark', { run: [{ ...ready(1_500), status: 'expired' }] }, order),
  maintenance('maintenance-deleted', '.run app-status-mark', { run: [{ ...ready(30), status: 'deleted' }] }, order),
  maintenance('maintenance-file-lost', 'app-run-failure', { run: [fileLost()] }, order),
  maintenance(
    'maintenance-refused',
    'app-problem-face',
    { refusals: { 'POST /admin/db/export': { status: 503, code: 'exports_disabled' } } },
    order,
  ),
  maintenance('maintenance-forbidden', 'app-empty-face', {
    refusals: { 'GET /admin/db/': { status: 403, code: 'forbidden' } },
  }),
  maintenance('maintenance-ops', 'app-history-table', { user: OPS, ...during(running(41.7)) }),
  maintenance('history', 'app-history-table', {}, undefined, 'history'),
  maintenance('history-filtered', 'app-history-table', {}, undefined, 'history?status=failed'),
  maintenance('history-nothing', 'app-empty-face', {}, undefined, 'history?status=deleted'),
  maintenance(
    'history-menu',
    '.mat-mdc-menu-panel',
    {},
    (page) => page.locator('td.actions button').nth(1).click(),
    'history',
  ),
  maintenance(
    'history-delete',
    'mat-dialog-container',
    {},
    async (page) => {
      await page.locator('td.actions button').nth(1).click();
      await page.locator('.mat-mdc-menu-panel button').last().click();
    },
    'history',
  ),
  maintenance(
    'history-failed',
    'app-problem-face',
    { refusals: { 'GET /admin/db/export': { status: 500, code: 'internal' } } },
    undefined,
    'history',
  ),
  maintenance('export-ready', 'app-run-result', {}, undefined, past(4)),
  maintenance('export-failed', 'app-run-failure pre:visible', {}, (page) => page.locator('summary').click(), past(3)),
  maintenance('export-cancelled', 'app-run-panel h3', {}, undefined, past(2)),
  maintenance('export-expired', 'app-run-result', {}, undefined, past(1)),
  maintenance('export-running', 'app-table-map .bar', during(running(41.7)), undefined, `history/${RUN}`),
  maintenance('export-ops', 'app-run-result', { user: OPS }, undefined, past(4)),
  maintenance('export-missing', 'app-empty-face', {}, undefined, past(9)),
  maintenance(
    'export-unreachable',
    '.quiet:has-text(",")',
    { refusals: { 'GET /admin/db/export/': 'drop' } },
    undefined,
    past(4),
  ),
  maintenance(
    'export-forbidden',
    'app-problem-face',
    { refusals: { 'GET /admin/db/export/': { status: 403, code: 'forbidden' } } },
    undefined,
    past(4),
  ),
  maintenance('tokens', '.rows li', {}, undefined, 'tokens'),
  maintenance('tokens-empty', 'app-empty-face', { tokens: [] }, undefined, 'tokens'),
  maintenance(
    'tokens-new',
    'mat-dialog-container',
    {},
    (page) => page.locator('.screen-head button').click(),
    'tokens',
  ),
  maintenance('tokens-issued', 'app-copy-field', {}, newToken, 'tokens'),
  maintenance('step-up', 'app-step-up-dialog', { steppedUp: false }, newToken, 'tokens'),
  maintenance(
    'step-up-provider',
    'app-step-up-dialog app-provider-link a',
    { steppedUp: false, signsInWith: 'oidc', provider: PROVIDER },
    newToken,
    'tokens',
  ),
  maintenance(
    'step-up-provider-waits',
    'app-step-up-dialog [role=status]',
    { steppedUp: false, signsInWith: 'oidc', provider: PROVIDER },
    async (page) => {
      await page.evaluate('window.open = () => window');
      await newToken(page);
      await page.locator('app-step-up-dialog app-provider-link a').click();
    },
    'tokens',
  ),
  { name: 'stepped-up', path: 'stepped-up/question-1', play: {}, stands: 'h1' },
  {
    name: 'stepped-up-refused',
    path: 'stepped-up/question-1?signInError=another_account',
    play: {},
    stands: 'app-problem-face',
  },
  maintenance('step-up-provider-refused', 'main app-problem-face', {}, undefined, 'tokens?signInError=unauthenticated'),
  maintenance(
    'step-up-wrong',
    'app-step-up-dialog app-problem-face',
    { steppedUp: false },
    async (page) => {
      await newToken(page);
      await page.locator('app-step-up-dialog input').fill('wrong');
      await page.locator('app-step-up-dialog button[type=submit]').click();
    },
    'tokens',
  ),
  maintenance('users', '.rows li', {}, undefined, 'users'),
  maintenance('users-menu', '.mat-mdc-menu-panel', {}, (page) => page.locator('.rows button').nth(1).click(), 'users'),
  maintenance('users-new', 'mat-dialog-container', {}, (page) => page.locator('.screen-head button').click(), 'users'),
  maintenance('audit', '.rows li', {}, undefined, 'audit'),
  maintenance('audit-filtered', 'app-audit-filters button', {}, undefined, 'audit?action=login&from=2026-11-01'),
  maintenance('account', 'app-own-sessions li', {}, undefined, 'account'),
  maintenance('account-totp', 'app-qr-code', {}, beginTotp, 'account'),
  maintenance(
    'account-totp-codes',
    'app-copy-field',
    {},
    async (page) => {
      await beginTotp(page);
      await page.locator('app-second-factor input').fill('123456');
      await page.locator('app-second-factor button[type=submit]').click();
      await page.locator('app-qr-code').waitFor({ state: 'detached' });
    },
    'account',
  ),
  maintenance('account-totp-on', '.state', { totp: secondFactor() }, undefined, 'account'),
  maintenance('screens-menu', '.mat-mdc-menu-panel:visible, nav a:visible', {}, async (page) => {
    const button = page.locator('app-main-nav button');
    if (await button.isVisible()) await button.click();
  }),
  maintenance('colors-menu', '.mat-mdc-menu-panel', {}, (page) => page.locator('app-color-switch button').click()),
  maintenance('account-menu', '.mat-mdc-menu-panel', {}, (page) => page.locator('app-account-menu button').click()),
  { name: 'not-found', path: 'nowhere', play: { user: ADMIN }, stands: 'app-not-found-page h1' },
  {
    name: 'unreachable',
    path: 'maintenance',
    play: { refusals: { 'POST /auth/refresh': 'drop' } },
    stands: 'app-unreachable-page h1',
  },
];
