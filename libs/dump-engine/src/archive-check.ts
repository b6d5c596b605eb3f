import { ExportFailure } from '#lib/domain';
import { ChildProgram, describeExit, type Exit, isSuccess } from './child-program.js';
import type { DumpCheck } from './dump-check.js';
import type { PgClient } from './pg-programs.js';
import { isRestoreChatter } from './proof/restore-words.js';

/**
 * Reads an archive through to its end while it is being made: `pg_restore` writes the whole script to nowhere, and so
 * has to find every block. (`--list` reads the table of contents only and is content with half a file.)
 */
export class ArchiveCheck implements DumpCheck {
  private readonly restore: ChildProgram;

  /** @param onLine sees what pg_restore says of the entries that it comes to */
  constructor(client: PgClient, onLine: (line: string) => void) {
    this.restore = new ChildProgram(
      client.pgRestore,
      ['--file=-', '--format=custom', '--verbose'],
      {},
      { buffers: true, onLine: heard(onLine) },
    );
  }

  async write(chunk: Buffer): Promise<void> {
    const { stdin } = this.restore;
    // A reader that is gone has given its verdict by its exit.
    if (stdin.writable) await new Promise<void>((resolve) => stdin.write(chunk, () => resolve()));
  }

  async finish(): Promise<void> {
    this.restore.stdin.end();
    const exit = await this.restore.exited;
    requireSuccess(this.restore, exit);
  }

  kill(): void {
    this.restore.kill();
  }

  async gone(): Promise<void> {
    await this.restore.exited.catch(() => undefined);
  }
}

/**
 * Reads every file of a directory archive, as {@link ArchiveCheck} reads every block of a stream.
 * @param onLine sees what pg_restore says of the entries that it comes to
 * @throws {ExportFailure} `archive_invalid`, or the signal's reason
 */
export async function checkDirectory(
  client: PgClient,
  folder: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const args = ['--file=/dev/null', '--format=directory', '--verbose', folder];
  const restore = new ChildProgram(client.pgRestore, args, {}, { onLine: heard(onLine) });
  const stop = () => {
    restore.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const exit = await restore.exited.finally(() => {
    signal.removeEventListener('abort', stop);
  });
  signal.throwIfAborted();
  requireSuccess(restore, exit);
}

/** What is said of entries is heard, and not kept: the last words are to be those about what went wrong. */
function heard(onLine: (line: string) => void): (line: string) => boolean {
  return (line) => {
    onLine(line);
    return !isRestoreChatter(line);
  };
}

function requireSuccess(restore: ChildProgram, exit: Exit): void {
  if (isSuccess(exit)) return;
  throw new ExportFailure('archive_invalid', 'pg_restore could not read the archive through to its end.', {
    detail: restore.stderr || `pg_restore ended with ${describeExit(exit)}.`,
  });
}
