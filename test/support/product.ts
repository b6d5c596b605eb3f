import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/machine/ports.ts';
import { sendSignal } from '../../scripts/machine/processes.ts';
import { findByCommand, processTable, type ProcessRow } from './process-table.ts';

export const root = join(import.meta.dirname, '../..');

/** An empty DATA_DIR that the server's OS user can pass through, as one in an ordinary folder. */
export function temporaryDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pg-export-product-'));
  chmodSync(folder, 0o711);
  return folder;
}

export interface Credentials {
  email: string;
  password: string;
}

/** `npm start` as a person's terminal runs it: a process group of its own, which a Ctrl-C reaches as a whole. */
export class Product {
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Standard output and standard error, as they came. */
  output = '';
  private readonly child: ChildProcess;
  private readonly exit: Promise<number | null>;

  private constructor(environment: NodeJS.ProcessEnv & { DATA_DIR: string }) {
    this.dataDir = environment.DATA_DIR;
    this.environment = environment;
    this.child = spawn('npm', ['start'], {
      cwd: root,
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.exit = new Promise((settle) => this.child.once('close', settle));
  }

  /** Starts it on a free port and in an empty DATA_DIR unless told otherwise; does not wait. */
  static async start(environment: NodeJS.ProcessEnv = {}): Promise<Product> {
    return new Product({
      ...process.env,
      PORT: String(await freePort()),
      ...environment,
      DATA_DIR: environment['DATA_DIR'] ?? temporaryDataDir(),
    });
  }

  /** Starts it and waits until it says that it is ready. */
  static async ready(environment: NodeJS.ProcessEnv = {}): Promise<Product> {
    const product = await Product.start(environment);
    await product.untilReady();
    return product;
  }

  /** Where the panel is; the API is below /api/v1. */
  get url(): string {
    const url = /pg-export ready on (\S+)/.exec(this.output)?.[1];
    if (url === undefined) throw new Error(`not ready:\n${this.output}`);
    return url;
  }

  /** What the first start printed; undefined later. */
  get credentials(): Credentials | undefined {
    const [, email, password] = /Sign in as (\S+) with the password (\S+)/.exec(this.output) ?? [];
    return email !== undefined && password !== undefined ? { email, password } : undefined;
  }

  /** The process that npm started and all below it. */
  get pid(): number {
    if (this.child.pid === undefined) throw new Error('npm could not be started');
    return this.child.pid;
  }

  async untilReady(timeoutMilliseconds = 240_000): Promise<void> {
    await this.untilPrinted('pg-export ready on ', timeoutMilliseconds);
  }

  async untilPrinted(text: string, timeoutMilliseconds = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMilliseconds;
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null)
        throw new Error(`ended with ${this.child.exitCode} before “${text}”:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`“${text}” was not printed in time:\n${this.output}`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  /** A Ctrl-C: SIGINT to every process of the terminal's group. */
  interrupt(): void {
    this.signal('SIGINT', { group: true });
  }

  /** Sends a signal to npm alone, or to the whole group; harmless when all of it has ended. */
  signal(name: NodeJS.Signals, { group = false } = {}): void {
    sendSignal(group ? -this.pid : this.pid, name);
  }

  /** The exit code of npm, once it has ended. */
  exited(): Promise<number | null> {
    return this.exit;
  }

  /** Ctrl-C and the exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) this.interrupt();
    return this.exit;
  }

  /** The service's process, as told by its command line and its parents. */
  service(name: 'api' | 'worker'): ProcessRow {
    const below = descendantsOf(this.pid);
    const found = findByCommand(`apps/${name}/src/main.js`).find(({ pid }) => below.has(pid));
    if (!found) throw new Error(`no ${name} runs below ${this.pid}`);
    return found;
  }

  /** Everything that runs below `npm start`. */
  processes(): ProcessRow[] {
    const below = descendantsOf(this.pid);
    return processTable().filter(({ pid }) => below.has(pid));
  }

  removeDataDir(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

function descendantsOf(ancestor: number): Set<number> {
  const table = processTable();
  const below = new Set([ancestor]);
  for (let before = 0; before !== below.size;) {
    before = below.size;
    for (const { pid, parent } of table) if (below.has(parent)) below.add(pid);
  }
  below.delete(ancestor);
  return below;
}
