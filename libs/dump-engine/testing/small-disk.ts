import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Mounts a tmpfs of so many megabytes over a folder. */
export function mountSmallDisk(folder: string, megabytes = 1): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', folder], { stdio: 'pipe' });
}

export function unmount(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'pipe' });
}

/** Whether this process may mount at all: it takes root on Linux, and in a container the right to (`CAP_SYS_ADMIN`). */
export const mayMount = triesToMount();

/** Counted as skipped where nothing can be mounted. */
export const describeWithDisk = mayMount ? describe : describe.skip;

function triesToMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pg-export-mount-'));
  try {
    mountSmallDisk(folder);
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
