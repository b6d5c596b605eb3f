import { readFile } from 'node:fs/promises';
import pg from 'pg';

const lookMilliseconds = 250;

/**
 * What the connection costs that watches an export: how far it is, and who waits for whom. It is told by its query, and
 * its processor time is the kernel's own figure for the backend (Linux, where the server runs here).
 */
export class WatchCost {
  private readonly client: pg.Client;
  private readonly over = new AbortController();
  private readonly looking: Promise<number | undefined>;

  constructor(url: string, exportId: string) {
    this.client = new pg.Client({ connectionString: url });
    // A server that is stopped under it, as a Ctrl-C has it, must not end the clean-up.
    this.client.on('error', () => undefined);
    this.looking = this.look(`pg-export/${exportId}`);
    this.looking.catch(() => undefined);
  }

  /** Ends the looks. Gives the share of one processor, or undefined where nothing was seen. */
  end(): Promise<number | undefined> {
    this.over.abort();
    return this.looking;
  }

  private async look(applicationName: string): Promise<number | undefined> {
    let first: { at: number; nanoseconds: number } | undefined;
    let share: number | undefined;
    await this.client.connect();
    try {
      while (!this.over.signal.aborted) {
        const { rows } = await this.client.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND query LIKE '%pg_stat_progress_copy%'`,
          [applicationName],
        );
        const nanoseconds = rows[0] && (await processorTime(rows[0].pid));
        const at = performance.now();
        if (nanoseconds !== undefined) {
          if (first) share = (nanoseconds - first.nanoseconds) / ((at - first.at) * 1e6);
          else first = { at, nanoseconds };
        }
        await new Promise((wake) => setTimeout(wake, lookMilliseconds));
      }
      return share;
    } finally {
      await this.client.end();
    }
  }
}

async function processorTime(pid: number): Promise<number | undefined> {
  const figures = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => undefined);
  return figures === undefined ? undefined : Number(figures.split(' ')[0]);
}
