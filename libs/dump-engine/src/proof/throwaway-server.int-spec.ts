import { StopReason } from '#lib/domain';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../database/testing/eventually.js';
import { childCalled, childProcesses } from '../../testing/child-processes.js';
import { connectToSource } from '../source-client.js';
import { PgServers } from './pg-servers.js';
import { PROOF_SUFFIX, proofParents } from './proof-folder.js';
import { ThrowawayServer } from './throwaway-server.js';

const never = new AbortController().signal;
const MAJOR = 15;

describe('a throwaway server', () => {
  let workDir: string;
  beforeEach(async () => {
    workDir = await mkdtemp(join(tmpdir(), 'pg-export-proof-'));
  });
  const keys: string[] = [];
  const start = async (signal = never, folder = workDir) => {
    const key = `${randomUUID()}.1`;
    keys.push(key);
    return ThrowawayServer.start(await new PgServers(null).ofMajor(MAJOR), folder, key, signal);
  };
  const expectNothingLeft = async () => {
    expect(childProcesses()).toEqual([]);
    for (const parent of proofParents(workDir)) {
      for (const key of keys) expect(existsSync(join(parent, `${key}${PROOF_SUFFIX}`))).toBe(false);
    }
    expect(await readdir(workDir)).toEqual([]);
  };
  afterEach(async () => {
    await rm(workDir, { recursive: true, force: true });
  });

  it('is of the major that was asked for, and on its own socket alone', async () => {
    const server = await start();
    const [row] = await server.administer<Record<string, string>>(
      'postgres',
      `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('listen_addresses') AS tcp,
              current_setting('unix_socket_directories') AS sockets, inet_server_addr() AS address,
              current_setting('server_encoding') AS encoding`,
    );
    const expected = { major: MAJOR, tcp: '', sockets: server.folder.sockets, address: null, encoding: 'UTF8' };
    expect(row).toEqual(expected);
    for (const folder of [server.folder.home, server.folder.data, server.folder.sockets]) {
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    }
    await server.stop();
    await expectNothingLeft();
  });

  it('lets nobody in without its password', async () => {
    const server = await start();
    const stranger = connectToSource(server.address('postgres', server.admin, 'guessed'), 'pg-export trial');
    await expect(stranger).rejects.toMatchObject({ code: 'authentication_failed' });
    await server.stop();
  });

  it('does not run as root', async () => {
    const server = await start();
    const status = await readFile(`/proc/${String(childCalled('postgres')!.pid)}/status`, 'utf8');
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe('0');
    await server.stop();
  });

  it('has its socket elsewhere when the path of the work folder is long, and takes it along', async () => {
    const server = await start(never, join(workDir, 'x'.repeat(200)));
    expect(server.folder.sockets).toMatch(/^.{1,90}$/);
    expect(await server.administer('postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(existsSync(server.folder.sockets)).toBe(false);
  });

  it('is gone, with its folder, when it is stopped before it is up', async () => {
    const stop = new AbortController();
    const starting = start(stop.signal);
    starting.catch(() => undefined);
    await eventually(
      () => childCalled('initdb'),
      (child) => child !== undefined,
    );
    const stoppedAt = performance.now();
    stop.abort(new StopReason('cancelled', 'The export was cancelled.'));
    await expect(starting).rejects.toBe(stop.signal.reason);
    expect(performance.now() - stoppedAt).toBeLessThan(2_000);
    await eventually(childProcesses, (children) => children.length === 0);
    await expectNothingLeft();
  });

  it('is gone at once although somebody is connected and busy', async () => {
    const server = await start();
    const busy = server.administer('postgres', 'SELECT pg_sleep(60)');
    busy.catch(() => undefined);
    await eventually(
      () =>
        server.administer<{ n: number }>(
          'postgres',
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`,
        ),
      ([row]) => row?.n === 1,
    );
    const stoppedAt = performance.now();
    await server.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(2_000);
    await expect(busy).rejects.toThrow();
    await expectNothingLeft();
  });

  it('takes over the folder that a proof of the same file has left behind', async () => {
    const key = `${randomUUID()}.1`;
    keys.push(key);
    const programs = await new PgServers(null).ofMajor(MAJOR);
    const server = await ThrowawayServer.start(programs, workDir, key, never);
    await server.stop();
    await mkdir(join(server.folder.home, 'data'), { recursive: true });
    const again = await ThrowawayServer.start(programs, workDir, key, never);
    expect(again.folder.home).toBe(server.folder.home);
    await again.stop();
    await expectNothingLeft();
  });

  it('ends, and clears its shared memory away, when the process that started it is killed', async () => {
    if (process.platform !== 'linux') return;
    const server = await start();
    const { pid, args } = childCalled('postgres')!;
    // The same command line as a child of a process that may be killed.
    const command = ['setpriv', '--pdeathsig', 'QUIT', '--', ...args.filter((arg) => arg !== '')];
    server.quit();
    await eventually(childProcesses, (children) => children.length === 0);
    const { account } = server.programs;
    const parent = spawn('/bin/sh', ['-c', '"$@" & wait', 'sh', ...command], { uid: account?.uid, gid: account?.gid });
    const again = await eventually(
      () => childCalled('postgres'),
      (child) => child !== undefined && child.pid !== pid,
    );
    await eventually(
      () => readFile(join(server.folder.data, 'postmaster.pid'), 'utf8').catch(() => ''),
      (text) => text.includes('ready'),
    );
    const segment = (await readFile(join(server.folder.data, 'postmaster.pid'), 'utf8')).split('\n')[6]!.trim();
    const [, segmentId] = segment.split(/\s+/) as [string, string];
    expect(await readFile('/proc/sysvipc/shm', 'utf8')).toMatch(new RegExp(`^\\s*\\S+\\s+${segmentId}\\s`, 'm'));
    parent.kill('SIGKILL');
    await eventually(
      () => existsSync(`/proc/${String(again!.pid)}`),
      (there) => !there,
    );
    expect(await readFile('/proc/sysvipc/shm', 'utf8')).not.toMatch(new RegExp(`^\\s*\\S+\\s+${segmentId}\\s`, 'm'));
    await server.stop();
    await expectNothingLeft();
  });

  it('is unavailable where there is none of that major, which is said with the package to install', async () => {
    await expect(new PgServers(null, []).ofMajor(99)).rejects.toMatchObject({
      code: 'verify_unavailable',
      message: expect.stringContaining('postgresql-99'),
    });
  });
});
