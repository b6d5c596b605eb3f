import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogFile } from '../machine/log-file.ts';
import { launchProcess, type Running } from '../machine/running.ts';
import { untilReady } from './readiness.ts';

describe('untilReady', () => {
  let folder: string;
  let logFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pg-export-readiness-'));
    logFile = join(folder, 'api.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A tiny real program: node running one line of JavaScript. */
  function program(code: string): Running {
    const output = openLogFile(logFile);
    try {
      return launchProcess({ command: process.execPath, args: ['-e', code], env: {}, cwd: '/', output });
    } finally {
      closeSync(output);
    }
  }

  const wait = (running: Running): Promise<void> =>
    untilReady({ name: 'The API', url: 'http://127.0.0.1:1/', running, logFile, timeoutSeconds: 60 });

  it('says what a process that refuses its configuration has said, not what it logged', async () => {
    await program(`console.log('of an earlier start')`).exited;
    const words = 'console.log(`{"level":30}`); console.error(`STORAGE_URL leads elsewhere.\\nMount the disk.`)';
    await expect(wait(program(`${words}; process.exitCode = 78`))).rejects.toMatchObject({
      message: `STORAGE_URL leads elsewhere.\nMount the disk.\nThe API ended at start (exit code 78). Its words are in ${logFile}`,
      exitCode: 78,
    });
  });

  it('points to the log of one that ended in another way, whose words are no answer for people', async () => {
    await expect(wait(program(`throw new Error('inside')`))).rejects.toMatchObject({
      message: `The API ended at start (exit code 1). Its words are in ${logFile}`,
      exitCode: 1,
    });
  });
});
