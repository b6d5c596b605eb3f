import pg from 'pg';
import { PlainError } from '../plain-error.ts';
import { type Accuracy, accuracyOf, type Sight } from './accuracy.ts';
import type { Measure } from './bare-programs.ts';
import type { Stack } from './bench-stack.ts';
import { WatchCost } from './watch-cost.ts';

/** What the bench needs of an export. */
interface ExportView {
  id: string;
  status: string;
  createdAt: string;
  finishedAt: string | null;
  progress: { percent: number; etaSeconds: number | null };
  file: { sizeBytes: number } | null;
  error: { code: string; message: string } | null;
}

export interface ExportMeasure extends Measure {
  /** From the export's row to the connection of pg_dump. */
  secondsToPgDump: number | undefined;
  /** Of one processor, what the connection takes that watches the export; undefined where the system does not tell. */
  watchShare: number | undefined;
}

/** As often as a patient script asks: more would compete with the export for the same cores. */
const pollMilliseconds = 500;
const sightMilliseconds = 100;
/** How many requests the latency is taken from, and the pause between two. */
const latencySamples = 100;
const latencyPauseMilliseconds = 10;
/** How many exports the way to pg_dump is timed with, and how often it is looked whether it is there. */
const startSamples = 12;
const startLookMilliseconds = 150;

/** A user of the real API, with a stopwatch. */
export class ExportClient {
  private readonly stack: Stack;
  private readonly signal: AbortSignal;
  private token = '';

  constructor(stack: Stack, signal: AbortSignal) {
    this.stack = stack;
    this.signal = signal;
  }

  async signIn(): Promise<void> {
    const { email, password } = this.stack;
    const { accessToken } = (await this.call('POST', '/auth/login', { email, password })) as { accessToken: string };
    this.token = accessToken;
  }

  /** One export from the request to `ready` by the server's own clock, then deleted. */
  async measure(options: Record<string, unknown> = {}): Promise<ExportMeasure> {
    const requested = await this.request(options);
    const dumpStart = this.startOfPgDump(requested.id);
    dumpStart.catch(() => undefined);
    const cost = new WatchCost(this.stack.shopUrl, requested.id);
    let ready: ExportView;
    try {
      ready = await this.untilFinal(requested.id);
    } catch (error) {
      // Whoever looks on must not be left with a server that is about to be stopped.
      await Promise.allSettled([cost.end(), dumpStart]);
      throw error;
    }
    const watchShare = await cost.end();
    if (ready.status !== 'ready' || !ready.file) {
      throw new PlainError(`The export ended as ${ready.status}: ${ready.error?.code} ${ready.error?.message}`);
    }
    const seconds = (Date.parse(ready.finishedAt ?? '') - Date.parse(ready.createdAt)) / 1_000;
    const startedAt = await dumpStart;
    await this.call('DELETE', `/admin/db/export/${ready.id}`);
    const secondsToPgDump = startedAt && (startedAt.getTime() - Date.parse(requested.createdAt)) / 1_000;
    return { seconds, sizeBytes: ready.file.sizeBytes, secondsToPgDump, watchShare };
  }

  /** One export that is ready, and stays. */
  async finished(options: Record<string, unknown> = {}): Promise<{ id: string }> {
    const { id } = await this.request(options);
    const { status, error } = await this.untilFinal(id);
    if (error) throw new PlainError(`The export ended as ${status}: ${error.code} ${error.message}`);
    return { id };
  }

  /** One export from the request to `ready`, looked at ten times a second, then deleted. */
  async accuracy(options: Record<string, unknown>): Promise<Accuracy & { seconds: number }> {
    const { id } = await this.request(options);
    const begin = performance.now();
    const sights: Sight[] = [];
    for (;;) {
      const { status, progress, error } = await this.get(id);
      const seconds = (performance.now() - begin) / 1_000;
      if (status === 'ready') {
        await this.call('DELETE', `/admin/db/export/${id}`);
        return { ...accuracyOf(sights, seconds), seconds };
      }
      if (error) throw new PlainError(`The export ended as ${status}: ${error.code} ${error.message}`);
      sights.push({ seconds, ...progress });
      await pause(sightMilliseconds);
    }
  }

  /**
   * How long POST takes while another export runs, in milliseconds. When that one ends early, one of those asked for takes
   * its place, so there is always one; all are cancelled in the end.
   */
  async postLatencies(): Promise<number[]> {
    const running = await this.request();
    await this.untilStatus(running.id, (status) => status === 'running');
    const latencies: number[] = [];
    const queued: ExportView[] = [];
    while (latencies.length < latencySamples) {
      const begin = performance.now();
      queued.push(await this.request());
      latencies.push(performance.now() - begin);
      await pause(latencyPauseMilliseconds);
    }
    // The queued first, or the next one would start as soon as the running one ends.
    for (const { id } of queued) await this.cancel(id);
    await this.cancel(running.id);
    await this.untilFinal(running.id);
    return latencies;
  }

  /**
   * How soon pg_dump is at work, in milliseconds from an export's row to pg_dump's connection, by the server's book: a
   * little later than its start. Exports one after the other, each cancelled as soon as it copies.
   */
  async startLatencies(): Promise<number[]> {
    const latencies: number[] = [];
    for (let sample = 0; sample < startSamples; sample++) {
      const { id, createdAt } = await this.request();
      const connected = await this.startOfPgDump(id, startLookMilliseconds);
      await this.cancel(id);
      await this.untilFinal(id);
      if (connected !== undefined) latencies.push(connected.getTime() - Date.parse(createdAt));
    }
    return latencies;
  }

  private request(options: Record<string, unknown> = {}): Promise<ExportView> {
    return this.call('POST', '/admin/db/export', options) as Promise<ExportView>;
  }

  private get(id: string): Promise<ExportView> {
    return this.call('GET', `/admin/db/export/${id}`) as Promise<ExportView>;
  }

  private async cancel(id: string): Promise<void> {
    await this.call('POST', `/admin/db/export/${id}/cancel`, undefined, [409]);
  }

  private untilFinal(id: string): Promise<ExportView> {
    return this.untilStatus(id, (status) => status !== 'queued' && status !== 'running');
  }

  private async untilStatus(id: string, isIt: (status: string) => boolean): Promise<ExportView> {
    for (;;) {
      const view = await this.get(id);
      if (isIt(view.status)) return view;
      await pause(pollMilliseconds);
    }
  }

  /** When pg_dump connected, by the server's own book: the backend that copies, told by the export's application name. */
  private async startOfPgDump(id: string, lookMilliseconds = pollMilliseconds): Promise<Date | undefined> {
    const client = new pg.Client({ connectionString: this.stack.shopUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      for (let poll = 0; poll < 200 && !this.signal.aborted; poll++) {
        const { rows } = await client.query<{ backend_start: Date }>(
          `SELECT a.backend_start FROM pg_stat_activity AS a JOIN pg_stat_progress_copy AS c ON c.pid = a.pid
           WHERE a.application_name = $1`,
          [`pg-export/${id}`],
        );
        if (rows[0]) return rows[0].backend_start;
        await pause(lookMilliseconds);
      }
      return undefined;
    } finally {
      await client.end();
    }
  }

  /** @param tolerated statuses of failure that are as good as success here */
  private async call(method: string, path: string, body?: unknown, tolerated: number[] = []): Promise<unknown> {
    const response = await fetch(`${this.stack.origin}/api/v1${path}`, {
      method,
      signal: this.signal,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok && !tolerated.includes(response.status)) {
      throw new PlainError(`${method} ${path} was answered with ${response.status}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}

const pause = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));
