import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDotEnv, readEnvironment } from './environment.js';

describe('the environment', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pg-export-env-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('takes from a .env what it says, comments and quotes understood', async () => {
    const path = join(folder, 'full');
    await writeFile(path, '# a comment\nPORT=4000\nSUPER_ADMIN_PASSWORD="a # b"\nEXPORTS_ENABLED=false # why\n');
    expect(readDotEnv(path)).toEqual({ PORT: '4000', SUPER_ADMIN_PASSWORD: 'a # b', EXPORTS_ENABLED: 'false' });
  });

  it('takes nothing from a .env that is not there', () => {
    expect(readDotEnv(join(folder, 'missing'))).toEqual({});
  });

  it('lets the process have the last word over the .env of its folder', async () => {
    await writeFile(join(folder, '.env'), 'PORT=4000\nPG_EXPORT_ONLY_IN_FILE=yes\nPG_EXPORT_IN_BOTH=file\n');
    const before = process.cwd();
    process.chdir(folder);
    process.env['PG_EXPORT_IN_BOTH'] = 'process';
    try {
      expect(readEnvironment()).toMatchObject({ PG_EXPORT_ONLY_IN_FILE: 'yes', PG_EXPORT_IN_BOTH: 'process' });
    } finally {
      process.chdir(before);
      delete process.env['PG_EXPORT_IN_BOTH'];
    }
  });
});
