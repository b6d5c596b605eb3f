import { type Browser, chromium } from '@playwright/test';
import { checkShots, oneShotEach } from '../angular-admin/testing/scene-check.ts';
import { findChromium } from '../scripts/machine/programs.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});

afterAll(() => browser.close());

it('shows every screen in every state without a violation of axe, an error, or sideways scrolling', async () => {
  const shots = oneShotEach();
  // The turns are taken by all: a scene that is added must not leave one way of looking unseen.
  expect(new Set(shots.map(({ language, theme, size }) => `${language} ${theme} ${size}`)).size).toBe(8);
  expect(await checkShots(browser, shots)).toEqual([]);
});
