import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import type { Log } from '../machine/package-manager.ts';
import { findChromium } from '../machine/programs.ts';
import type { Stack } from './bench-stack.ts';
import { ExportBook } from './export-book.ts';
import { ExportClient } from './export-client.ts';
import { atMost, loadTable, type Finding } from './load/load-report.ts';
import { median } from './report.ts';

const [FEW_ROWS, MANY_ROWS] = [20, 100_000];
const FILE_BYTES = 1 << 30;
const MEBIBYTE = 1 << 20;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What the page costs the one who opens it, in a real Chromium on the same machine. */
export class PageBench {
  private readonly findings: Finding[] = [];
  private readonly stack: Stack;
  private readonly book: ExportBook;
  private readonly client: ExportClient;
  private readonly rounds: number;
  private readonly log: Log;

  constructor(stack: Stack, rounds: number, log: Log, signal: AbortSignal) {
    this.stack = stack;
    this.book = new ExportBook(stack);
    this.client = new ExportClient(stack, signal);
    this.rounds = rounds;
    this.log = log;
  }

  /** Gives the exit code: 1 when a promise is broken. */
  async run(): Promise<number> {
    const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
    try {
      await this.firstLoad(browser);
      const context = await browser.newContext({ acceptDownloads: true });
      const page = await context.newPage();
      await this.signIn(page);
      await this.client.signIn();
      const { id } = await this.client.finished();
      await this.download(browser, page, id);
      await this.history(page);
      await context.close();
    } finally {
      await browser.close();
    }
    this.log(`\n${loadTable(this.findings)}\n`);
    return this.findings.some(({ kept }) => kept === false) ? 1 : 0;
  }

  /** From nothing in any cache to a field that takes the e-mail address, and what came over the wire for it. */
  private async firstLoad(browser: Browser): Promise<void> {
    const [sizes, screens, times]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < this.rounds; round += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const received = await wireBytes(context, page);
      const begin = performance.now();
      await page.goto(`${this.stack.origin}/en/sign-in`, { waitUntil: 'commit' });
      await page.locator('input[type=email]').click();
      times.push((performance.now() - begin) / 1_000);
      await page.waitForLoadState('networkidle');
      sizes.push(received().application / 1_000);
      screens.push(received().screens / 1_000);
      await context.close();
    }
    this.findings.push(
      atMost('first load over the wire, before lazy screens', median(sizes), 200, ' kB', 0),
      {
        what: 'the screen to sign in, over the wire',
        measured: `${median(screens).toFixed(0)} kB`,
        promised: '–',
        kept: null,
      },
      atMost('first load, until the form takes input', median(times), 1.5, ' s'),
    );
  }

  private async signIn(page: Page): Promise<void> {
    await page.goto(`${this.stack.origin}/en/sign-in`);
    await page.locator('input[type=email]').fill(this.stack.email);
    await page.locator('input[type=password]').fill(this.stack.password);
    await page.locator('button[type=submit]').click();
    await page.locator('app-maintenance-page h1').waitFor();
  }

  /** Memory of the page's own process while the browser downloads a file, above what it was before. */
  private async download(browser: Browser, page: Page, id: string): Promise<void> {
    await this.book.enlarge(id, FILE_BYTES);
    await page.goto(`${this.stack.origin}/en/history`);
    const button = page.locator('app-history-table button[aria-label^="Download"]').first();
    await button.waitFor();
    await sleep(2_000);
    const before = await pageMemory(browser);
    const begun = page.waitForEvent('download');
    await button.click();
    const download = await begun;
    const done = download.path().then(() => true);
    let highest = before;
    while (!(await Promise.race([done, sleep(100).then(() => false)]))) {
      highest = Math.max(highest, await pageMemory(browser));
    }
    await download.delete();
    this.findings.push(
      atMost(
        'memory of the page during a download of 1 GiB, above before',
        (highest - before) / MEBIBYTE,
        20,
        ' MiB',
        0,
      ),
    );
  }

  private async history(page: Page): Promise<void> {
    const opens = async (): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < this.rounds * 3; round += 1) {
        await page.goto('about:blank');
        const begin = performance.now();
        await page.goto(`${this.stack.origin}/en/history`, { waitUntil: 'commit' });
        await page
          .locator('app-history-table tbody tr')
          .nth(FEW_ROWS - 1)
          .waitFor();
        times.push(performance.now() - begin);
      }
      return median(times);
    };
    await this.book.fillUpTo(FEW_ROWS);
    const few = await opens();
    await this.book.fillUpTo(MANY_ROWS);
    const many = await opens();
    this.findings.push(atMost(`history of ${MANY_ROWS} rows against ${FEW_ROWS}, time to its table`, many / few, 1.2));
  }
}

interface WireBytes {
  /** What the document itself asks for: scripts, styles, fonts. */
  application: number;
  /** What scripts ask for: the screens that are loaded when they are needed, and answers of the API. */
  screens: number;
}

/** Counts what a page receives, headers and all, as it comes over the wire. */
async function wireBytes(context: BrowserContext, page: Page): Promise<() => WireBytes> {
  const session = await context.newCDPSession(page);
  const bytes = { application: 0, screens: 0 };
  const byScript = new Set<string>();
  session.on('Network.requestWillBeSent', ({ requestId, initiator }) => {
    if (initiator.type === 'script') byScript.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes[byScript.has(requestId) ? 'screens' : 'application'] += encodedDataLength;
  });
  await session.send('Network.enable');
  return () => bytes;
}

/** Resident memory of all pages' processes, in bytes. */
async function pageMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
        return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
      }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
