import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';

/** Of the triggers in the migrations ExportAnnouncements and RightsAnnouncements. */
const CHANNELS = ['pgexport_export', 'pgexport_queue', 'pgexport_rights'] as const;

/** Of the listening connection, in pg_stat_activity. */
export const LISTENER_NAME = 'pg-export changes';

const CONNECT_TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection whose other end has vanished without a word looks alive until something is asked of it. */
const PROOF_OF_LIFE_MS = 10_000;

/** What an audience hears, as far as it wants to; all are called at once, without the rows. */
export interface ChangeAudience {
  /** This export is not what it was. */
  changed?: (id: string) => void;
  /** Exports have entered or left the queue: whoever waits may have another place. */
  queueMoved?: () => void;
  /** The session, API token or account with this id has ended, or may do something else than before. */
  rightsChanged?: (id: string) => void;
  /** From now on changes are heard; whatever happened before this moment may have been missed. */
  caughtUp?: () => void;
  /** Changes are not heard from now on, until `caughtUp`. */
  lost?: () => void;
}

/**
 * Hears of every change of an export and of anybody's rights, whichever process makes it: one connection that LISTENs, opened for the first
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
  private heardAt = 0;
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
      this.heardAt = performance.now();
      for (const audience of this.audiences) {
        if (channel === 'pgexport_export') audience.changed?.(payload);
        else if (channel === 'pgexport_queue') audience.queueMoved?.();
        else audience.rightsChanged?.(payload);
      }
    });
    try {
      await client.connect();
      await client.query(CHANNELS.map((channel) => `LISTEN ${channel}`).join('; '));
    } catch (error) {
      this.lose(client, error);
      return;
    }
    // Lost, or shut down, in the meantime.
    if (this.client !== client || this.isOver()) return;
    this.pauseMs = FIRST_PAUSE_MS;
    this.hears = true;
    this.heardAt = performance.now();
    for (const audience of this.audiences) audience.caughtUp?.();
    this.proveAlive(client);
  }

  /** Nothing has to be asked of a connection that tells of something often enough. */
  private proveAlive(client: pg.Client): void {
    const silentMs = performance.now() - this.heardAt;
    if (silentMs < PROOF_OF_LIFE_MS) {
      this.timer = setTimeout(() => this.proveAlive(client), PROOF_OF_LIFE_MS - silentMs).unref();
      return;
    }
    client.query('SELECT 1').then(
      () => {
        this.heardAt = performance.now();
        if (this.client === client && !this.isOver()) this.proveAlive(client);
      },
      (error: unknown) => this.lose(client, error),
    );
  }

  /** May be called several times for one loss: an error, the end, a query that fails. */
  private lose(client: pg.Client, error: unknown): void {
    if (this.client !== client || this.isOver()) return;
    this.client = null;
    const heard = this.hears;
    this.hears = false;
    clearTimeout(this.timer);
    client.end().catch(() => undefined);
    this.logger.warn(`Changes of exports are not heard at the moment: ${String(error)}`);
    this.timer = setTimeout(() => void this.open(), this.pauseMs).unref();
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    if (heard) for (const audience of this.audiences) audience.lost?.();
  }

  /** A question of its own, because the state changes while something is awaited. */
  private isOver(): boolean {
    return this.state === 'over';
  }
}
