import { type Browser, type BrowserContext, chromium, type Locator, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { OidcIssuer } from '../apps/api/src/testing/oidc-issuer.ts';
import { findChromium } from '../scripts/machine/programs.ts';
import { compareDatabases } from '../sample-database/compare-databases.ts';
import { ensureShop } from '../sample-database/fill-shop.ts';
import { Client } from './support/client.ts';
import { until } from './support/condition.ts';
import { restoreByCommand } from './support/restore.ts';
import { administer, adminPassword, databaseUrl, Stack } from './support/stack.ts';

const shop = 'panel_shop';
const restored = 'panel_restored';
const otherAdmin = 'second@localhost';
const warning = 'Cette opération peut être longue et consommer des ressources.';

let issuer: OidcIssuer;
let stack: Stack;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pg-export-panel-'));
  await ensureShop(databaseUrl('postgres'), shop, { scale: 0.5 });
  issuer = await OidcIssuer.start();
  issuer.accounts.set('anna', { roles: ['admins'], email: 'anna@example.com' });
  stack = await Stack.start({
    sources: { main: databaseUrl(shop) },
    env: { EXPORT_LOCK_TIMEOUT_SECONDS: '1', ...issuer.environment },
  });
  await makeOtherAdmin();
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.stop();
  await issuer.stop();
  await rm(folder, { recursive: true, force: true });
  for (const database of [shop, restored]) await administer(`DROP DATABASE IF EXISTS ${database}`);
}, 60_000);

beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR', acceptDownloads: true });
  // The provider's pages ask for a font of the internet.
  await context.route('https://**', (route) => route.abort());
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
});

afterEach(() => context.close());

async function signIn(): Promise<void> {
  await page.goto(`${stack.url}/`);
  await fillCredentials();
  await page.getByRole('heading', { name: 'Maintenance', level: 1 }).waitFor();
}

async function fillCredentials(): Promise<void> {
  await page.getByLabel('Adresse e-mail').fill('admin@localhost');
  await page.getByLabel('Mot de passe', { exact: true }).fill(adminPassword);
  await page.getByRole('button', { name: 'Se connecter' }).click();
}

it('a click on the button ends in a downloaded file that restores into an identical database', async () => {
  await signIn();
  expect(new URL(page.url()).pathname).toBe('/fr/maintenance');
  await page.getByText(warning).waitFor();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Exporter la base de données' }).click();
  await page.getByRole('progressbar').first().waitFor();
  const file = await download;
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);

  const { items } = await pageOfExports();
  const [newest] = items;
  expect(newest?.status).toBe('ready');
  expect(file.suggestedFilename()).toBe(newest?.file?.name);
  expect(await sha256Of(path)).toBe(newest?.file?.sha256);

  await administer(`DROP DATABASE IF EXISTS ${restored}`);
  await administer(`CREATE DATABASE ${restored} TEMPLATE template0`);
  await restoreByCommand(newest?.file?.restoreCommand ?? '', path, restored);
  expect(await compareDatabases(databaseUrl(shop), databaseUrl(restored))).toEqual([]);
}, 180_000);

it('stays signed in over a reload, and shows no error in the console', async () => {
  const trouble: string[] = [];
  await signIn();
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text());
  });
  await page.reload();
  await page.getByRole('button', { name: 'Exporter la base de données' }).waitFor();
  expect(trouble).toEqual([]);
}, 60_000);

