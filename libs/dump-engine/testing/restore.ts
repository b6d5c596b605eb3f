import { restoreCommand } from '#lib/domain';
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { type PgClient, SourceAddress } from '../src/index.js';

/** Restores a file as its owner is told to: by the restore command in a POSIX shell, with only PG* variables around it. */
export async function restore(file: string, wrapped: boolean, client: PgClient, targetUrl: string): Promise<void> {
  const target = new SourceAddress(targetUrl);
  const command = restoreCommand({ noOwner: true, noPrivileges: false }, wrapped)
    .replace('FILE', `'${file}'`)
    .replace('TARGET', target.database);
  await promisify(execFile)('/bin/sh', ['-c', command], {
    env: {
      ...target.libpqEnvironment('pg-export trial', client.major),
      PATH: `${dirname(client.pgRestore)}:/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin`,
    },
  });
}
