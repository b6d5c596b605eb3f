import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packFolder } from './tar-file.js';

const never = new AbortController().signal;

describe('a packed folder', () => {
  let folder: string;
  const parts: Buffer[] = [];
  const sink = {
    write: (chunk: Buffer) => {
      parts.push(Buffer.from(chunk));
      return Promise.resolve();
    },
    finish: () => Promise.resolve(),
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pg-export-tar-'));
    parts.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('holds every file, an empty one and one of several reads too, and is opened by tar', async () => {
    const big = Buffer.alloc(3_000_001, 'x');
    await writeFile(join(folder, 'toc.dat'), 'contents');
    await writeFile(join(folder, 'empty.dat'), '');
    await writeFile(join(folder, 'big.dat'), big);
    const sizes = new Map([
      ['toc.dat', 8],
      ['empty.dat', 0],
      ['big.dat', big.length],
    ]);
    await packFolder(folder, sizes, sink, never);
    const path = join(folder, 'packed');
    await writeFile(path, Buffer.concat(parts));
    const { stdout } = await promisify(execFile)('tar', ['-tf', path]);
    expect(stdout.trim().split('\n')).toEqual(['empty.dat', 'big.dat', 'toc.dat']);
    const { stdout: back } = await promisify(execFile)('tar', ['-xOf', path, 'big.dat'], { maxBuffer: 1e7 });
    expect(back).toBe(big.toString());
  });

  it.each([7, 9, 600])('is refused when a file is not what it was when it was counted: %i bytes', async (bytes) => {
    await writeFile(join(folder, 'toc.dat'), 'contents');
    await expect(packFolder(folder, new Map([['toc.dat', bytes]]), sink, never)).rejects.toMatchObject({
      code: 'archive_invalid',
      detail: 'toc.dat',
    });
  });

  it('takes no more memory for a large file than for a small one', async () => {
    await writeFile(join(folder, 'toc.dat'), Buffer.alloc(16 << 20));
    const seen = new Set<ArrayBufferLike>();
    await packFolder(
      folder,
      new Map([['toc.dat', 16 << 20]]),
      {
        ...sink,
        write: (chunk) => {
          if (chunk.length > 512 * 2) seen.add(chunk.buffer);
          return Promise.resolve();
        },
      },
      never,
    );
    expect(seen.size).toBe(1);
  });

  it('is refused when a file is gone', async () => {
    await writeFile(join(folder, 'toc.dat'), 'contents');
    const sizes = new Map([
      ['gone.dat', 1],
      ['toc.dat', 8],
    ]);
    await expect(packFolder(folder, sizes, sink, never)).rejects.toThrow();
  });
});
