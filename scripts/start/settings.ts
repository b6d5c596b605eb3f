import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#lib/config';
import { PlainError, wordsOf } from '../plain-error.ts';

export interface Settings {
  config: Config;
  /** The environment over `.env`, as the services will see it. */
  environment: NodeJS.ProcessEnv;
  /** Whether EXPORT_DATABASE_URL is unset, so that a sample is to be exported. */
  needsSample: boolean;
}

/** Reads and checks the whole configuration, by the product's own rules; the server must have been built. */
export async function readSettings(root: string): Promise<Settings> {
  const { loadConfig, readDotEnv, requirePlaces } = await import('#lib/config');
  const environment = { ...readDotEnv(join(root, '.env')), ...process.env };
  try {
    const config = loadConfig(environment);
    requirePlaces(config, ['store', 'work', 'programs']);
    return { config, environment, needsSample: config.sources[0]?.name !== 'main' };
  } catch (error) {
    throw new PlainError(wordsOf(error), { exitCode: 78, cause: error });
  }
}

/** What in DATA_DIR is for our eyes only. */
const ownFolders = ['secrets', 'artifacts', 'work', 'logs'];

/**
 * Makes DATA_DIR. Others may pass through it when we are root (0711), because the server's OS user lives inside. Folders in it
 * that somebody made for us, or copied back, are closed to others (0700).
 */
export function makeDataDir(dataDir: string): void {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  try {
    if (mkdirSync(dataDir, { recursive: true, mode }) !== undefined) chmodSync(dataDir, mode);
    for (const folder of ownFolders.map((name) => join(dataDir, name))) {
      // Not where a link leads: that is no folder of ours.
      if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) chmodSync(folder, 0o700);
    }
  } catch (error) {
    throw new PlainError(`DATA_DIR can't be made: ${wordsOf(error)}`, { exitCode: 78, cause: error });
  }
}
