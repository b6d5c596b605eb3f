import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../test/support/condition.ts';
import { launchProcess } from '../machine/running.ts';
import { KeepAlive } from './keep-alive.ts';
import { Started } from './started.ts';

describe('what was started', () => {
  it('does not let a log grow without bound while it runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pg-export-started-'));
    const logFile = join(folder, 'program.log');
    const log = (): void => undefined;
    const started = new Started(log);
    const args = ['-e', 'setInterval(() => {}, 1000)'];
    const launch = () => launchProcess({ command: process.execPath, args, env: {}, cwd: '/', output: 'inherit' });
    const name = 'The program';
    await started.keep(
      new KeepAlive({ name, launch: () => Promise.resolve(launch()), graceMilliseconds: 5_000, log, logFile }),
    );
    started.watchLogs(20);
    writeFileSync(logFile, Buffer.alloc(11 * 1024 * 1024));
    await until('the log is put aside', () => existsSync(`${logFile}.1`) && statSync(logFile).size === 0);
    await started.stopAll();
    rmSync(folder, { recursive: true });
  });
});
