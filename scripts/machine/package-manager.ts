import { PlainError } from '../plain-error.ts';
import { aptScript } from './apt-script.ts';
import { findProgram, type Requirement } from './programs.ts';
import { runTool } from './tool.ts';

export type Log = (line: string) => void;

export interface PackageManager {
  readonly name: 'apt-get' | 'brew';
  /** What a person types to install the packages. */
  commandFor: (packages: readonly string[]) => string;
  /** Installs without asking; absent when this process may not. Gives the exit code and what was printed. */
  install?: (packages: readonly string[], signal?: AbortSignal) => Promise<{ code: number; output: string }>;
}

async function aptGet(): Promise<PackageManager> {
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? undefined : findProgram('sudo');
  const maySudo = sudo !== undefined && (await runTool(sudo, ['-n', 'true'])).code === 0;
  const prefix = isRoot ? [] : maySudo ? [sudo, '-n'] : undefined;
  return {
    name: 'apt-get',
    commandFor: (packages) => `${isRoot ? '' : 'sudo '}apt-get install --no-install-recommends ${packages.join(' ')}`,
    ...(prefix && {
      install: (packages, signal) => {
        const [command = 'sh', ...args] = [...prefix, 'sh', '-c', aptScript(), 'sh', ...packages];
        return runTool(command, args, { signal });
      },
    }),
  };
}

function homebrew(): PackageManager {
  return {
    name: 'brew',
    commandFor: (packages) => `brew install ${packages.join(' ')}`,
    install: (packages, signal) => runTool('brew', ['install', ...packages], { signal }),
  };
}

/** The package manager of this machine, or undefined when it is none we know. */
export async function findPackageManager(): Promise<PackageManager | undefined> {
  if (process.platform === 'darwin') return findProgram('brew') ? homebrew() : undefined;
  return findProgram('apt-get') ? aptGet() : undefined;
}

/** What to tell about a program that is missing and that we did not install: one line, with the command that does it. */
export function missingLine({ program, packages }: Requirement, manager: PackageManager | undefined): string {
  if (manager) return `Missing: ${program}. Install with: ${manager.commandFor(packagesFor(packages, manager))}`;
  const brewOnMac = process.platform === 'darwin' ? ` (with Homebrew: brew install ${packages.brew.join(' ')})` : '';
  return `Missing: ${program}. Install with your system's package manager${brewOnMac}; Debian calls it ${packages.apt.join(' ')}`;
}

function packagesFor(packages: Requirement['packages'], manager: PackageManager): readonly string[] {
  return manager.name === 'brew' ? packages.brew : packages.apt;
}

/** In apt-get's words; whatever else goes wrong would go wrong again for each package. */
const UNKNOWN_PACKAGE = /Unable to locate package|no installation candidate/;

/** Installs what is missing of the programs, or fails with one line per program that is still missing. */
export async function installMissing(
  requirements: readonly Requirement[],
  log: Log,
  {
    signal,
    manager = findPackageManager(),
  }: { signal?: AbortSignal; manager?: Promise<PackageManager | undefined> } = {},
): Promise<void> {
  const missing = requirements.filter((requirement) => !requirement.isPresent());
  if (missing.length === 0) return;
  const found = await manager;
  let words = '';
  if (found?.install) {
    log(`Installing ${missing.map(({ program }) => program).join(', ')} (${found.name})…`);
    const each = missing.map(({ packages }) => packagesFor(packages, found));
    // Homebrew takes casks and formulas in separate calls. apt-get is asked once, unless a package it does not know keeps it from all.
    const together = found.name === 'apt-get' && each.length > 1 ? await found.install(each.flat(), signal) : undefined;
    signal?.throwIfAborted();
    const isSettled = together !== undefined && (together.code === 0 || !UNKNOWN_PACKAGE.test(together.output));
    for (const one of isSettled ? [together] : each) {
      const { code, output } = 'code' in one ? one : await found.install(one, signal);
      signal?.throwIfAborted();
      if (code !== 0) words += `\n${found.name} said: ${lastLines(output, 5)}`;
    }
  }
  const still = missing.filter((requirement) => !requirement.isPresent());
  if (still.length > 0) throw new PlainError(still.map((one) => missingLine(one, found)).join('\n') + words);
}

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
