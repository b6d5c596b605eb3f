import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { isAlive, identify, type ProcessIdentity } from '../scripts/machine/processes.ts';
import { Client, type Export } from './support/client.ts';
import { until } from './support/condition.ts';
import { Product, temporaryDataDir } from './support/product.ts';
import { administer, adminPassword, databaseUrl } from './support/stack.ts';

describe('npm start', () => {
  let dataDir: string;
  let product: Product;
  const identities = (of: Product): ProcessIdentity[] => of.processes().flatMap(({ pid }) => identify(pid) ?? []);

  beforeAll(async () => {
    dataDir = temporaryDataDir();
    product = await Product.ready({ DATA_DIR: dataDir });
  });
  afterAll(async () => {
    await product.stop();
    rmSync(dataDir, { recursive: true });
  });

  /** Each test leaves the product running, as it found it. */
  async function startAgain(): Promise<void> {
    product = await Product.ready({ DATA_DIR: dataDir });
  }

  it('says where it is ready and prints the generated password once', async () => {
    expect(product.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(product.credentials?.email).toBe('admin@localhost');
    expect(product.output.split(product.credentials!.password)).toHaveLength(2);
    const answer = await fetch(`${product.url}/health/ready`);
    expect(answer.status).toBe(200);
  });

  it('keeps what is secret to its user', () => {
    for (const folder of ['secrets', 'artifacts', 'work', 'logs']) {
      expect([folder, (statSync(join(dataDir, folder)).mode & 0o777).toString(8)]).toEqual([folder, '700']);
    }
    for (const file of readdirSync(join(dataDir, 'secrets'))) {
      expect([file, (statSync(join(dataDir, 'secrets', file)).mode & 0o777).toString(8)]).toEqual([file, '600']);
    }
  });

  it('runs the API and the worker as two processes that their command lines tell apart', () => {
    expect(product.service('api').pid).not.toBe(product.service('worker').pid);
  });

  it('refuses a second copy on the same DATA_DIR in a sentence that names the process', async () => {
    const second = await Product.start({ DATA_DIR: dataDir });
    expect(await second.exited()).not.toBe(0);
    expect(second.output).toMatch(/pg-export already runs on \S+ \(pid \d+\)/);
    expect(second.output).not.toMatch(/^\s+at /m);
    expect((await fetch(`${product.url}/health/live`)).status).toBe(200);
  });

  it('starts a dead worker again, and says so in one line', async () => {
    const { pid } = product.service('worker');
    process.kill(pid, 'SIGKILL');
    await product.untilPrinted('The worker ended (signal SIGKILL)');
    await until('a new worker', () =>
      product.processes().some((row) => row.command.includes('apps/worker') && row.pid !== pid),
    );
  });

  it('stops on a Ctrl-C that arrives twice: exit 0, no process, no postmaster.pid', async () => {
    const all = identities(product);
    expect(all.length).toBeGreaterThan(4);
    // At once, as a terminal and npm send it: a moment later an idle product may be gone, and the signal meets npm alone.
    product.interrupt();
    product.interrupt();
    expect(await product.exited()).toBe(0);
    expect(all.filter(isAlive)).toEqual([]);
    expect(existsSync(join(dataDir, 'postgres/data/postmaster.pid'))).toBe(false);
    expect(existsSync(join(dataDir, 'start.lock'))).toBe(false);
    await startAgain();
  });

  it('builds and makes nothing the second time, and keeps the account', async () => {
    await product.stop();
    await startAgain();
    expect(product.output).not.toMatch(/Building|Installing|Made|Making/);
    expect(product.credentials).toBeUndefined();
  });

  it('stops on a SIGTERM to npm alone', async () => {
    const all = identities(product);
    product.signal('SIGTERM');
    await product.exited();
    await until('everything has ended', () => !all.some(isAlive));
    await startAgain();
  });

  it('clears up after a start that was killed', async () => {
    const all = identities(product);
    product.signal('SIGKILL', { group: true });
    await product.exited();
    await startAgain();
    expect(product.output).toContain('The API of an earlier start that was killed is still there');
    expect(all.filter(isAlive)).toEqual([]);
  });
});

describe('npm start with an export under way', () => {
  const source = `e2e_interrupted_${randomBytes(4).toString('hex')}`;
  const locker = new pg.Client({ connectionString: databaseUrl(source) });
  let dataDir: string;

  beforeAll(async () => {
    dataDir = temporaryDataDir();
    await administer(`CREATE DATABASE ${source}`);
    await locker.connect();
    await locker.query('CREATE TABLE held AS SELECT generate_series(1, 1000) AS id');
  });
  afterAll(async () => {
    await locker.end();
    await administer(`DROP DATABASE ${source} WITH (FORCE)`);
    rmSync(dataDir, { recursive: true });
  });

  it('leaves nothing half-made on a Ctrl-C, and makes the file after the next start', async () => {
    const environment = {
      DATA_DIR: dataDir,
      EXPORT_DATABASE_URL: databaseUrl(source),
      EXPORT_LOCK_TIMEOUT_SECONDS: '600',
      SHUTDOWN_GRACE_SECONDS: '3',
      SUPER_ADMIN_PASSWORD: adminPassword,
    };
    const work = (): string[] => readdirSync(join(dataDir, 'work'));
    await locker.query('BEGIN; LOCK TABLE held');
    const product = await Product.ready(environment);
    const accepted = await (await signedIn(product)).call('POST', '/admin/db/export', {});
    const { id } = (await accepted.json()) as Export;
    await until('the dump waits with its file open', () => work().some((name) => name.endsWith('.partial')));

    product.interrupt();
    expect(await product.exited()).toBe(0);
    expect(product.output).toContain('An export that runs may finish for 3 s, or is put back for the next start.');
    expect(work()).toEqual([]);
    await locker.query('COMMIT');

    const next = await Product.ready(environment);
    try {
      expect(await (await signedIn(next)).untilFinal(id)).toMatchObject({ status: 'ready', error: null });
      expect(work()).toEqual([]);
    } finally {
      await next.stop();
    }
  });

  function signedIn({ url }: Product): Promise<Client> {
    return new Client(url).signIn('admin@localhost', adminPassword);
  }
});

describe('npm start that is stopped before it is ready', () => {
  const moments: [string, (product: Product) => boolean][] = [
    [
      'PostgreSQL makes its data folder',
      (product) => product.processes().some(({ command }) => /\binitdb /.test(command)),
    ],
    ['the sample shop is made', ({ output }) => output.includes('Making the sample shop')],
  ];
  const files = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });

  it.each(moments)('while %s: exit 0, no word of an error, no secret and no process left behind', async (_, isNow) => {
    const dataDir = temporaryDataDir();
    const temporary = join(dataDir, 'tmp');
    mkdirSync(temporary);
    const product = await Product.start({ DATA_DIR: dataDir, TMPDIR: temporary });
    await until('the moment', () => isNow(product), 240_000);
    const all = product.processes().flatMap(({ pid }) => identify(pid) ?? []);
    product.signal('SIGTERM');
    expect(await product.exited()).toBe(0);
    expect(all.filter(isAlive)).toEqual([]);
    expect(product.output.slice(product.output.indexOf('Stopping…'))).toBe('Stopping…\n');
    expect(files(dataDir).filter((path) => /initdb|export-init|start\.lock|postmaster\.pid/.test(path))).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });
});

