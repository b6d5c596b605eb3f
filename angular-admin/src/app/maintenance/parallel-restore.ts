import type { Export } from '../api/types';

const JOBS = 4;

/**
 * The restore command that uses several connections, null where there is none: pg_restore reads an archive side by side
 * only from a file of its own, and rows alone have to come in their order. A directory's command does it already.
 */
export function parallelRestore({ options, file }: Pick<Export, 'options' | 'file'>): string | null {
  if (file === null || options.format !== 'custom') return null;
  if (options.content === 'data' || options.encryptTo.length > 0) return null;
  const [restore] = /pg_restore [^|)]*--dbname=TARGET/.exec(file.restoreCommand) ?? [];
  if (restore === undefined) return null;
  const parallel = restore.replace('--dbname', `--jobs=${String(JOBS)} --dbname`);
  return file.name.endsWith('.zst') ? `zstd -d FILE -o FILE.dump && ${parallel} FILE.dump` : `${parallel} FILE`;
}
