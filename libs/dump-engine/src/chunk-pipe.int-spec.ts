import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstThere } from './child-program.js';
import { CHUNK_BYTES, ChunkPipe } from './chunk-pipe.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pg-export-pipe-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A program of sh whose output comes through a pipe of ours. */
async function output(script: string): Promise<ChunkPipe> {
  const pipe = await ChunkPipe.create(join(folder, 'pipe'));
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', pipe.stdout, 'inherit'] });
  child.unref();
  await pipe.leaveToChild();
  return pipe;
}

const ignoreParts = () => undefined;
const never = new AbortController().signal;

it('gives every byte, in order, in chunks of a bounded size, to a reader slower than the writer', async () => {
  const hash = createHash('sha256');
  let largest = 0;
  let bytes = 0;
  const pipe = await output(`i=0; while [ $i -lt 300000 ]; do echo "line number $i"; i=$((i+1)); done`);
  await pipe.read(
    async (chunk) => {
      largest = Math.max(largest, chunk.length);
      hash.update(chunk);
      // The chunk is filled again after this: whoever kept it would see other bytes.
      await new Promise((resolve) => setImmediate(resolve));
    },
    (part) => {
      bytes += part;
    },
    never,
  );
  const expected = createHash('sha256');
  for (let i = 0; i < 300_000; i++) expected.update(`line number ${String(i)}\n`);
  expect(hash.digest('hex')).toBe(expected.digest('hex'));
  expect(largest).toBeLessThanOrEqual(CHUNK_BYTES);
  expect(bytes).toBe([...Array(300_000).keys()].reduce((sum, i) => sum + `line number ${String(i)}\n`.length, 0));
}, 60_000);

it('hands on, in order, what comes while the chunk before is still worked on', async () => {
  const pipe = await output(`for n in 0 1 2; do head -c ${String(CHUNK_BYTES)} /dev/zero | tr '\\0' $n; done`);
  let second: () => void = () => undefined;
  const secondIsThere = new Promise<void>((resolve) => (second = resolve));
  let begun = 0;
  const seen: number[] = [];
  await pipe.read(
    async (chunk) => {
      begun += 1;
      seen.push(...new Set(chunk));
      if (begun === 2) second();
      if (begun === 1) await secondIsThere;
    },
    ignoreParts,
    never,
  );
  expect(seen).toEqual([...seen].sort());
  expect(String.fromCharCode(...new Set(seen))).toBe('012');
});

describe('a pipe that nobody reads yet', () => {
  const write = async (options: { wide: boolean }, bytes: number) => {
    const pipe = await ChunkPipe.create(join(folder, 'pipe'), options);
    const child = spawn('head', ['-c', String(bytes), '/dev/zero'], { stdio: ['ignore', pipe.stdout, 'ignore'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await pipe.leaveToChild();
    return { pipe, child, ended };
  };
  const count = async (pipe: ChunkPipe) => {
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      return Promise.resolve();
    };
    await pipe.read(take, ignoreParts, never);
    return bytes;
  };
  // Nobody else asks for the room.
  const ifLinux = firstThere('/usr/bin/perl') === undefined ? it.skip : it;

  ifLinux('holds a megabyte when it is wide: the writer need not wait for a busy reader', async () => {
    const { pipe, ended } = await write({ wide: true }, 1_000_000);
    expect(await ended).toBe(0);
    expect(await count(pipe)).toBe(1_000_000);
  });

  it('gives all that comes when it is not', async () => {
    const { pipe, child, ended } = await write({ wide: false }, 1_000_000);
    expect(child.exitCode).toBeNull();
    expect(await count(pipe)).toBe(1_000_000);
    expect(await ended).toBe(0);
  });
});

it('leaves no name behind, and ends at once when the writer writes nothing', async () => {
  const pipe = await output('exit 0');
  expect(existsSync(join(folder, 'pipe'))).toBe(false);
  let taken = 0;
  await pipe.read(
    (chunk) => {
      taken += chunk.length;
      return Promise.resolve();
    },
    ignoreParts,
    never,
  );
  expect(taken).toBe(0);
});

it('fails with the error of the one who takes, and does not leave the writer blocked', async () => {
  const pipe = await ChunkPipe.create(join(folder, 'pipe'));
  const child = spawn('sh', ['-c', 'yes'], { stdio: ['ignore', pipe.stdout, 'ignore'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await pipe.leaveToChild();
  await expect(pipe.read(() => Promise.reject(new Error('no room')), ignoreParts, never)).rejects.toThrow('no room');
  await ended;
}, 30_000);

it('says in words when the folder takes no named pipe', async () => {
  await expect(ChunkPipe.create(join(folder, 'absent', 'pipe'))).rejects.toMatchObject({ code: 'storage_failed' });
});
