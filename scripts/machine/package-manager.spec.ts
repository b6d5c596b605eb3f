import { installMissing, missingLine, type PackageManager } from './package-manager.ts';
import type { Requirement } from './programs.ts';

const missing = (program: string, apt: string, isPresent = () => false): Requirement => ({
  program,
  isPresent,
  packages: { apt: [apt], brew: [`${apt}-formula`] },
});
const apt = (install?: PackageManager['install']): PackageManager => ({
  name: 'apt-get',
  commandFor: (packages) => `sudo apt-get install ${packages.join(' ')}`,
  ...(install && { install }),
});
const withManager = (manager: PackageManager | undefined) => ({ manager: Promise.resolve(manager) });
const silent = (): void => undefined;

const UNKNOWN = "E: Package 'chromium' has no installation candidate";

describe('installMissing', () => {
  it('installs all that is missing in one go, and says so in one line', async () => {
    const installed: string[] = [];
    const lines: string[] = [];
    const manager = apt((packages) => {
      installed.push(...packages);
      return Promise.resolve({ code: 0, output: '' });
    });
    const isPresent = (): boolean => installed.length > 0;
    const both = [missing('pg_dump', 'postgresql-client', isPresent), missing('zstd', 'zstd', isPresent)];
    await installMissing(both, (line) => lines.push(line), withManager(manager));
    expect(installed).toEqual(['postgresql-client', 'zstd']);
    expect(lines).toEqual(['Installing pg_dump, zstd (apt-get)…']);
  });

  it('asks nothing of the package manager when nothing is missing', async () => {
    const manager = apt(() => Promise.reject(new Error('must not be called')));
    await installMissing([missing('zstd', 'zstd', () => true)], silent, withManager(manager));
  });

  it('fails with one line per program, and the command, where it may not install', async () => {
    const both = [missing('pg_dump', 'postgresql-client'), missing('zstd', 'zstd')];
    await expect(installMissing(both, silent, withManager(apt()))).rejects.toThrow(
      /^Missing: pg_dump\. Install with: sudo apt-get install postgresql-client\nMissing: zstd\. Install with: sudo apt-get install zstd$/,
    );
  });

  it('installs what it can where one package is unknown, which keeps apt-get from all', async () => {
    const installed: string[] = [];
    const manager = apt((packages) => {
      if (packages.includes('chromium')) return Promise.resolve({ code: 100, output: UNKNOWN });
      installed.push(...packages);
      return Promise.resolve({ code: 0, output: '' });
    });
    const all = [missing('chromium', 'chromium'), missing('zstd', 'zstd', () => installed.includes('zstd'))];
    await expect(installMissing(all, silent, withManager(manager))).rejects.toThrow(
      /^Missing: chromium\. Install with: .*\napt-get said: E: Package 'chromium' has no installation candidate$/,
    );
    expect(installed).toEqual(['zstd']);
  });

  it('asks once, and tells its words once, where it is not one package that is wrong', async () => {
    let calls = 0;
    const manager = apt(() => {
      calls += 1;
      return Promise.resolve({ code: 100, output: 'E: Temporary failure resolving the mirror' });
    });
    const both = [missing('pg_dump', 'postgresql-client'), missing('zstd', 'zstd')];
    await expect(installMissing(both, silent, withManager(manager))).rejects.toThrow(
      /zstd\napt-get said: E: Temp[^\n]*$/,
    );
    expect(calls).toBe(1);
  });

  it("adds the package manager's own last words when it failed", async () => {
    const manager = apt(() => Promise.resolve({ code: 100, output: 'a\nb\nE: no space left' }));
    await expect(installMissing([missing('zstd', 'zstd')], silent, withManager(manager))).rejects.toThrow(
      /no space left/,
    );
  });

  it('names the package also on a system whose package manager it does not know', () => {
    expect(missingLine(missing('zstd', 'zstd'), undefined)).toContain('Missing: zstd');
  });
});
