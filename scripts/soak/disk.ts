import { mkdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool, runToolOrFail } from '../machine/tool.ts';

const BLOCK = Buffer.alloc(1 << 20);

/** A small file system of our own (a tmpfs: Linux, as root) that can be filled up. */
export class Disk {
  readonly path: string;
  private readonly megabytes: number;

  constructor(path: string, megabytes: number) {
    this.path = path;
    this.megabytes = megabytes;
  }

  async mount(): Promise<void> {
    mkdirSync(this.path, { recursive: true });
    const options = ['-t', 'tmpfs', '-o', `size=${this.megabytes}m`, 'tmpfs', this.path];
    await runToolOrFail('A small disk could not be mounted: this needs root on Linux', 'mount', options);
  }

  async unmount(): Promise<void> {
    await runTool('umount', ['--lazy', this.path]);
  }

  /** Leaves no room, until the returned function is called. */
  async fill(): Promise<() => Promise<void>> {
    const path = join(this.path, 'filler');
    const file = await open(path, 'w');
    try {
      for (;;) await file.write(BLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
    return () => rm(path, { force: true });
  }
}
