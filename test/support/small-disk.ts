import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of a few megabytes (a tmpfs: Linux, as root). */
export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'pg-export-disk-'));

  constructor(megabytes: number) {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path], { stdio: 'pipe' });
    } catch (cause) {
      throw new Error('A small disk could not be mounted: run the tests as root on Linux.', { cause });
    }
  }

  makeReadOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.path], { stdio: 'pipe' });
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.path], { stdio: 'pipe' });
    rmSync(this.path, { recursive: true });
  }
}
