import { ExportFailure } from '#lib/domain';
import { classifyFileError } from '../failure-words.js';

/** Lines of pg_restore and of the server that quote rows or whole definitions. */
const QUOTES = /^\s*(DETAIL|CONTEXT|HINT|QUERY|STATEMENT|LINE \d+):/;
const CHATTER = /^pg_restore: (?!error|warning|from|while)/;
/** PostgreSQL names things in the middle of a sentence, and ends one with the value that it did not like. */
const VALUE_AT_END = /: ".*"$/;

/** Whether pg_restore is telling how far it is. */
export function isRestoreChatter(line: string): boolean {
  return CHATTER.test(line);
}

/** Keeps of pg_restore's words what names the trouble, without anything out of a row. */
export function withoutRows(words: string): string {
  const kept: string[] = [];
  let isQuoting = false;
  for (const line of words.split('\n')) {
    if (line.startsWith('pg_restore: ')) isQuoting = false;
    else if (QUOTES.test(line) || line.startsWith('Command was: ')) isQuoting = true;
    if (!isQuoting && line !== '') kept.push(line.replace(VALUE_AT_END, ': "…"'));
  }
  return kept.join('\n');
}

/**
 * Why a file could not be restored.
 * @param server the throwaway server's own last words: a full disk is told to the log before anybody else
 */
export function classifyRestoreError(words: string, server: string, cause?: unknown): ExportFailure {
  if (`${words}\n${server}`.includes('No space left on device')) {
    const error = Object.assign(new Error('No space left on device, while the file was restored to be compared.'), {
      code: 'ENOSPC',
      cause,
    });
    return classifyFileError(error);
  }
  if (cause instanceof ExportFailure && cause.code === 'source_unreachable') {
    // Says nothing of the file: the machine stood still, or the server was killed.
    return new ExportFailure('interrupted', 'The throwaway server stopped answering.', { detail: cause.detail, cause });
  }
  return new ExportFailure('restore_failed', 'The file could not be restored into the throwaway server.', {
    detail: withoutRows(words),
    cause,
  });
}
