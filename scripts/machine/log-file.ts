import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

/** A log that grew above this is put aside; one older one is kept. */
const rotateBytes = 10 * 1024 * 1024;

/** Opens a log (0600) for a process to append to. */
export function openLogFile(path: string): number {
  rotateLog(path);
  return openSync(path, 'a', 0o600);
}

/**
 * Puts a log that has grown too large aside as `<path>.1`, also while a process appends to it: it is copied and emptied, because
 * that process holds it open. A line that is written between the two is lost.
 */
export function rotateLog(path: string, limitBytes = rotateBytes): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= limitBytes) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** The last lines of a log, of which at most 8 KiB are looked at; empty where there is none. */
export function lastLinesOf(path: string, count: number): string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return [];
  const tail = Buffer.alloc(Math.min(size, 8_192));
  const file = openSync(path, 'r');
  try {
    readSync(file, tail, 0, tail.length, size - tail.length);
  } finally {
    closeSync(file);
  }
  return tail.toString('utf8').trim().split('\n').slice(-count);
}
