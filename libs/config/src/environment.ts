import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { EnvironmentVariables } from './config.js';

/** The variables of a `.env` file; none when there is no such file. */
export function readDotEnv(path: string): EnvironmentVariables {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}

/** The process' environment over the `.env` of the folder it was started in. */
export function readEnvironment(): EnvironmentVariables {
  return { ...readDotEnv(resolve('.env')), ...process.env };
}
