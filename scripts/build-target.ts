import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileEagerly } from './eager-compilation.ts';
import type { Log } from './machine/package-manager.ts';
import { runToolOrFail } from './machine/tool.ts';
import { putSplashFirst } from './splash-first.ts';

/** Something that is built from files, and only again when one of them changed. */
export interface BuildTarget {
  name: string;
  /** Files and folders, relative to the root. */
  inputs: readonly string[];
  /** What the build must leave behind, relative to the root. */
  outputs: readonly string[];
  /** Arguments of node. */
  command: readonly string[];
  /** What is done with the outputs when the command has made them. */
  finish?: (root: string) => void;
  /** Removed first when the outputs are not all there: an incremental compiler would believe they are. */
  cache?: string;
}

export const serverTarget: BuildTarget = {
  name: 'server',
  inputs: ['apps', 'libs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
  outputs: ['dist/apps/api/src/main.js', 'dist/apps/worker/src/main.js'],
  command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  cache: 'dist/.tsbuildinfo',
};

export const panelTarget: BuildTarget = {
  name: 'panel',
  inputs: [
    'angular-admin',
    'angular.json',
    'tsconfig.json',
    'package-lock.json',
    'scripts/eager-compilation.ts',
    'scripts/rewrite-files.ts',
    'scripts/splash-first.ts',
  ],
  outputs: ['dist/panel'],
  command: ['node_modules/@angular/cli/bin/ng.js', 'build'],
  finish: (root) => {
    const built = join(root, 'dist/panel');
    compileEagerly(built);
    putSplashFirst(built);
  },
};

/** Names and contents of all input files in one hash; times are left out, since a checkout changes them. */
export function hashInputs(root: string, target: BuildTarget): string {
  const hash = createHash('sha256').update(JSON.stringify(target));
  for (const input of target.inputs) {
    for (const file of filesOf(root, input)) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function filesOf(root: string, path: string): string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** Builds the target unless the last build had the same inputs and its outputs are still there. */
export async function buildIfChanged(
  root: string,
  target: BuildTarget,
  log: Log,
  signal?: AbortSignal,
): Promise<boolean> {
  const stamp = join(root, 'dist', `.built-${target.name}`);
  const hash = hashInputs(root, target);
  const outputsExist = target.outputs.every((output) => existsSync(join(root, output)));
  if (outputsExist && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;
  log(`Building the ${target.name}…`);
  rmSync(stamp, { force: true });
  if (!outputsExist && target.cache !== undefined) rmSync(join(root, target.cache), { force: true });
  await runToolOrFail(`The ${target.name} could not be built`, process.execPath, target.command, {
    cwd: root,
    env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
    signal,
  });
  target.finish?.(root);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}
