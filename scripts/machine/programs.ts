import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether the path is a file that this process may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first folder of PATH that holds the program; also the sbin folders, which an ordinary user's PATH leaves out. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  return [...path.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** The subfolders of a folder that may not exist, as full paths. */
export function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

/** A program that the machine has to bring, with what the package managers call it. */
export interface Requirement {
  /** As shown to people: `pg_dump and pg_restore`. */
  program: string;
  isPresent: () => boolean;
  packages: { apt: readonly string[]; brew: readonly string[] };
}

export const redisServer: Requirement = {
  program: 'redis-server',
  isPresent: () => findProgram('redis-server') !== undefined,
  packages: { apt: ['redis-server'], brew: ['redis'] },
};

export const zstd: Requirement = {
  program: 'zstd',
  isPresent: () => findProgram('zstd') !== undefined,
  packages: { apt: ['zstd'], brew: ['zstd'] },
};

/** For the tests alone: the server encrypts by itself, and cannot open what it has encrypted. */
export const age: Requirement = {
  program: 'age',
  isPresent: () => findProgram('age') !== undefined,
  packages: { apt: ['age'], brew: ['age'] },
};

/** Where a browser for the tests may be, in the order in which it is taken. */
export function findChromium(): string | undefined {
  const fixed = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  return findProgram('chromium') ?? findProgram('google-chrome-stable') ?? fixed.find(isExecutable);
}

export const chromium: Requirement = {
  program: 'chromium',
  isPresent: () => findChromium() !== undefined,
  packages: { apt: ['chromium'], brew: ['--cask', 'google-chrome'] },
};
