import type { Page } from '@playwright/test';
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

const RUN = '0199b7c2-2222-7000-8000-000000000009';
const maintenance = (name: string, stands: string, play: Partial<Script>, act?: Scene['act']): Scene => ({
  name,
  path: 'maintenance',
  play: { user: ADMIN, ...play },
  stands,
  ...(act === undefined ? {} : { act }),
});
const during = (state: object): Partial<Script> => ({
  exports: [exportOf(RUN, { ...state }), ...pastExports()],
  run: [{ ...state }],
});
/** What pressing the export button leads to when the run goes through this state. */
const order: Scene['act'] = async (page) => {
  await page.locator('.order button').click();
};

const openOptions = async (page: Page): Promise<void> => {
  await page.locator('mat-expansion-panel-header').click();
  await page.locator('.fields').waitFor();
};

async function signIn(page: Page, password: string): Promise<void> {
  await page.locator('input[type=email]').fill('admin@localhost');
  await page.locator('input[type=password]').fill(password);
  await page.locator('button[type=submit]').click();
}

/** Made anew for each picture: times are relative to now. */
export const scenes = (): readonly Scene[] => [
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
  maintenance('maintenance-idle', 'app-history-table', {}),
  maintenance('maintenance-empty', 'app-empty-face', { exports: [] }),
  maintenance('maintenance-database-unreachable', '.problem', {
    databases: [
      database({
        reachable: false,
        problem: 'connect ECONNREFUSED 10.0.0.5:5432',
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
