import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../test/support/condition.ts';
import { aptScript } from './apt-script.ts';
import { identify, isAlive } from './processes.ts';
import { runTool, type ToolResult } from './tool.ts';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('The script around apt-get', () => {
  let system: string;
  let policy: string;
  const calls = (): string => readFileSync(join(system, 'calls'), 'utf8');
  /** A program that stands for apt-get: notes how it was called, then does this. */
  const aptGet = (does: string): void => {
    writeFileSync(join(system, 'bin/apt-get'), `#!/bin/sh\necho "$$ $*" >> ${system}/calls\n${does}\n`, {
      mode: 0o755,
    });
  };
  const install = (signal?: AbortSignal): Promise<ToolResult> =>
    runTool('sh', ['-c', aptScript(system), 'sh', 'postgresql', 'zstd'], {
      env: { PATH: `${system}/bin:/usr/bin:/bin` },
      signal,
    });

  beforeEach(() => {
    system = mkdtempSync(join(tmpdir(), 'pg-export-apt-'));
    for (const folder of ['bin', 'usr/sbin']) mkdirSync(join(system, folder), { recursive: true });
    policy = join(system, 'usr/sbin/policy-rc.d');
    writeFileSync(join(system, 'calls'), '');
  });
  afterEach(() => rmSync(system, { recursive: true }));

  it('installs while no service may start, and lets them start again afterwards', async () => {
    aptGet(`sh ${policy}; echo "policy says $?"`);
    const { code, output } = await install();
    expect(output.match(/policy says \d+/g)).toEqual(Array<string>(3).fill('policy says 101'));
    expect(code).toBe(0);
    expect(calls()).toMatch(/install -y --no-install-recommends postgresql zstd\n$/);
    expect(existsSync(policy)).toBe(false);
    const noCluster = join(system, 'etc/postgresql-common/createcluster.d/pg-export.conf');
    expect(readFileSync(noCluster, 'utf8')).toBe('create_main_cluster = false\n');
  });

  it('gives the exit code of apt-get, and tidies up', async () => {
    aptGet('exit 100');
    expect((await install()).code).toBe(100);
    expect(existsSync(policy)).toBe(false);
  });

  it.each(['update', '--download-only'])('ends apt-get and tidies up when stopped during %s', async (step) => {
    aptGet(`case "$*" in *${step}*) exec sleep 61;; esac`);
    const stop = new AbortController();
    const installed = install(stop.signal);
    await until('the step', () => calls().includes(step));
    const apt = identify(Number.parseInt(calls().trim().split('\n').at(-1)!, 10));
    stop.abort();
    expect((await installed).code).toBe(143);
    expect(isAlive(apt!)).toBe(false);
    expect(existsSync(policy)).toBe(false);
  });

  it('lets dpkg finish what it has begun when stopped then, and tidies up', async () => {
    aptGet(`case "$*" in *download*) ;; install*) echo begun >> ${system}/calls
      until [ -e ${system}/go-on ]; do sleep 0.05; done; echo finished >> ${system}/calls;; esac`);
    const stop = new AbortController();
    const installed = install(stop.signal);
    await until('the step', () => calls().includes('begun'));
    stop.abort();
    writeFileSync(join(system, 'go-on'), '');
    expect((await installed).code).toBe(143);
    expect(calls()).toContain('finished');
    expect(existsSync(policy)).toBe(false);
  });

  it("takes over the policy of a run that was killed, also when its number is another program's by now", async () => {
    aptGet(`case "$*" in *update*) exec sleep 61;; esac`);
    const killed = spawn('sh', ['-c', aptScript(system), 'sh', 'zstd'], {
      env: { PATH: `${system}/bin:/usr/bin:/bin` },
      stdio: 'ignore',
      detached: true,
    });
    await until('the step', () => calls().includes('update'));
    process.kill(-killed.pid!, 'SIGKILL');
    await until('its end', () => identify(killed.pid!) === undefined);
    writeFileSync(policy, readFileSync(policy, 'utf8').replace(`/${killed.pid}/`, `/${process.pid}/`));
    expect((await runTool('sh', [policy])).code).toBe(0);
    aptGet('');
    expect((await install()).code).toBe(0);
    expect(existsSync(policy)).toBe(false);
  });

  it('leaves the policy of somebody else alone', async () => {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n');
    aptGet('');
    expect((await install()).code).toBe(0);
    expect(readFileSync(policy, 'utf8')).toBe('#!/bin/sh\nexit 101\n');
  });
});
