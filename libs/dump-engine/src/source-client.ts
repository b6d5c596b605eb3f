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
  const refusals: unknown[] = [];
  try {
    for (const tls of address.tlsWays) {
      try {
        return await connect(address, applicationName, tls, signal);
      } catch (error) {
        refusals.push(error);
        if (!mayPassOtherwise(error, tls)) break;
      }
    }
  } catch (error) {
    refusals.push(error);
  }
  signal?.throwIfAborted();
  throw asFailure(refusals, address);
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

/**
 * Whether libpq would try the other way, if the mode has one: after a refused sign-in, and with TLS also after a handshake
 * that failed. Where nobody answers, nobody would otherwise.
 */
function mayPassOtherwise(error: unknown, tls: boolean): boolean {
  if (error instanceof ExportFailure) return false;
  if (error instanceof pg.DatabaseError) return error.code?.startsWith('28') === true;
  return tls && !isOfNetwork(error);
}

function isOfNetwork(error: unknown): boolean {
  // Of several addresses, each has failed.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const { syscall, message } = first as NodeJS.ErrnoException;
  return syscall === 'connect' || syscall === 'getaddrinfo' || message === 'timeout expired';
}

/** @param refusals one for each way that was tried; the last one says what it comes to, as with libpq */
function asFailure(refusals: readonly unknown[], address: SourceAddress): ExportFailure {
  const last = refusals.at(-1);
  if (last instanceof ExportFailure) return last;
  const told = refusals.length === 1 ? refusals : refusals.filter((error) => !refusesTls(error));
  const words = [...new Set(told.map(wordsOf))].join('\n');
  return classifyConnectionError(words, sqlStateOf(last), `${address.host}:${String(address.port)}`, last);
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

/** Of what a server has refused; undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
