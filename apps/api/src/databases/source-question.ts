import type { Source } from '#lib/config';
import { ExportFailure, Refusal } from '#lib/domain';
import { ask, connectToSource, disconnect, SelectionProblem, SourceAddress } from '#lib/dump-engine';
import type pg from 'pg';

/** Somebody waits for the answer. */
const PATIENCE_MS = 10_000;

/** @throws {Refusal} `unknown_database`, naming those that are known */
export function sourceUrl(sources: readonly Source[], name: string): string {
  const source = sources.find((one) => one.name === name);
  if (source !== undefined) return source.url;
  const known = sources.map((one) => one.name).join(', ');
  throw new Refusal('unknown_database', `There is no database "${name}". Known: ${known}.`);
}

/**
 * Asks a source for somebody who waits.
 * @throws {Refusal} `unknown_table`, `invalid_options`; `source_unavailable` in the words of the failure that an export
 *   would end with
 */
export async function askSource<Answer>(
  url: string,
  question: (client: pg.Client, signal: AbortSignal) => Promise<Answer>,
  patienceMs = PATIENCE_MS,
): Promise<Answer> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const client = await connectToSource(new SourceAddress(url), 'pg-export', signal);
    try {
      return await ask(() => question(client, signal), signal);
    } finally {
      await disconnect(client);
    }
  } catch (error) {
    throw asRefusal(error, signal, patienceMs);
  }
}

function asRefusal(error: unknown, signal: AbortSignal, patienceMs: number): unknown {
  if (signal.aborted) {
    const seconds = String(patienceMs / 1000);
    return new Refusal('source_unavailable', `The database server did not answer within ${seconds} s.`);
  }
  if (error instanceof SelectionProblem) return new Refusal(error.code, error.message, { cause: error });
  if (!(error instanceof ExportFailure)) return error;
  const words = error.detail === null ? error.message : `${error.message} ${error.detail}`;
  return new Refusal('source_unavailable', `${error.code}: ${words}`, { cause: error });
}
