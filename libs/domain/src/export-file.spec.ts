import { fileName, isWrapped, restoreCommand } from './export-file.js';

const requestedAt = new Date('2026-11-23T02:15:00.987Z');

describe('the file of an export', () => {
  it('is named by its database and the second of the request, without a colon', () => {
    expect(fileName('main', requestedAt, false)).toBe('main-2026-11-23T021500Z.dump');
  });

  it('says by its name that it is a zstd frame around the archive', () => {
    expect(fileName('main', requestedAt, true)).toBe('main-2026-11-23T021500Z.dump.zst');
  });

  it('is wrapped only for clients that have no zstd of their own', () => {
    expect(isWrapped({ compression: 'zstd' }, 15)).toBe(true);
    expect(isWrapped({ compression: 'zstd' }, 16)).toBe(false);
    expect(isWrapped({ compression: 'gzip' }, 15)).toBe(false);
    expect(isWrapped({ compression: 'none' }, 15)).toBe(false);
  });
});

describe('the restore command', () => {
  it('decompresses a wrapped file on the way, in the words of the contract', () => {
    expect(restoreCommand({ noOwner: true, noPrivileges: false }, true)).toBe(
      'zstd -dc FILE | pg_restore --no-owner --exit-on-error --dbname=TARGET',
    );
  });

  it('reads any other file directly', () => {
    expect(restoreCommand({ noOwner: true, noPrivileges: false }, false)).toBe(
      'pg_restore --no-owner --exit-on-error --dbname=TARGET FILE',
    );
  });

  it('leaves owners and privileges out exactly where that was asked for', () => {
    expect(restoreCommand({ noOwner: false, noPrivileges: false }, false)).not.toMatch(/--no-/);
    expect(restoreCommand({ noOwner: false, noPrivileges: true }, false)).toContain('--no-privileges');
    expect(restoreCommand({ noOwner: true, noPrivileges: false }, false)).not.toContain('--no-privileges');
  });

  it('is one line that stops at the first error and has nothing else to replace', () => {
    for (const wrapped of [true, false]) {
      const command = restoreCommand({ noOwner: true, noPrivileges: true }, wrapped);
      expect(command).toContain('--exit-on-error');
      expect(command).not.toContain('\n');
      expect(command.match(/\b[A-Z]{3,}\b/g)?.sort()).toEqual(['FILE', 'TARGET']);
    }
  });
});
