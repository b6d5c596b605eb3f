import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config.js';
import { requirePlaces } from './places.js';

describe('the places that variables name', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pg-export-places-'));
    writeFileSync(join(folder, 'file'), '');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const look = (environment: Record<string, string>) => () => {
    requirePlaces(loadConfig({ DATA_DIR: join(folder, 'data'), ...environment }), ['store', 'work', 'programs']);
  };
  const programs = (...names: string[]) => {
    mkdirSync(join(folder, 'bin'));
    for (const name of names) writeFileSync(join(folder, 'bin', name), '', { mode: 0o755 });
    return join(folder, 'bin');
  };

  it('may be there, or be made', () => {
    mkdirSync(join(folder, 'store'));
    expect(look({})).not.toThrow();
    expect(look({ STORAGE_URL: `file://${folder}/store`, WORK_DIR: join(folder, 'a/b/c') })).not.toThrow();
    expect(look({ PG_BIN_DIR: programs('pg_dump', 'pg_restore') })).not.toThrow();
  });

  it('are named, all of them, where they can not be what they are meant for', () => {
    const wrong = {
      STORAGE_URL: `file://${folder}/file`,
      WORK_DIR: join(folder, 'file/work'),
      PG_BIN_DIR: programs('pg_dump'),
    };
    expect(look(wrong)).toThrow(
      [
        'The configuration is wrong:',
        `  - STORAGE_URL must lead to a folder, and ${folder}/file is none`,
        `  - WORK_DIR must lead to a folder, and ${folder}/file is none`,
        `  - PG_BIN_DIR must be the folder of pg_dump and pg_restore: no pg_restore in ${folder}/bin`,
      ].join('\n'),
    );
  });

  // Root may make a folder wherever there can be one.
  const asUser = process.getuid?.() === 0 ? it.skip : it;
  asUser('are named where they can not be made, or written in', () => {
    mkdirSync(join(folder, 'closed'), { mode: 0o500 });
    expect(look({ WORK_DIR: join(folder, 'closed') })).toThrow(
      /WORK_DIR must lead to a folder to write in: .*closed is none \(EACCES\)/,
    );
    const wrong = look({ WORK_DIR: join(folder, 'closed/work') });
    expect(wrong).toThrow(/WORK_DIR must lead to a folder: .* is not there, and can't be made in .*closed \(EACCES\)/);
  });
});
