/**
 * What runs on the machine's own Node (20 or newer): installs the npm packages, then hands over to the Node 24 of the
 * lock file, which reads TypeScript by itself. No dependency may be imported here: there may be none yet.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Whether node_modules holds what the lock file says. npm writes its own copy of the lock at the end of an install, so
 * an interrupted one counts as missing. Optional packages of other platforms are rightly absent.
 */
export function packagesAreCurrent(folder = root) {
  try {
    const read = (path) => JSON.parse(readFileSync(join(folder, path), 'utf8')).packages;
    const wanted = read('package-lock.json');
    const present = read('node_modules/.package-lock.json');
    const complete = Object.entries(wanted).every(
      ([path, { version, optional, devOptional }]) =>
        path === '' || optional || devOptional || present[path]?.version === version,
    );
    const exact = Object.entries(present).every(([path, { version }]) => wanted[path]?.version === version);
    return complete && exact && existsSync(join(folder, 'node_modules/.bin/node'));
  } catch {
    return false;
  }
}

/** Runs a program to its end in our process group, passing signals on; gives its exit code, 128 + n for a signal. */
function run(command, args) {
  return new Promise((settle) => {
    // The extra channel closes when this process dies, however it dies: the program then stops too.
    const child = spawn(command, args, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    let interrupted = false;
    const pass = (signal) => {
      interrupted = true;
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const end = (code, why) => {
      for (const signal of signals) process.off(signal, pass);
      settle({ code, why, interrupted });
    };
    child.once('error', (error) => end(127, error.message));
    child.once('exit', (code, signal) => end(code ?? 128 + constants.signals[signal], ''));
  });
}

export async function bootstrap(script) {
  if (!packagesAreCurrent()) {
    console.log('Installing npm packages (about a minute)…');
    // Node 24 is one of the dev packages, and comes by an install script: NODE_ENV=production or an .npmrc must not leave it out.
    const whole = ['--include=dev', '--include=optional', '--ignore-scripts=false'];
    const { code, why, interrupted } = await run('npm', [
      'ci',
      ...whole,
      '--loglevel=error',
      '--no-audit',
      '--no-fund',
    ]);
    if (interrupted) process.exit(0);
    if (code !== 0) {
      console.error(`The npm packages could not be installed: ${why || 'see the words of npm above'}.`);
      process.exit(1);
    }
  }
  const node = join(root, 'node_modules/.bin/node');
  const { code, why } = await run(node, [join(root, 'scripts', script), ...process.argv.slice(2)]);
  if (why) console.error(`Node 24 of the npm packages does not run here: ${why}. Remove node_modules and try again.`);
  process.exit(code);
}
