import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataDir } from './settings.ts';

describe('makeDataDir', () => {
  let dataDir: string;
  const modeOf = (name: string): string => (statSync(join(dataDir, name)).mode & 0o777).toString(8);
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'pg-export-data-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('closes folders for dumps and secrets that were there before and open to others', () => {
    for (const name of ['secrets', 'artifacts', 'work']) mkdirSync(join(dataDir, name), { mode: 0o755 });
    makeDataDir(dataDir);
    expect(['secrets', 'artifacts', 'work'].map(modeOf)).toEqual(['700', '700', '700']);
  });

  it('leaves alone what a link leads to', () => {
    mkdirSync(join(dataDir, 'elsewhere'), { mode: 0o755 });
    symlinkSync('elsewhere', join(dataDir, 'work'));
    makeDataDir(dataDir);
    expect(modeOf('elsewhere')).toBe('755');
  });
});
