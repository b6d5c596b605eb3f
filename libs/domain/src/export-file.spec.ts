import { fileName, isWrapped, restoreCommand, scriptCompression } from './export-file.js';
import { type Compression, COMPRESSIONS } from './export-options.js';

const requestedAt = new Date('2026-11-23T02:15:00.987Z');

describe('the file of an export', () => {
  it('is named by its database and the second of the request, without a colon', () => {
    expect(fileName('main', requestedAt, { format: 'custom', compression: 'zstd', encryptTo: [] }, false)).toBe(
      'main-2026-11-23T021500Z.dump',
    );
  });

  it('says by its name that it is a zstd frame around the archive', () => {
    expect(fileName('main', requestedAt, { format: 'custom', compression: 'zstd', encryptTo: [] }, true)).toBe(
      'main-2026-11-23T021500Z.dump.zst',
    );
  });

  it('says by its name that it is encrypted, and what is inside', () => {
    const encryptTo = ['age1…'];
    expect(fileName('main', requestedAt, { format: 'custom', compression: 'zstd', encryptTo }, true)).toBe(
      'main-2026-11-23T021500Z.dump.zst.age',
    );
    expect(fileName('main', requestedAt, { format: 'custom', compression: 'zstd', encryptTo }, false)).toBe(
      'main-2026-11-23T021500Z.dump.age',
    );
  });

  it('is a tar of a directory', () => {
    const options = { format: 'directory', compression: 'zstd', encryptTo: [] as string[] } as const;
    expect(fileName('main', requestedAt, options, false)).toBe('main-2026-11-23T021500Z.tar');
    expect(fileName('main', requestedAt, options, true)).toBe('main-2026-11-23T021500Z.tar.zst');
  });

  it('is a script of plain, and says what it is compressed with, whoever compresses it', () => {
    const name = (compression: Compression, wrapped: boolean, encryptTo: string[] = []) =>
      fileName('main', requestedAt, { format: 'plain', compression, encryptTo }, wrapped);
    expect(name('zstd', true)).toBe('main-2026-11-23T021500Z.sql.zst');
    expect(name('zstd', false)).toBe('main-2026-11-23T021500Z.sql.zst');
    expect(name('gzip', false)).toBe('main-2026-11-23T021500Z.sql.gz');
    expect(name('none', false, ['age1…'])).toBe('main-2026-11-23T021500Z.sql.age');
  });

  it('is compressed by pg_dump where it can, which is looked into for a script alone', () => {
    expect(scriptCompression({ format: 'plain', compression: 'zstd' }, 15)).toBe('none');
    expect(scriptCompression({ format: 'plain', compression: 'zstd' }, 16)).toBe('zstd');
    expect(scriptCompression({ format: 'plain', compression: 'gzip' }, 15)).toBe('gzip');
    expect(scriptCompression({ format: 'custom', compression: 'gzip' }, 15)).toBeNull();
  });

  it('is wrapped only for clients that have no zstd of their own', () => {
    expect(isWrapped({ compression: 'zstd' }, 15)).toBe(true);
    expect(isWrapped({ compression: 'zstd' }, 16)).toBe(false);
    expect(isWrapped({ compression: 'gzip' }, 15)).toBe(false);
    expect(isWrapped({ compression: 'none' }, 15)).toBe(false);
  });
});

describe('the restore command', () => {
  const plain = {
    format: 'custom',
    compression: 'zstd',
    content: 'all',
    noOwner: true,
    noPrivileges: false,
    encryptTo: [] as string[],
  } as const;
  const encrypted = { ...plain, encryptTo: ['age1…'] };
  const directory = { ...plain, format: 'directory' } as const;
  const script = { ...plain, format: 'plain' } as const;

  it('decompresses a wrapped file on the way, in the words of the contract', () => {
    expect(restoreCommand(plain, true)).toContain(
      'zstd -dc FILE | pg_restore --no-owner --exit-on-error --dbname=TARGET',
    );
  });

  it('decrypts first', () => {
    expect(restoreCommand(encrypted, true)).toContain(
      'age -d -i KEY FILE | zstd -dc | pg_restore --no-owner --exit-on-error --dbname=TARGET',
    );
    expect(restoreCommand(encrypted, false)).toContain('age -d -i KEY FILE | pg_restore --no-owner');
  });

  it('reads any other file directly', () => {
    expect(restoreCommand(plain, false)).toBe('pg_restore --no-owner --exit-on-error --dbname=TARGET FILE');
  });

  it('unpacks a directory into a folder that is removed, and restores several tables at once but for rows alone', () => {
    expect(restoreCommand(directory, false)).toBe(
      `(d=$(mktemp -d) && trap 'rm -rf "$d"' 0 && trap 'exit 1' 1 2 15 && tar -xf FILE -C "$d" && ` +
        'pg_restore --no-owner --exit-on-error --jobs=4 --dbname=TARGET "$d")',
    );
    expect(restoreCommand(directory, true)).toContain('{ zstd -dc FILE | tar -xf - -C "$d" ||');
    expect(restoreCommand({ ...directory, content: 'data' }, false)).not.toContain('--jobs');
  });

  it('has psql run a script, unpacked on the way, and stop at the first error', () => {
    const psql = 'psql --no-psqlrc --quiet --output=/dev/null --set ON_ERROR_STOP=1 --dbname=TARGET';
    expect(restoreCommand(script, true)).toContain(`{ zstd -dc FILE | ${psql} ||`);
    expect(restoreCommand({ ...script, compression: 'gzip' }, false)).toContain(`{ gzip -dc FILE | ${psql} ||`);
    const sealed = { ...script, encryptTo: ['age1…'] };
    expect(restoreCommand(sealed, false)).toContain(`{ age -d -i KEY FILE | zstd -dc | ${psql} ||`);
    expect(restoreCommand({ ...sealed, compression: 'none' }, false)).toContain(`{ age -d -i KEY FILE | ${psql} ||`);
    expect(restoreCommand({ ...script, compression: 'none' }, false)).toContain(`&& ${psql} --file="$f")`);
  });

  it('leaves owners and privileges out exactly where that was asked for', () => {
    expect(restoreCommand({ ...plain, noOwner: false }, false)).not.toMatch(/--no-/);
    expect(restoreCommand({ ...plain, noOwner: false, noPrivileges: true }, false)).toContain('--no-privileges');
    expect(restoreCommand(plain, false)).not.toContain('--no-privileges');
  });

  it('is one line that stops at the first error and has nothing else to replace, and nothing twice', () => {
    const scripts = COMPRESSIONS.map((compression) => ({ ...script, compression }));
    for (const options of [plain, encrypted, directory, ...scripts]) {
      for (const wrapped of [true, false]) {
        const command = restoreCommand(options, wrapped);
        expect(command).toMatch(/--exit-on-error|--set ON_ERROR_STOP=1/);
        expect(command).not.toContain('\n');
        const words = options === encrypted ? ['FILE', 'KEY', 'TARGET'] : ['FILE', 'TARGET'];
        expect(command.match(/\b[A-Z]{3,}\b/g)?.sort()).toEqual(words);
      }
    }
  });
});
