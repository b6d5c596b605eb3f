import { completeOptions, type ExportOptions, type RequestedOptions } from '#lib/domain';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFreeSpace, requireFreeSpace, type SpaceNeed } from './free-space.js';
import { spaceNeeds } from './space-needs.js';
import { describeWithDisk, mountSmallDisk, unmount } from '../testing/small-disk.js';

const MB = 1024 * 1024;

describeWithDisk('the room for an export', () => {
  let small: string;
  let big: string;
  beforeAll(() => {
    big = mkdtempSync(join(tmpdir(), 'pg-export-room-'));
    small = mkdtempSync(join(tmpdir(), 'pg-export-small-'));
    mountSmallDisk(small, 64);
  });
  afterAll(() => {
    unmount(small);
    rmSync(small, { recursive: true });
    rmSync(big, { recursive: true });
  });

  const need = (bytes: number, folder = small): SpaceNeed => ({ what: 'the work folder', folder, bytes });

  it('is there with a margin, or is not', async () => {
    expect(await readFreeSpace([need(40 * MB)])).toEqual({ freeBytes: 64 * MB, fits: true, problem: null });
    // It would fit by the byte; an estimate is not that good.
    expect(await readFreeSpace([need(60 * MB)])).toMatchObject({ freeBytes: 64 * MB, fits: false });
  });

  it('adds up what is needed on one disk, and looks at the tightest', async () => {
    expect((await readFreeSpace([need(25 * MB), need(25 * MB)])).fits).toBe(false);
    expect(await readFreeSpace([need(25 * MB), need(25 * MB, big)])).toMatchObject({ freeBytes: 64 * MB, fits: true });
  });

  it('is asked of the folder above, where there is none yet', async () => {
    expect((await readFreeSpace([need(MB, join(small, 'not', 'yet'))])).freeBytes).toBe(64 * MB);
  });

  it('is required in words, with both figures', async () => {
    await expect(requireFreeSpace([need(60 * MB)])).rejects.toMatchObject({
      code: 'disk_full',
      detail: `the work folder (${small}): about ${String(82 * MB)} bytes needed, ${String(64 * MB)} free`,
    });
  });

  describe('that is needed', () => {
    const needs = (wishes: RequestedOptions, storageDir: string, clientMajor = 15) =>
      spaceNeeds({
        estimate: { sizeBytes: 1000, estimatedFileBytes: 400 },
        options: completeOptions(wishes) as ExportOptions,
        clientMajor,
        workDir: big,
        storageDir,
      });

    it('is one file, and another one in a store on another disk', async () => {
      expect(await needs({}, join(big, 'artifacts'))).toEqual([need(400, big)]);
      expect((await needs({}, small)).map(({ what, bytes }) => [what, bytes])).toEqual([
        ['the work folder', 400],
        ['the store', 400],
      ]);
    });

    it('is the folder too of a directory: compressed by pg_dump, or not yet', async () => {
      expect((await needs({ format: 'directory' }, big, 16))[0]!.bytes).toBe(800);
      expect((await needs({ format: 'directory' }, big, 15))[0]!.bytes).toBe(1500);
    });

    it('is a whole restored database for a proof', async () => {
      const [, server] = await needs({ verify: 'restore' }, big);
      expect(server!.what).toBe('the throwaway server');
      expect(server!.bytes).toBeGreaterThan(100e6);
    });
  });
});
