import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../machine/package-manager.ts';
import { launchProcess, type Running } from '../../machine/running.ts';
import type { Stack } from '../bench-stack.ts';
import { ExportBook } from '../export-book.ts';
import { median, percentile } from '../report.ts';
import { latencies, latenciesAtPace, requestsPerSecond, type Call } from './http-load.ts';
import { atLeast, atMost, loadTable, type Finding } from './load-report.ts';
import { Nginx } from './nginx.ts';
import { downloadSpeed, SlowReaders } from './readers.ts';
import { statementsPerSecond } from './statement-count.ts';

const root = resolve(import.meta.dirname, '../../..');
const ROUND_SECONDS = 4;
/** Long enough to tell what levels off from what goes on growing. */
const WATCHED_SECONDS = 40;
const STREAMS = 1_000;
const SLOW_READERS = 50;
const MANY_ROWS = 1_000_000;
const FILE_BYTES = 512 * 1_048_576;
const MEBIBYTE = 1_048_576;
/** So slow that the export outlasts whatever is measured beside it. */
const GENTLE = { maxBytesPerSecond: 65_536, compression: 'none' };

/** What the API bears, in ratios of one run. */
export class LoadBench {
  private readonly findings: Finding[] = [];
  private authorization = '';
  private readonly stack: Stack;
  private readonly book: ExportBook;
  private readonly folder: string;
  private readonly rounds: number;
  private readonly log: Log;

  constructor(stack: Stack, folder: string, rounds: number, log: Log) {
    this.stack = stack;
    this.book = new ExportBook(stack);
    this.folder = folder;
    this.rounds = rounds;
    this.log = log;
  }

  /** Gives the exit code: 1 when a promise is broken. */
  async run(): Promise<number> {
    const { email, password } = this.stack;
    const login = (await this.json('POST', '/auth/login', { email, password })) as { accessToken: string };
    this.authorization = `Bearer ${login.accessToken}`;
    const { id } = (await this.json('POST', '/admin/db/export', {})) as { id: string };
    await this.untilReady(id);
    for (const [title, measure] of [
      ['polling', () => this.polling(id)],
      ['followers', () => this.followers()],
      ['POST', () => this.posting()],
      ['download', () => this.downloads(id)],
      ['list', () => this.list()],
    ] as const) {
      this.log(`Measuring: ${title}…`);
      await measure();
    }
    this.log(`\n${loadTable(this.findings)}\n`);
    return this.findings.some(({ kept }) => kept === false) ? 1 : 0;
  }

  private async polling(id: string): Promise<void> {
    const path = `/admin/db/export/${id}`;
    const etag = (await this.fetch('GET', path)).headers.get('etag') ?? '';
    const live: Call = { url: `${this.stack.origin}/health/live`, status: 200 };
    const whole = this.callOf(path);
    const unchanged: Call = { ...whole, headers: { ...whole.headers, 'if-none-match': etag }, status: 304 };
    const rates: [number, number, number][] = [];
    for (let round = 0; round < this.rounds; round += 1) {
      const measured = [];
      for (const call of [live, whole, unchanged]) measured.push(await requestsPerSecond(call, ROUND_SECONDS));
      rates.push(measured as [number, number, number]);
    }
    const ratio = (of: 0 | 1 | 2, to: 0 | 1 | 2) => median(rates.map((rate) => rate[of] / rate[to]));
    this.findings.push(
      atLeast('status polling against `/health/live`, answers a second', ratio(1, 0), 0.5),
      atLeast('304 against 200, answers a second', ratio(2, 1), 1),
    );
  }

  private async followers(): Promise<void> {
    const { id } = (await this.json('POST', '/admin/db/export', GENTLE)) as { id: string };
    await this.untilStatus(id, (status) => status === 'running');
    const before = await this.memory();
    const crowd = await this.gather(id);
    const grown = (await this.memory()) - before;
    const asked = await statementsPerSecond(
      { url: this.stack.ownUrl, logFile: join(this.folder, 'postgres/server.log'), pid: this.stack.apiPid },
      WATCHED_SECONDS,
    );
    crowd.killGroup();
    await crowd.exited;
    await this.json('POST', `/admin/db/export/${id}/cancel`);
    this.findings.push(
      atMost(`${STREAMS} streams of one running export: memory of the API`, grown / MEBIBYTE, 100, ' MiB', 0),
      atMost(`${STREAMS} streams: questions to the database a second`, asked, 1),
    );
  }

  /** Everybody who follows an export, connected and signed in. */
  private async gather(id: string): Promise<Running> {
    const crowdLog = join(this.folder, 'crowd.log');
    const crowd = this.launch('apps/api/src/testing/crowd-of-streams.ts', crowdLog, {
      URL: `${this.stack.origin}/api/v1/admin/db/export/${id}/events`,
      AUTHORIZATION: this.authorization,
      COUNT: String(STREAMS),
    });
    // It tells of each event that every stream has received.
    while (!/^2$/m.test(await readFile(crowdLog, 'utf8'))) await sleep(100);
    return crowd;
  }

