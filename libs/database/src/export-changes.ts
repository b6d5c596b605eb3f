import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';

/** Of the trigger in the migration ExportAnnouncements. */
const EXPORT_CHANNEL = 'pgexport_export';
const QUEUE_CHANNEL = 'pgexport_queue';

/** Of the listening connection, in pg_stat_activity. */
export const LISTENER_NAME = 'pg-export changes';

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection whose other end has vanished without a word looks alive until something is asked of it. */
const PROOF_OF_LIFE_MS = 10_000;

/** What an audience hears; all are called at once, without the rows. */
export interface ChangeAudience {
  /** This export is not what it was. */
  changed: (id: string) => void;
  /** Exports have entered or left the queue: whoever waits may have another place. */
  queueMoved: () => void;
  /** From now on changes are heard; whatever happened before this moment may have been missed. */
  caughtUp: () => void;
}

/**
 * Hears of every change of an export, whichever process makes it: one connection that LISTENs, opened for the first
 * audience and again, with growing pauses, whenever it is lost.
 */
@Injectable()
export class ExportChanges implements OnApplicationShutdown {
  private readonly logger = new Logger(ExportChanges.name);
  private readonly audiences = new Set<ChangeAudience>();
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private hears = false;
  private state: 'idle' | 'on' | 'over' = 'idle';

  constructor(private readonly url: string) {}

  /** Whether a change would be heard now; where not, asking again and again is the only way to know. */
  get isListening(): boolean {
    return this.hears;
  }

  /** @returns what ends it */
  tell(audience: ChangeAudience): () => void {
    this.audiences.add(audience);
    if (this.state === 'idle') {
      this.state = 'on';
      void this.open();
    }
    return () => this.audiences.delete(audience);
  }

  async onApplicationShutdown(): Promise<void> {
    this.state = 'over';
    this.hears = false;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: LISTENER_NAME,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    this.client = client;
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client, new Error('The connection has ended.')));
    client.on('notification', ({ channel, payload = '' }) => {
      for (const audience of this.audiences) {
        if (channel === EXPORT_CHANNEL) audience.changed(payload);
        else audience.queueMoved();
      }
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${EXPORT_CHANNEL}; LISTEN ${QUEUE_CHANNEL}`);
    } catch (error) {
      this.lose(client, error);
      return;
    }
    // Lost, or shut down, in the meantime.
    if (this.client !== client || this.isOver()) return;
    this.pauseMs = FIRST_PAUSE_MS;
    this.hears = true;
    for (const audience of this.audiences) audience.caughtUp();
    this.proveAlive(client);
  }

  private proveAlive(client: pg.Client): void {
    this.timer = setTimeout(() => {
      client.query('SELECT 1').then(
        () => {
          if (this.client === client && !this.isOver()) this.proveAlive(client);
        },
        (error: unknown) => this.lose(client, error),
      );
    }, PROOF_OF_LIFE_MS).unref();
  }

  /** May be called several times for one loss: an error, the end, a query that fails. */
  private lose(client: pg.Client, error: unknown): void {
    if (this.client !== client || this.isOver()) return;
    this.client = null;
    this.hears = false;
    clearTimeout(this.timer);
    client.end().catch(() => undefined);
    this.logger.warn(`Changes of exports are not heard at the moment: ${String(error)}`);
    this.timer = setTimeout(() => void this.open(), this.pauseMs).unref();
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  /** A question of its own, because the state changes while something is awaited. */
  private isOver(): boolean {
    return this.state === 'over';
  }
}
