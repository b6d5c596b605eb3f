import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** What a running server writes about itself into its data folder (postmaster.pid; miscinit.c, pidfile.h). */
export interface PostmasterFile {
  pid: number;
  dataFolder: string;
  port: number;
  /** `starting`, `ready`, `standby` or `stopping`. */
  status: string;
}

export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const [pid = '', dataFolder = '', , port = '', , , , status = ''] = text.split('\n');
  if (!/^\d+$/.test(pid)) return undefined;
  return { pid: Number(pid), dataFolder, port: Number(port), status: status.trim() };
}

export function readPostmasterFile(dataFolder: string): PostmasterFile | undefined {
  try {
    return parsePostmasterFile(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether both paths name the same folder, through symbolic links too. */
export function isSameFolder(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}
