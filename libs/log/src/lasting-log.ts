import { writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** A reader that is slow gets so long for one line; then it is one that does not read at all. */
const PATIENCE_MS = 100;
const PAUSE_MS = 5;

/**
 * Takes the lines of a log. One that can't be written, because the disk is full or nobody reads, is lost, and that is all:
 * pino's own destination throws into whoever logs, and keeps what it could not write in memory.
 */
export class LastingLog {
  constructor(private readonly fileDescriptor = STANDARD_OUTPUT) {}

  write(line: string): void {
    let rest = Buffer.from(line);
    for (let waited = 0; rest.length > 0 && waited < PATIENCE_MS;) {
      try {
        rest = rest.subarray(writeSync(this.fileDescriptor, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
        waited += PAUSE_MS;
      }
    }
  }
}
