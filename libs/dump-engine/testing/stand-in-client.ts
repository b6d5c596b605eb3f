import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PgClient } from '../src/index.js';

/**
 * A client whose pg_dump is a shell script, beside the real pg_restore (or another script): a real tiny program that
 * does what the real one does only on its worst day.
 */
export async function standInClient(
  folder: string,
  real: PgClient,
  scripts: { pgDump?: string; pgRestore?: string },
): Promise<PgClient> {
  await mkdir(folder, { recursive: true });
  const client = { ...real, pgDump: join(folder, 'pg_dump'), pgRestore: join(folder, 'pg_restore') };
  await standIn(client.pgDump, real.pgDump, scripts.pgDump);
  await standIn(client.pgRestore, real.pgRestore, scripts.pgRestore);
  return client;
}

async function standIn(path: string, real: string, script: string | undefined): Promise<void> {
  if (script === undefined) return symlink(real, path);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
