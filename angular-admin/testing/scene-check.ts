/** Puts one scene on the stage of a real browser and says what is wrong with it. */
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from '@playwright/test';
import { fakeApi, script } from './fake-api.ts';
import { scenes } from './scenes.ts';

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const LANGUAGES = ['fr', 'en'] as const;
const THEMES = ['light', 'dark'] as const;

/** Longest wait for one scene. */
const SHOT_MS = 30_000;
/** So often it is looked whether a page has come to fit. */
const LOOKS = 30;
const TWO_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** One scene as one reader sees it. */
export interface Shot {
  readonly scene: string;
  readonly language: (typeof LANGUAGES)[number];
  readonly theme: (typeof THEMES)[number];
  readonly size: keyof typeof SIZES;
}

export const nameOf = ({ scene, language, theme, size }: Shot): string => [scene, language, theme, size].join('.');

/** Every scene in both languages, both themes, at the desk and on the phone. */
export function allShots(): Shot[] {
  return scenes()
    .map(({ name }) => name)
    .flatMap((scene) => LANGUAGES.map((language) => ({ scene, language })))
    .flatMap((shot) => THEMES.map((theme) => ({ ...shot, theme })))
    .flatMap((shot) => (['desk', 'phone'] as const).map((size) => ({ ...shot, size })));
}

/** Every scene once: language, theme and size take turns, so that all eight ways to look are there. */
export function oneShotEach(): Shot[] {
  const ways = allShots().length / scenes().length;
  return allShots().filter((_, index) => index % ways === Math.floor(index / ways) % ways);
}

/** What is beyond the right edge at this size, in words; nothing when the page fits. */
async function overflowOf(page: Page, size: keyof typeof SIZES): Promise<string[]> {
  await page.setViewportSize(SIZES[size]);
  // The style sheets follow some frames after the window on a busy machine, and what the panel itself decides by the width after them.
  let overflow = Infinity;
  for (let look = 0; look < LOOKS && overflow > 0; look++) {
    await page.evaluate(TWO_FRAMES);
    overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  }
  return overflow > 0 ? [`${String(overflow)} px wider than a ${size}`] : [];
}

/** Fields of a dialog whose label, on the frame's upper edge, is cut off by what scrolls; nothing when all can be read. */
async function cutLabelsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    [...document.querySelectorAll('mat-dialog-content')].flatMap((content) => {
      const top = content.getBoundingClientRect().top - content.scrollTop;
      return [...content.querySelectorAll('.mdc-floating-label')]
        .filter((label) => label.getBoundingClientRect().top < top)
        .map((label) => 'label cut off: ' + label.textContent);
    })`);
}

/** With reduced motion, animations last a millisecond instead of none; what still runs after a second is not waited for. */
const AT_REST = `(async () => {
  await document.fonts.ready;
  const second = new Promise((done) => setTimeout(done, 1_000));
  await ${TWO_FRAMES};
  await Promise.race([second, Promise.allSettled(document.getAnimations().map(({ finished }) => finished))]);
  await ${TWO_FRAMES};
})()`;

async function violationsOf(page: Page, size: Shot['size']): Promise<string[]> {
  // Legacy: without the second page that only frames of other origins need; there are none.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const axe = violations.map(
    ({ id, nodes }) => `axe ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
  const other = size === 'desk' ? 'phone' : 'desk';
  return [...axe, ...(await cutLabelsOf(page)), ...(await overflowOf(page, size)), ...(await overflowOf(page, other))];
}

/** Each scene has a server of its own, so an origin of its own: nothing of the scene before is left in the page. */
async function complaintsOn(page: Page, shot: Shot, picture: string | undefined): Promise<string[]> {
  const scene = scenes().find(({ name }) => name === shot.scene);
  if (scene === undefined) return ['no such scene'];
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const expected = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !expected) complaints.push(message.text());
  });
  const play = script(scene.play);
  const server = fakeApi(play);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    await page.setViewportSize(SIZES[shot.size]);
    await page.emulateMedia({ colorScheme: shot.theme, reducedMotion: 'reduce' });
    await page.goto(`http://127.0.0.1:${String(port)}/${shot.language}/${scene.path}`);
    await scene.act?.(page, play);
    await page.locator(scene.stands).first().waitFor();
    // It goes when the first page is whole, a few tasks after the page's first element is there.
    const splash = scene.name === 'loading' ? 'visible' : 'hidden';
    await page.locator('.splash').waitFor({ state: splash });
    await page.evaluate(AT_REST);
    if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true });
    complaints.push(...(await violationsOf(page, shot.size)));
    page.removeAllListeners('pageerror');
    page.removeAllListeners('console');
    // What the page still waits for would fail with the server, and be held against the next scene.
    await page.goto('about:blank');
  } finally {
    // After a failure too, when the page is closed: a server that goes on would keep the run from ending.
    server.closeAllConnections();
    server.close();
  }
  return complaints;
}

/** A script that never answers is not covered by the page's own time limit. */
async function tooLong(signal: AbortSignal): Promise<never> {
  await setTimeout(SHOT_MS, undefined, { signal, ref: false });
  throw new Error(`not done within ${String(SHOT_MS / 1_000)} s`);
}

/** One page that shows one scene after the other: a window for each would take longer than the scene. */
async function showAll(browser: Browser, waiting: Shot[], pictureOf: PictureOf): Promise<string[]> {
  const all: string[] = [];
  let page: Page | undefined;
  for (let shot = waiting.shift(); shot !== undefined; shot = waiting.shift()) {
    page ??= await browser.newPage();
    page.setDefaultTimeout(SHOT_MS);
    const limit = new AbortController();
    let complaints: string[];
    try {
      complaints = await Promise.race([complaintsOn(page, shot, pictureOf(shot)), tooLong(limit.signal)]);
    } catch (error) {
      complaints = [String(error)];
      await page.close();
      page = undefined;
    }
    limit.abort();
    for (const complaint of complaints) all.push(`${nameOf(shot)}: ${complaint}`);
  }
  await page?.close();
  return all;
}

type PictureOf = (shot: Shot) => string | undefined;

/**
 * What axe (WCAG), the console and the page's width at both sizes say about each; empty when all is well.
 * @param pictureOf where to put a picture of it
 */
export async function checkShots(
  browser: Browser,
  shots: readonly Shot[],
  pictureOf: PictureOf = () => undefined,
): Promise<string[]> {
  const waiting = [...shots];
  const lanes = [showAll(browser, waiting, pictureOf), showAll(browser, waiting, pictureOf)];
  return (await Promise.all(lanes)).flat();
}
