import type { ServiceConfig } from '#lib/config';
import { type ConnectionOptions, createPostgresBackend, runMigrations, setDefaultBackendFactory } from 'bullmq';
import pg from 'pg';

export const EXPORT_QUEUE = 'exports';

/** The queue's own schema; see SCHEMA in libs/database for the missing underscore. */
export const QUEUE_SCHEMA = 'pgexport_queue';

/** `waits`: the worker, which outlives an outage; `fails fast`: the API, which answers 503 instead of hanging. */
export type OutageBehaviour = 'waits' | 'fails fast';

/**
 * Chooses BullMQ's backend for this process. To be called before the Nest application is created, because the queues
 * ask for the backend when they are constructed.
 */
export function chooseQueueBackend(config: Pick<ServiceConfig, 'redisUrl'>): void {
  if (config.redisUrl === null) setDefaultBackendFactory(createPostgresBackend);
}

/** The connection of the chosen backend: ioredis when `REDIS_URL` is set, PostgreSQL otherwise. */
export function queueConnection(
  config: Pick<ServiceConfig, 'redisUrl' | 'databaseUrl'>,
  outage: OutageBehaviour,
): ConnectionOptions {
  if (config.redisUrl === null) {
    return postgresConnection(config.databaseUrl);
  }
  return {
    url: config.redisUrl,
    retryStrategy: backOff,
    ...(outage === 'waits' ? { maxRetriesPerRequest: null } : { maxRetriesPerRequest: 1, enableOfflineQueue: false }),
  };
}

function postgresConnection(connectionString: string) {
  return { connectionString, schema: QUEUE_SCHEMA, max: 4, keepAlive: true, connectionTimeoutMillis: 5_000 };
}

/** Milliseconds until the next attempt to connect: 200 ms growing to 5 s. */
function backOff(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 10), 5_000);
}

/** Brings the queue's schema up to date, as the owner role. */
export async function migrateQueue(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}
