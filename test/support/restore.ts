import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { databaseUrl } from './stack.ts';

/**
 * Runs a printed restore command in `sh` as it stands, replacing nothing but its two words.
 * @throws when it does not leave with 0; the message holds what it said
 */
export async function restoreByCommand(command: string, file: string, database: string): Promise<void> {
  const server = new URL(databaseUrl(database));
  const line = command.replace('FILE', file).replace('TARGET', database);
  await promisify(execFile)('sh', ['-c', line], {
    env: {
      PATH: process.env['PATH'],
      PGHOST: server.hostname,
      PGPORT: server.port,
      PGUSER: decodeURIComponent(server.username),
      PGPASSWORD: decodeURIComponent(server.password),
    },
  });
}
