import { ExportFailure } from '#lib/domain';
import type { Socket } from 'node:net';
import pg from 'pg';
import { classifyConnectionError, classifyQueryError } from './failure-words.js';
import { SelectionProblem } from './selection.js';
import type { SourceAddress } from './source-address.js';

/** A database that never answers must not hold a run: no catalog query of ours may take longer. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** A polite goodbye may take so long; then the line is cut. */
const GOODBYE_MS = 500;

/**
 * Connects to a source as libpq would.
 * @param signal gives up, with its reason, even while the server says nothing
 * @throws {ExportFailure} `source_unreachable`, `authentication_failed`, `permission_denied`
 */
export async function connectToSource(
  address: SourceAddress,
  applicationName: string,
  signal?: AbortSignal,
): Promise<pg.Client> {
  const attempt = (tls: boolean) => connect(address, applicationName, tls, signal);
  try {
    return await attempt(address.triesTls).catch((error: unknown) => {
      if (!address.triesTls || !address.mayFallBackToPlain || !refusesTls(error)) throw error;
      return attempt(false);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw asFailure(error, address);
  }
}

async function connect(
  address: SourceAddress,
  applicationName: string,
  tls: boolean,
  signal: AbortSignal | undefined,
): Promise<pg.Client> {
  signal?.throwIfAborted();
  const client = new pg.Client({
    ...address.clientConfig(applicationName, tls),
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // A connection that breaks between two queries would otherwise end the process; the next query reports it.
  client.on('error', () => undefined);
  const giveUp = () => {
    cut(client);
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    cut(client);
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Ends a connection, and a query that is under way. Never waits for a server or a network that has fallen silent. */
export async function disconnect(client: pg.Client): Promise<void> {
  const late = setTimeout(() => {
    cut(client);
  }, GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(late);
}

/** node-postgres has no public way to drop a connection without a word. */
function cut(client: pg.Client): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}

function refusesTls(error: unknown): boolean {
  return error instanceof Error && error.message.includes('does not support SSL');
}

function asFailure(error: unknown, address: SourceAddress): ExportFailure {
  return classifyConnectionError(wordsOf(error), sqlStateOf(error), `${address.host}:${String(address.port)}`, error);
}

/**
 * Asks a source, until told to stop.
 * @throws {ExportFailure} `source_unreachable`, `permission_denied`, `source_error`, or the signal's reason
 * @throws {SelectionProblem} as the question does
 */
export async function ask<T>(question: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  const stopped = new Promise<null>((resolve) => {
    onAbort = () => {
      resolve(null);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const answer = question().catch((error: unknown) => {
      if (error instanceof ExportFailure || error instanceof SelectionProblem) throw error;
      throw classifyQueryError(wordsOf(error), sqlStateOf(error), error);
    });
    const first = await Promise.race([answer.then((value) => ({ value })), stopped]);
    signal.throwIfAborted();
    // Only a stop is null, and it has been thrown.
    return (first as { value: T }).value;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
}

function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
