import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Config, ConfigError } from './config.js';

/** What a process needs of the machine that it runs on. */
export type Place = 'store' | 'work' | 'programs';

const CLIENT_PROGRAMS = ['pg_dump', 'pg_restore'];

/**
 * Looks whether the folders that variables name can be what they are meant for. A disk that is full or away at the moment is
 * no mistake of the configuration, and not looked for.
 * @throws {ConfigError} naming every wrong variable and what it should be
 */
export function requirePlaces(config: Config, places: readonly Place[]): void {
  const problems = places.flatMap((place) => {
    switch (place) {
      case 'store':
        return folderProblem('STORAGE_URL', config.storageDir);
      case 'work':
        return folderProblem('WORK_DIR', config.workDir);
      case 'programs':
        return programsProblem(config.pgBinDir);
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

/** A folder that this account may write in, or a path at which one can be made. */
function folderProblem(variable: string, path: string): string[] {
  const nearest = nearestThatIs(path);
  if (!statSync(nearest).isDirectory()) {
    return [`${variable} must lead to a folder, and ${nearest} is none`];
  }
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'not allowed';
    if (nearest === path)
      return code === 'EACCES' ? [`${variable} must lead to a folder to write in: ${path} is none (EACCES)`] : [];
    return [`${variable} must lead to a folder: ${path} is not there, and can't be made in ${nearest} (${code})`];
  }
}

/** The path itself, or the folder above it under which the rest is to be made. */
function nearestThatIs(path: string): string {
  try {
    statSync(path);
    return path;
  } catch {
    return nearestThatIs(dirname(path));
  }
}

function programsProblem(folder: string | null): string[] {
  if (folder === null) return [];
  const missing = CLIENT_PROGRAMS.filter((program) => !isExecutable(join(folder, program)));
  return missing.length === 0
    ? []
    : [`PG_BIN_DIR must be the folder of pg_dump and pg_restore: no ${missing.join(' and no ')} in ${folder}`];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
