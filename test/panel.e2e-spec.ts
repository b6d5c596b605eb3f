import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../scripts/machine/programs.ts';
import { compareDatabases } from '../sample-database/compare-databases.ts';
import { ensureShop } from '../sample-database/fill-shop.ts';
import { restoreByCommand } from './support/restore.ts';
import { administer, adminPassword, databaseUrl, Stack } from './support/stack.ts';

const shop = 'panel_shop';
const restored = 'panel_restored';
const warning = 'Cette opération peut être longue et consommer des ressources.';

let stack: Stack;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pg-export-panel-'));
  await ensureShop(databaseUrl('postgres'), shop, { scale: 0.5 });
  stack = await Stack.start({ sources: { main: databaseUrl(shop) } });
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
  await rm(folder, { recursive: true, force: true });
  for (const database of [shop, restored]) await administer(`DROP DATABASE IF EXISTS ${database}`);
}, 60_000);

beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR', acceptDownloads: true });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
});

afterEach(() => context.close());

async function signIn(): Promise<void> {
  await page.goto(`${stack.url}/`);
  await page.getByLabel('Adresse e-mail').fill('admin@localhost');
  await page.getByLabel('Mot de passe', { exact: true }).fill(adminPassword);
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.getByRole('heading', { name: 'Maintenance', level: 1 }).waitFor();
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