  private launch(script: string, logFile: string, env: NodeJS.ProcessEnv): Running {
    const output = openSync(logFile, 'w');
    try {
      return launchProcess({
        command: process.execPath,
        args: [join(root, script)],
        env: { PATH: process.env['PATH'], ...env },
        cwd: this.folder,
        output,
      });
    } finally {
      closeSync(output);
    }
  }

  private async posting(): Promise<void> {
    const call: Call = { ...this.callOf('/admin/db/export', 202), method: 'POST', body: JSON.stringify(GENTLE) };
    const measured = await latenciesAtPace(call, 50, 10);
    await this.book.sql(`UPDATE pgexport.exports SET status = 'cancelled', stage = 'done' WHERE status = 'queued'`);
    await this.book.sql(`UPDATE pgexport.exports SET cancel_requested_at = now() WHERE status = 'running'`);
    this.findings.push(atMost('POST at 50 a second, p99', percentile(measured, 99), 50, ' ms', 0));
  }

  private async downloads(id: string): Promise<void> {
    await this.book.enlarge(id, FILE_BYTES);
    const ours = `${this.stack.origin}/api/v1/admin/db/export/${id}/file`;
    const file = join(this.stack.storeFolder, `${id}.1`);
    const nginx = await Nginx.start(this.folder, this.stack.storeFolder);
    const node = await this.bareNode(file);
    const ratios: { nginx: number; node: number }[] = [];
    for (let round = 0; round < this.rounds + 2; round += 1) {
      const sent = nginx && (await downloadSpeed(`${nginx.url}/${id}.1`));
      const own = await downloadSpeed(ours, this.authorization);
      ratios.push({ nginx: own / (sent ?? NaN), node: own / (await downloadSpeed(node.url)) });
    }
    node.running.killGroup();
    await node.running.exited;
    await nginx?.stop();
    const what = 'download against nginx with sendfile, bytes a second';
    this.findings.push(
      nginx === undefined
        ? { what, measured: 'nginx is not installed', promised: 'at least 0.75', kept: null }
        : atLeast(what, median(ratios.map((ratio) => ratio.nginx)), 0.75),
      atLeast('download against a bare read stream of Node', median(ratios.map((ratio) => ratio.node)), 1),
    );
    await this.slowDownloads(ours);
  }

  private async bareNode(file: string): Promise<{ url: string; running: Running }> {
    const log = join(this.folder, 'bare-node.log');
    const running = this.launch('scripts/bench/load/bare-node.ts', log, { FILE: file });
    for (;;) {
      const port = /^\d+$/m.exec(await readFile(log, 'utf8'))?.[0];
      if (port !== undefined) return { url: `http://127.0.0.1:${port}/`, running };
      await sleep(100);
    }
  }

  private async slowDownloads(url: string): Promise<void> {
    const readers = new SlowReaders();
    await readers.start(SLOW_READERS, url, this.authorization, 256 * 1_024);
    await sleep(ROUND_SECONDS * 1_000);
    const [early, received] = [await this.memory(), readers.received];
    await sleep(WATCHED_SECONDS * 1_000);
    const grown = (await this.memory()) - early;
    if (readers.received <= received) throw new Error('The slow downloads stand still');
    readers.leave();
    const what = `${SLOW_READERS} slow downloads at once: memory that grows in ${WATCHED_SECONDS} s`;
    this.findings.push(atMost(what, grown / MEBIBYTE, 20, ' MiB', 0));
  }

  private async list(): Promise<void> {
    const count = 200;
    const call = this.callOf('/admin/db/export?limit=20');
    await this.book.fillUpTo(1_000);
    await latencies(call, count);
    const few = median(await latencies(call, count));
    await this.book.fillUpTo(MANY_ROWS);
    await latencies(call, count);
    const many = median(await latencies(call, count));
    this.findings.push(atMost(`list page at ${MANY_ROWS} rows against 1000, median time`, many / few, 1.5));
  }

  private async untilReady(id: string): Promise<void> {
    await this.untilStatus(id, (status) => status === 'ready');
  }

  private async untilStatus(id: string, isIt: (status: string) => boolean): Promise<void> {
    for (;;) {
      const { status } = (await this.json('GET', `/admin/db/export/${id}`)) as { status: string };
      if (isIt(status)) return;
      await sleep(200);
    }
  }

  /** Resident memory of the API, in bytes. */
  private async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.stack.apiPid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }

  private callOf(path: string, status = 200): Call {
    const headers = { authorization: this.authorization, 'content-type': 'application/json' };
    return { url: `${this.stack.origin}/api/v1${path}`, headers, status };
  }

  private fetch(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.stack.origin}/api/v1${path}`, {
      method,
      headers: {
        ...(this.authorization && { authorization: this.authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  private async json(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.fetch(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
