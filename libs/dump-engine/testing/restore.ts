import { restoreCommand } from '#lib/domain';
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { type PgClient, SourceAddress } from '../src/index.js';

export interface RestoreWords {
  FILE: string;
  /** Of the database that is to be filled; its name stands for TARGET. */
  targetUrl: string;
  /** An age identity file. */
  KEY?: string;
}

/** Restores a file as its owner is told to: by the restore command of the default options. */
export async function restore(file: string, wrapped: boolean, client: PgClient, targetUrl: string): Promise<void> {
  const command = restoreCommand(
    { format: 'custom', compression: 'zstd', content: 'all', noOwner: true, noPrivileges: false, encryptTo: [] },
    wrapped,
  );
  await runRestoreCommand(command, { FILE: file, targetUrl }, client);
}

/**
 * Runs a restore command in a POSIX shell, with only PG* variables around it.
 * @throws when it does not leave with 0; `code` is its status
 */
export async function runRestoreCommand(
  command: string,
  { FILE, targetUrl, KEY = '' }: RestoreWords,
  client: PgClient,
  folder = '/tmp',
): Promise<void> {
  const target = new SourceAddress(targetUrl);
  const words = { FILE: `'${FILE}'`, TARGET: target.database, KEY: `'${KEY}'` };
  const line = command.replace(/\b(FILE|TARGET|KEY)\b/g, (word) => words[word as keyof typeof words]);
  await promisify(execFile)('/bin/sh', ['-c', line], {
    env: {
      ...target.libpqEnvironment('pg-export trial', client.major),
      PATH: `${dirname(client.pgRestore)}:/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin`,
      TMPDIR: folder,
    },
  });
}