it('hides and shows at once for readers who want no motion: a focused field that lags behind would lose the focus', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${stack.url}/fr/sign-in`);
  await page.getByLabel('Adresse e-mail').and(page.locator(':focus')).waitFor();
  const seen = await page.evaluate<string[]>(`
    const root = document.querySelector('app-root');
    ['in-pieces', ''].map((name) => {
      root.className = name;
      return getComputedStyle(document.activeElement).visibility;
    })`);
  expect(seen).toEqual(['hidden', 'visible']);
}, 60_000);

it('by keyboard alone, in English: an export begins, another admin sees it, a dialog asks, and it is cancelled', async () => {
  await signIn();
  await page.getByRole('link', { name: 'en', exact: true }).click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  const other = await signInAsOther();

  await page.getByRole('main').focus();
  await tabTo(page.getByRole('button', { name: /^Options/ }));
  await page.keyboard.press('Enter');
  await tabTo(page.getByLabel('Gentle mode (MB/s)'));
  await page.keyboard.type('0.2');
  await tabTo(page.getByRole('button', { name: 'Export the database' }));
  await page.keyboard.press('Enter');
  await page.getByText('Reading tables').first().waitFor();
  await page.getByRole('group', { name: /^Tables of the export/ }).waitFor();
  await other.getByRole('cell', { name: /Running/ }).waitFor();
  await other.context().close();
  // It moves: a later percentage is another one.
  await percentAbove(await percentAbove(0));

  const cancel = page.getByRole('button', { name: 'Cancel', exact: true });
  await tabTo(cancel);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await hasFocus(cancel)).toBe(true);
  await page.keyboard.press('Enter');
  await tabTo(page.getByRole('button', { name: 'Cancel the export' }));
  await page.keyboard.press('Enter');
  await page.getByText('The export was cancelled').waitFor();
  await page.locator('app-run-panel h3:focus').waitFor();
}, 120_000);

it('is found again in a new tab, and delivered by the tab that asked, over a session that ends in its middle', async () => {
  await signIn();
  await startSlowly('1');

  const second = await context.newPage();
  await second.goto(`${stack.url}/fr/maintenance`);
  await second.getByRole('progressbar').first().waitFor();
  await second.close();

  await stack.sql('UPDATE pgexport.sessions SET ended_at = now()');
  await page.getByRole('button', { name: 'Se connecter' }).waitFor();
  await fillCredentials();
  await page.getByRole('progressbar').first().waitFor();

  // The download starts by itself, whatever screen is open by then.
  const download = page.waitForEvent('download', { timeout: 90_000 });
  await page.getByRole('link', { name: 'Historique', exact: true }).click();
  expect((await download).suggestedFilename()).toMatch(/^main-.*\.dump/);
  expect(new URL(page.url()).pathname).toBe('/fr/history');

  await page
    .getByRole('link', { name: /détails de cet export/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'Export prêt et vérifié' }).waitFor();
  const again = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Télécharger', exact: true }).click();
  expect((await again).suggestedFilename()).toBe((await download).suggestedFilename());
}, 180_000);

it('tells a failure in words, and what pg_dump said behind them', async () => {
  await signIn();
  const blocker = new pg.Client({ connectionString: databaseUrl(shop) });
  await blocker.connect();
  try {
    await blocker.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    await page.getByRole('button', { name: 'Exporter la base de données' }).click();
    await page.getByText('Une table est restée verrouillée trop longtemps.').first().waitFor();
    await page.getByText('Détails', { exact: true }).click();
    await page.locator('app-run-failure pre').waitFor();
  } finally {
    await blocker.end();
  }
}, 90_000);

it('steps up at the identity provider in a window of its own, and what was being done goes on by itself', async () => {
  await page.goto(`${stack.url}/fr/tokens`);
  await page.getByRole('link', { name: /^Continuer avec/ }).click();
  await authenticate(page);
  await page.waitForURL(`${stack.url}/**`);
  await page.goto(`${stack.url}/fr/tokens`);
  await stack.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 day'`);
  await page.locator('.screen-head button').click();
  await page.locator('app-new-token-dialog input').first().fill('sauvegarde');
  await page.locator('app-new-token-dialog button[type=submit]').click();

  const opening = page.waitForEvent('popup');
  await page.locator('app-step-up-dialog').getByRole('link').click();
  const atProvider = await opening;
  await page.getByText('cette page vous attend').waitFor();
  const gone = atProvider.waitForEvent('close');
  await authenticate(atProvider);
  await gone;
  await page.locator('app-copy-field').first().waitFor();
}, 60_000);

/** Says who one is on the provider's own pages, which are on another origin. */
async function authenticate(at: Page): Promise<void> {
  await at.waitForURL(`${issuer.url}/**`);
  await at.locator('[name=login]').fill('anna');
  await at.locator('[name=password]').fill('any');
  await at.locator('[type=submit]').click();
  await at.getByRole('button', { name: 'Continue' }).click();
}

/** A second SUPER_ADMIN, made as the first one would. */
async function makeOtherAdmin(): Promise<void> {
  const admin = await new Client(stack.url).signIn('admin@localhost', adminPassword);
  const account = { email: otherAdmin, password: adminPassword, role: 'SUPER_ADMIN' };
  expect((await admin.call('POST', '/admin/users', account)).status).toBe(201);
}

/** The other admin in a browser of their own, looking at the history in English. */
async function signInAsOther(): Promise<Page> {
  const other = await (await browser.newContext({ locale: 'en-US' })).newPage();
  await other.goto(`${stack.url}/en/history`);
  await other.getByLabel('E-mail address').fill(otherAdmin);
  await other.getByLabel('Password', { exact: true }).fill(adminPassword);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByRole('heading', { name: 'History', level: 1 }).waitFor();
  return other;
}

/** The percentage of the first progressbar once it is above this one. */
async function percentAbove(least: number): Promise<number> {
  const bar = page.getByRole('progressbar').first();
  let percent = 0;
  await until(`a percentage above ${String(least)}`, async () => {
    percent = Number(await bar.getAttribute('aria-valuenow'));
    return percent > least;
  });
  return percent;
}

/** Moves the focus on, as somebody without a mouse does, until it is there. */
async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not lead there');
}

async function hasFocus(target: Locator): Promise<boolean> {
  return (await target.and(page.locator(':focus')).count()) > 0;
}

async function startSlowly(megabytesPerSecond: string): Promise<void> {
  await page.getByRole('button', { name: /^Options/ }).click();
  await page.getByLabel('Mode doux (Mo/s)').fill(megabytesPerSecond);
  await page.getByRole('button', { name: 'Exporter la base de données' }).click();
  await page.getByText('Lecture des tables').first().waitFor();
}

/** What the API lists for the page's own session. */
async function pageOfExports() {
  const token = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/auth/refresh', { method: 'POST' });
    return ((await answer.json()) as { accessToken: string }).accessToken;
  });
  const answer = await fetch(`${stack.url}/api/v1/admin/db/export`, { headers: { Authorization: `Bearer ${token}` } });
  interface Item {
    status: string;
    file: { name: string; sha256: string; restoreCommand: string } | null;
  }
  return (await answer.json()) as { items: Item[] };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
