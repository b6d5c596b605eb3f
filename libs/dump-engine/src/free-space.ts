import { ExportFailure } from '#lib/domain';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** An estimate may be short, and the disk is nobody's alone. */
const MARGIN_SHARE = 0.1;
const MARGIN_BYTES = 16 * 1024 * 1024;

/** Bytes that an export will need in a folder, which need not be there yet. */
export interface SpaceNeed {
  /** What people call it, such as `the work folder`. */
  what: string;
  folder: string;
  bytes: number;
}

export interface FreeSpace {
  /** Of the disk with the least room to spare. */
  freeBytes: number;
  fits: boolean;
  /** In words, where it does not fit. */
  problem: string | null;
}

/** Compares what is needed with what is free; needs on the same disk add up. */
export async function readFreeSpace(needs: readonly SpaceNeed[]): Promise<FreeSpace> {
  const disks = new Map<number, { freeBytes: number; neededBytes: number; names: string[] }>();
  for (const { what, folder, bytes } of needs) {
    const { device, freeBytes } = await diskOf(folder);
    const { neededBytes = 0, names = [] } = disks.get(device) ?? {};
    disks.set(device, { freeBytes, neededBytes: neededBytes + bytes, names: [...names, `${what} (${folder})`] });
  }
  const [tightest] = [...disks.values()]
    .map((disk) => ({ ...disk, neededBytes: Math.ceil(disk.neededBytes * (1 + MARGIN_SHARE) + MARGIN_BYTES) }))
    .sort((a, b) => a.freeBytes - a.neededBytes - (b.freeBytes - b.neededBytes));
  if (tightest === undefined) return { freeBytes: 0, fits: true, problem: null };
  const { freeBytes, neededBytes, names } = tightest;
  const fits = freeBytes >= neededBytes;
  const words = `${names.join(' and ')}: about ${String(neededBytes)} bytes needed, ${String(freeBytes)} free`;
  return { freeBytes, fits, problem: fits ? null : words };
}

/** @throws {ExportFailure} `disk_full`, with both figures */
export async function requireFreeSpace(needs: readonly SpaceNeed[]): Promise<void> {
  const { problem } = await readFreeSpace(needs);
  if (problem === null) return;
  throw new ExportFailure('disk_full', 'The export would not fit on the disk; nothing was started.', {
    detail: problem,
  });
}

/** Of the folder, or of the nearest one above it that is there. */
async function diskOf(folder: string): Promise<{ device: number; freeBytes: number }> {
  try {
    const [{ dev }, { bavail, bsize }] = await Promise.all([stat(folder), statfs(folder)]);
    return { device: dev, freeBytes: bavail * bsize };
  } catch (error) {
    const parent = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    return diskOf(parent);
  }
}
