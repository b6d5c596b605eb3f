/**
 * Every screen in every state, both languages, both themes, desk and phone, with axe run on each:
 * `node angular-admin/testing/screenshots.ts FOLDER [pattern of scene.language.theme.size]` after `npx ng build`.
 * Exit status 1 when axe, the console or the page's width has something to say.
 */
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from '@playwright/test';
import { fakeApi, script } from './fake-api.ts';
import { scenes, type Scene } from './scenes.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

const [folder = 'shots', pattern = ''] = process.argv.slice(2);
const wanted = new RegExp(pattern);
const complaints: string[] = [];

async function inspect(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, nodes } of violations) {
    complaints.push(`${name}: axe ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (overflow > 0) complaints.push(`${name}: ${String(overflow)} px wider than the screen`);
}

async function shoot(
  browser: Browser,
  scene: Scene,
  language: string,
  theme: 'light' | 'dark',
  size: keyof typeof SIZES,
) {
  const name = [scene.name, language, theme, size].join('.');
  const play = script(scene.play);
  const server = fakeApi(play);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`));
  page.on('console', (message) => {
    const expected = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !expected) complaints.push(`${name}: ${message.text()}`);
  });
  try {
    await page.goto(`http://127.0.0.1:${String(port)}/${language}/${scene.path}`);
    await scene.act?.(page, play);
    await page.locator(scene.stands).first().waitFor({ timeout: 20_000 });
    await page.evaluate(() => document.fonts.ready);
    // Drawers and labels of Material settle in a few frames even with reduced motion.
    await page.waitForTimeout(250);
    await inspect(page, name);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  } catch (error) {
    complaints.push(`${name}: ${String(error)}`);
  } finally {
    await context.close();
    server.closeAllConnections();
    server.close();
  }
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const names = scenes().map(({ name }) => name);
const shots = names
  .flatMap((name) => ['fr', 'en'].map((language) => ({ name, language })))
  .flatMap((shot) => (['light', 'dark'] as const).map((theme) => ({ ...shot, theme })))
  .flatMap((shot) => (['desk', 'phone'] as const).map((size) => ({ ...shot, size })))
  .filter(({ name, language, theme, size }) => wanted.test([name, language, theme, size].join('.')));

async function shootNext(): Promise<void> {
  for (let shot = shots.shift(); shot !== undefined; shot = shots.shift()) {
    const { name, language, theme, size } = shot;
    const scene = scenes().find((one) => one.name === name);
    if (scene !== undefined) await shoot(browser, scene, language, theme, size);
  }
}
await Promise.all([shootNext(), shootNext(), shootNext()]);
await browser.close();
for (const complaint of complaints) console.error(complaint);
console.log(`${String(complaints.length)} complaints; pictures in ${folder}`);
process.exitCode = complaints.length === 0 ? 0 : 1;
