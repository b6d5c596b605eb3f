import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { databaseUrl } from './stack.ts';

export interface RestorePlace {
  /** The server of the database; the tests' when left out. */
  server?: string;
  /** The age identity of an encrypted file. */
  keyFile?: string;
}

/**
 * Runs a printed restore command in `sh` as it stands, replacing nothing but its words.
 * @throws when it does not leave with 0; the message holds what it said
 */
export async function restoreByCommand(
  command: string,
  file: string,
  database: string,
  { server: serverUrl, keyFile = 'no key' }: RestorePlace = {},
): Promise<void> {
  const server = new URL(databaseUrl(database, serverUrl));
  const line = command.replace('FILE', file).replace('TARGET', database).replace('KEY', keyFile);
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
