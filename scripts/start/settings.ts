import { chmodSync, mkdirSync } from 'node:fs';
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
  const { loadConfig, readDotEnv } = await import('#lib/config');
  const environment = { ...readDotEnv(join(root, '.env')), ...process.env };
  try {
    const config = loadConfig(environment);
    return { config, environment, needsSample: config.sources[0]?.name !== 'main' };
  } catch (error) {
    throw new PlainError(wordsOf(error), { exitCode: 78, cause: error });
  }
}

/** Makes DATA_DIR. Others may pass through it when we are root (0711), because the server's OS user lives inside. */
export function makeDataDir(dataDir: string): void {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  try {
    if (mkdirSync(dataDir, { recursive: true, mode }) !== undefined) chmodSync(dataDir, mode);
  } catch (error) {
    throw new PlainError(`DATA_DIR can't be made: ${wordsOf(error)}`, { exitCode: 78, cause: error });
  }
}