describe('npm start where it can not', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = temporaryDataDir();
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('names the port that is in use, before it starts anything', async () => {
    const stranger = createServer();
    await new Promise<void>((listening) => stranger.listen(0, '127.0.0.1', listening));
    const { port } = stranger.address() as { port: number };
    const product = await Product.start({ DATA_DIR: dataDir, PORT: String(port) });
    expect(await product.exited()).not.toBe(0);
    expect(product.output).toContain(`Port ${port} of 127.0.0.1 is in use by another program`);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    stranger.close();
  });

  it('names every program that is missing and that it may not install, also the one of the restore command', async () => {
    const folder = pathWithout(['zstd', 'apt-get', 'brew']);
    const product = await Product.start({ DATA_DIR: dataDir, PATH: folder });
    expect(await product.exited()).not.toBe(0);
    expect(product.output).toContain('Missing: zstd. Install with');
    rmSync(folder, { recursive: true });
  });

  it('names every wrong variable, and exits with 78', async () => {
    const product = await Product.start({ DATA_DIR: dataDir, PORT: 'http', EXPORT_MAX_QUEUED: '-1' });
    expect(await product.exited()).toBe(78);
    expect(product.output).toMatch(/PORT must be/);
    expect(product.output).toMatch(/EXPORT_MAX_QUEUED must be/);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('names every folder that can not be what it is meant for, before it starts anything', async () => {
    const wrong = { PG_BIN_DIR: '/nonexistent', WORK_DIR: '/etc/passwd/x', STORAGE_URL: 'file:///etc/passwd' };
    const product = await Product.start({ DATA_DIR: dataDir, ...wrong });
    expect(await product.exited()).toBe(78);
    for (const variable of Object.keys(wrong)) expect(product.output).toContain(`  - ${variable} must `);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it("tells the first account's password also when it is stopped while that account is made", async () => {
    const product = await Product.start({ DATA_DIR: dataDir });
    await until(
      'the setup runs',
      () => product.processes().some(({ command }) => command.includes('api/src/setup.js')),
      240_000,
    );
    product.interrupt();
    expect(await product.exited()).toBe(0);
    expect(product.credentials?.email).toBe('admin@localhost');
  });

  it('keeps a half-made database aside and makes a new one', async () => {
    mkdirSync(join(dataDir, 'postgres/data'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres/data/PG_VERSION'), '15\n');
    const product = await Product.ready({ DATA_DIR: dataDir, EXPORT_DATABASE_URL: databaseUrl('postgres') });
    expect(await product.stop()).toBe(0);
    expect(product.output).toContain('it is kept as data.unfinished-');
    const aside = readdirSync(join(dataDir, 'postgres')).find((name) => name.startsWith('data.unfinished-'));
    expect(readdirSync(join(dataDir, 'postgres', aside!))).toEqual(['PG_VERSION']);
  });

  // For anybody else than root the server runs as ourselves, who can enter: counted as skipped there.
  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot("works where PostgreSQL's OS user can't enter, and says where the database is then", async () => {
    chmodSync(dataDir, 0o700);
    const product = await Product.ready({ DATA_DIR: dataDir, EXPORT_DATABASE_URL: databaseUrl('postgres') });
    expect(await product.stop()).toBe(0);
    const elsewhere = /PostgreSQL's files are in (\/var\/lib\/pg-export\/\w+)/.exec(product.output)?.[1];
    expect(existsSync(join(elsewhere!, 'complete'))).toBe(true);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    rmSync(elsewhere!, { recursive: true });
  });
});

/** A folder that stands for the whole PATH, with links to every program of it but these. */
function pathWithout(programs: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'pg-export-path-'));
  for (const from of (process.env['PATH'] ?? '').split(delimiter).filter((one) => existsSync(one))) {
    for (const name of readdirSync(from)) {
      if (!programs.includes(name) && !existsSync(join(folder, name))) {
        rmSync(join(folder, name), { force: true });
        symlinkSync(join(from, name), join(folder, name));
      }
    }
  }
  return folder;
}
