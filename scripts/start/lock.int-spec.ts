import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../machine/processes.ts';
import { StartLock } from './lock.ts';

describe('StartLock', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  const sleeper = (): number => {
    const child = spawn('sleep', ['60']);
    children.push(child);
    return child.pid!;
  };
  const plant = (content: object): void => writeFileSync(join(folder, 'start.lock'), JSON.stringify(content));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pg-export-lock-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it('refuses a second copy in a sentence that names the process', () => {
    const owner = identify(sleeper())!;
    plant({ ...owner, children: {} });
    expect(() => StartLock.take(folder)).toThrow(`pg-export already runs on ${folder} (pid ${owner.pid})`);
  });

  it('takes over from a process that is gone, also when its number is in use again', () => {
    plant({ ...identify(sleeper())!, startTime: 'of another process', children: {} });
    expect(StartLock.take(folder).leftOver).toEqual({});
  });

  it('names what a killed owner left running, and nothing that ended', () => {
    const api = identify(sleeper())!;
    plant({ pid: 0, startTime: '', children: { 'The API': api, 'The worker': { ...api, startTime: 'gone' } } });
    expect(StartLock.take(folder).leftOver).toEqual({ 'The API': api });
  });

  it('is not stopped by half a file', () => {
    writeFileSync(join(folder, 'start.lock'), '{"pid":');
    expect(() => StartLock.take(folder)).not.toThrow();
  });

  it('notes what was started, and leaves nothing when it is released', () => {
    const lock = StartLock.take(folder);
    const pid = sleeper();
    lock.note('The API', pid);
    expect(JSON.parse(readFileSync(join(folder, 'start.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      children: { 'The API': { pid } },
    });
    lock.release();
    expect(existsSync(join(folder, 'start.lock'))).toBe(false);
  });
});
