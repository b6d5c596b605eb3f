import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { canEnter, serverUser, type OsUser } from '../machine/os-user.ts';
import { identify } from '../machine/processes.ts';
import type { PostgresBinaries } from './binaries.ts';
import { clusterHome, reachableBinaries } from './cluster-home.ts';
import { PostgresCluster } from './cluster.ts';
import { serverFor } from './embedded-cluster.ts';

describe('PostgresCluster', () => {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  let folder: string;
  let home: string;
  let user: OsUser | undefined;
  let binaries: PostgresBinaries;
  const clusters: PostgresCluster[] = [];
  const cluster = (): PostgresCluster => {
    const made = new PostgresCluster({ home, binaries, password: 'p@ss word/', user, durable: false, log });
    clusters.push(made);
    return made;
  };
  const ask = async (url: string, sql: string): Promise<unknown> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    user = await serverUser();
    binaries = await reachableBinaries(await serverFor(undefined, { log }), user);
  });
  beforeEach(() => {
    lines.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'pg-export-cluster-'));
    chmodSync(folder, 0o711);
    home = join(folder, 'postgres');
    mkdirSync(home, { mode: 0o700 });
    if (user) chownSync(home, user.uid, user.gid);
  });
  afterEach(async () => {
    for (const one of clusters.splice(0)) await one.stop();
    rmSync(folder, { recursive: true });
  });

  it('makes a server for UTF-8 text that only a password opens, and only from this machine', async () => {
    const one = cluster();
    await expect(one.ensure()).resolves.toEqual({ created: true });
    await one.start();
    await one.ensureDatabase('a "quoted" name');
    await one.ensureDatabase('a "quoted" name');
    const url = one.url('a "quoted" name');
    await expect(ask(url, 'SHOW server_encoding')).resolves.toBe('UTF8');
    await expect(ask(url, 'SHOW listen_addresses')).resolves.toBe('127.0.0.1');
    await expect(ask(url, 'SHOW password_encryption')).resolves.toBe('scram-sha-256');
    await expect(ask(url.replace('p%40ss', 'wrong'), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps its data and its port over a stop, after which nothing runs', async () => {
    const one = cluster();
    await one.ensure();
    await one.start();
    const url = one.url();
    await ask(url, 'CREATE TABLE kept (id int)');
    await one.stop();
    expect(existsSync(join(home, 'data/postmaster.pid'))).toBe(false);
    const two = cluster();
    await expect(two.ensure()).resolves.toEqual({ created: false });
    await two.start();
    expect(two.url()).toBe(url);
    await expect(ask(url, 'SELECT count(*)::int FROM kept')).resolves.toBe(0);
  });

  it('puts a half-made cluster aside, says so, and makes a new one', async () => {
    mkdirSync(join(home, 'data/base'), { recursive: true });
    if (user) for (const path of ['data', 'data/base']) chownSync(join(home, path), user.uid, user.gid);
    await expect(cluster().ensure()).resolves.toEqual({ created: true });
    const aside = readdirSync(home).filter((name) => name.startsWith('data.unfinished-'));
    expect(aside).toHaveLength(1);
    expect(readdirSync(join(home, aside[0]!))).toEqual(['base']);
    expect(lines).toEqual([expect.stringContaining('was not made to its end: it is kept as data.unfinished-')]);
  });

  it('recognises its server that a dead owner left running, and starts it again', async () => {
    const left = cluster();
    await left.ensure();
    const { pid } = await left.start();
    const next = cluster();
    await next.ensure();
    await next.start();
    expect(lines).toEqual([
      `The PostgreSQL of an earlier run is still there (pid ${pid}): it is stopped and started again`,
    ]);
    await expect(ask(next.url(), 'SELECT 1')).resolves.toBe(1);
  });

  it('takes another port when a stranger has its own', async () => {
    const one = cluster();
    await one.ensure();
    await one.start();
    await one.stop();
    const port = Number(readFileSync(join(home, 'port'), 'utf8'));
    const stranger = createServer();
    await new Promise<void>((listening) => stranger.listen(port, '127.0.0.1', listening));
    try {
      const next = cluster();
      await next.start();
      expect(new URL(next.url()).port).not.toBe(String(port));
      expect(lines).toEqual([expect.stringContaining(`Port ${port} of PostgreSQL is taken by another program`)]);
    } finally {
      stranger.close();
    }
  });

  it('says in a sentence that the password was lost', async () => {
    const one = cluster();
    await one.ensure();
    const other = new PostgresCluster({ home, binaries, password: 'another', user, durable: false, log });
    clusters.push(other);
    await expect(other.start()).rejects.toThrow(/password of the embedded PostgreSQL does not fit/);
  });

  it('lives in DATA_DIR where the server can enter it, and elsewhere, with a line, where not', async () => {
    const open = join(folder, 'open');
    await expect(clusterHome(open, user, log)).resolves.toBe(join(open, 'postgres'));
    if (!user) return;
    const closed = join(folder, 'closed');
    mkdirSync(join(closed, 'data'), { recursive: true });
    chmodSync(closed, 0o700);
    const elsewhere = await clusterHome(join(closed, 'data'), user, log);
    expect(elsewhere).toMatch(/^\/var\/lib\/pg-export\/[0-9a-f]{16}$/);
    expect(lines).toEqual([expect.stringContaining(elsewhere)]);
    rmSync(elsewhere, { recursive: true });
  });

  // For anybody else than root the server runs as ourselves, who can enter everything of ours.
  const asRoot = process.getuid?.() === 0 ? describe : describe.skip;
  asRoot('outside a DATA_DIR that the server can not enter', () => {
    let system: string;
    let dataDir: string;
    let umask: number;
    const homeOf = (): Promise<string> => clusterHome(dataDir, user, log, system);
    beforeEach(() => {
      system = join(folder, 'system');
      dataDir = join(folder, 'closed/data');
      mkdirSync(dataDir, { recursive: true });
      chmodSync(join(folder, 'closed'), 0o700);
      umask = process.umask(0o077);
    });
    afterEach(() => process.umask(umask));

    it('can be entered and run by its OS user whatever the umask says', async () => {
      const elsewhere = await homeOf();
      expect(await canEnter(user, elsewhere)).toBe(true);
      const programs = join(folder, 'closed/programs/native/bin');
      mkdirSync(programs, { recursive: true });
      writeFileSync(join(programs, 'postgres'), '', { mode: 0o700 });
      const copied = await reachableBinaries({ ...binaries, folder: programs }, user, system);
      expect(await canEnter(user, copied.folder)).toBe(true);
      expect(statSync(join(copied.folder, 'postgres')).mode & 0o777).toBe(0o755);
    });

    it('is kept aside, stopped, when that DATA_DIR was removed with the password, and a new one is made', async () => {
      home = await homeOf();
      const one = cluster();
      await one.ensure();
      const { pid } = await one.start();
      lines.length = 0;

      expect(await homeOf()).toBe(home);
      expect(readdirSync(home)).toEqual([]);
      expect(identify(pid!)).toBeUndefined();
      const aside = readdirSync(system).find((name) => name.includes('.left-'));
      expect(existsSync(join(system, aside!, 'complete'))).toBe(true);
      expect(lines[0]).toContain(`it is kept as ${join(system, aside!)}`);
    });

    it('stays where it is while DATA_DIR has its password', async () => {
      home = await homeOf();
      await cluster().ensure();
      mkdirSync(join(dataDir, 'secrets'));
      writeFileSync(join(dataDir, 'secrets/postgres-password'), 'p@ss word/');
      expect(await homeOf()).toBe(home);
      expect(existsSync(join(home, 'complete'))).toBe(true);
    });
  });
});
