import { ExportFailure, type FailureCode } from '#lib/domain';
import { describeExit, type Exit } from './child-program.js';

const SENTENCES = {
  source_unreachable: 'The database server cannot be reached.',
  authentication_failed: 'The database server refused the user name or the password.',
  permission_denied: 'The export role may not read everything that is to be exported.',
  version_mismatch: 'pg_dump is older than the database server.',
  lock_timeout: 'A table stayed locked by somebody else for longer than the export may wait.',
  yielded: 'The export gave way to somebody who waited behind its locks.',
  interrupted: 'pg_dump was killed before it was through.',
  source_error: 'PostgreSQL could not deliver the data.',
  disk_full: 'There is no room left on the disk.',
} as const satisfies Partial<Record<FailureCode, string>>;

const TLS_SENTENCE = 'No TLS connection to the database server can be made as the URL asks for it.';
/** What libpq, Node and OpenSSL say of certificates and of servers without TLS; of a connection that was there once, they say other words. */
const TLS_WORDS =
  /certificate|does not support SSL|SSL error|SSL routines|SSL negotiation|establishing an SSL connection/;

type Known = keyof typeof SENTENCES;

/** PostgreSQL's own words, most specific first: pg_dump has one exit status for everything. */
const WORDS: readonly (readonly [RegExp, Known])[] = [
  [/aborting because of server version mismatch/, 'version_mismatch'],
  [
    /password authentication failed|no password supplied|no pg_hba\.conf entry|authentication failed|role ".*" does not exist|role ".*" is not permitted to log in/,
    'authentication_failed',
  ],
  [
    /lock timeout|could not obtain lock on relation|LOCK TABLE[\s\S]*statement timeout|statement timeout[\s\S]*LOCK TABLE/,
    'lock_timeout',
  ],
  [
    /permission denied|must be (owner|superuser)|row-level security policy|would be affected by row-level security/,
    'permission_denied',
  ],
  // The server says so of its own disk, with the severity in capitals; pg_dump of ours.
  [/[A-Z]{4,}: .*No space left on device/, 'source_error'],
  [/No space left on device/, 'disk_full'],
];

const LOST_CONNECTION =
  /connection to server .* failed|could not connect|could not translate host name|server closed the connection unexpectedly|terminating connection|the database system is (starting up|shutting down|in recovery mode)|Connection refused|timeout expired|SSL (error|connection)|server does not support SSL/;

/**
 * What pg_dump's last words mean.
 * @param wasReached whether the source had answered before: then a lost connection may pass by itself
 */
export function classifyDumpError(stderr: string, exit: Exit, wasReached: boolean): ExportFailure {
  // A table may be called "permission denied": names are no words of PostgreSQL.
  const said = stderr.replace(/"[^"\n]*"/g, '""');
  const known = WORDS.find(([words]) => words.test(said))?.[1];
  if (known !== undefined) return new ExportFailure(known, SENTENCES[known], { detail: stderr });
  if (LOST_CONNECTION.test(said)) {
    return new ExportFailure('source_unreachable', unreachable(said, wasReached), {
      detail: stderr,
      kind: wasReached ? 'transient' : 'user',
    });
  }
  const code = exit.signal === null ? 'source_error' : 'interrupted';
  return new ExportFailure(code, SENTENCES[code], {
    detail: stderr.trim() === '' ? `pg_dump ended with ${describeExit(exit)} and said nothing.` : stderr,
  });
}

/** SQLSTATE classes of a refused sign-in: 28 invalid authorization, 42501 privilege, 3D000 no such database. */
export function classifyConnectionError(
  words: string,
  sqlState: string | undefined,
  where: string,
  cause: unknown,
): ExportFailure {
  if (sqlState?.startsWith('28') === true || /password must be a string|SASL/.test(words)) {
    return new ExportFailure('authentication_failed', SENTENCES.authentication_failed, { detail: words, cause });
  }
  if (sqlState === '42501') {
    return new ExportFailure('permission_denied', SENTENCES.permission_denied, { detail: words, cause });
  }
  const sentence = unreachable(sqlState === undefined ? words : '', false);
  return new ExportFailure('source_unreachable', sentence, { detail: `${where}: ${words}`, cause });
}

function unreachable(words: string, wasReached: boolean): string {
  return !wasReached && TLS_WORDS.test(words) ? TLS_SENTENCE : SENTENCES.source_unreachable;
}

/**
 * A question to the catalog that failed, after the source had let us in.
 * @param sqlState undefined when it was not the server that said so: then the connection is gone, and may come back
 */
export function classifyQueryError(words: string, sqlState: string | undefined, cause: unknown): ExportFailure {
  // 08 connection exception, 57P operator intervention (PostgreSQL manual, appendix A).
  if (sqlState === undefined || /^(08|57P)/.test(sqlState)) {
    const kind = 'transient';
    return new ExportFailure('source_unreachable', SENTENCES.source_unreachable, { detail: words, cause, kind });
  }
  const code = sqlState === '42501' ? 'permission_denied' : 'source_error';
  return new ExportFailure(code, SENTENCES[code], { detail: words, cause });
}

/** @param detail who holds the lock, and on what */
export function lockTimeout(detail: string, cause?: unknown): ExportFailure {
  return new ExportFailure('lock_timeout', SENTENCES.lock_timeout, { detail, cause });
}

/** @param detail for whom the export gave way */
export function yielded(detail: string | null, cause?: unknown): ExportFailure {
  return new ExportFailure('yielded', SENTENCES.yielded, { detail, cause });
}

/**
 * Whether pg_dump gave up because somebody waits for a table that it holds already: each of its connections asks for the
 * lock of the first one once more, without waiting (NOWAIT), and is behind whoever came between.
 */
export function failsBehindAWaiter(words: string | null): boolean {
  return (words ?? '').includes('could not obtain lock on relation');
}

/** An error of the file system while the file was made. */
export function classifyFileError(error: NodeJS.ErrnoException): ExportFailure {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new ExportFailure('disk_full', SENTENCES.disk_full, { detail: error.message, cause: error });
  }
  return new ExportFailure('storage_failed', 'The file could not be written.', { detail: error.message, cause: error });
}
