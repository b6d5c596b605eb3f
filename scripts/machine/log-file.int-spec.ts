import { closeSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLinesOf, openLogFile, rotateLog } from './log-file.ts';

describe('a log', () => {
  let folder: string;
  let path: string;
  let open: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pg-export-log-'));
    path = join(folder, 'api.log');
    open = openLogFile(path);
  });
  afterEach(() => {
    closeSync(open);
    rmSync(folder, { recursive: true });
  });

  it('that has grown too large is put aside while a process goes on appending to it', () => {
    writeSync(open, 'old words\n');
    rotateLog(path, 5);
    writeSync(open, 'new words\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('old words\n');
    expect(readFileSync(path, 'utf8')).toBe('new words\n');
    for (const log of [path, `${path}.1`]) expect((statSync(log).mode & 0o777).toString(8)).toBe('600');
  });

  it('is left alone until then, and where there is none', () => {
    writeSync(open, 'words\n');
    rotateLog(path, 6);
    rotateLog(join(folder, 'other.log'), 0);
    expect(readFileSync(path, 'utf8')).toBe('words\n');
  });

  it('gives its last lines, whole ones even where it is long', () => {
    writeSync(open, `${'x'.repeat(9_000)}\n{"level":30}\nété\nlast words\n`);
    expect(lastLinesOf(path, 2)).toEqual(['été', 'last words']);
    expect(lastLinesOf(join(folder, 'other.log'), 2)).toEqual([]);
  });
});
