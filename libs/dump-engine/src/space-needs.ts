import { type ExportEstimate, type ExportOptions, isWrapped } from '#lib/domain';
import { stat } from 'node:fs/promises';
import type { SpaceNeed } from './free-space.js';
import { proofPlace } from './proof/proof-folder.js';

/** pg_dump's own output by bytes of tables: text takes more room than rows on pages, and indexes are made later. */
const OUTPUT_SHARE = 1.1;
/** A restored database by bytes of its tables: with indexes, and what the server writes ahead. */
const RESTORED_SHARE = 1.7;
const CLUSTER_BYTES = 100e6;

export interface SpaceInput {
  estimate: Pick<ExportEstimate, 'sizeBytes' | 'estimatedFileBytes'>;
  options: ExportOptions;
  clientMajor: number;
  workDir: string;
  /** Of the finished files; null where they are not in a folder. */
  storageDir: string | null;
}

/** Where an export needs room, and how much at the worst moment. */
export async function spaceNeeds(input: SpaceInput): Promise<SpaceNeed[]> {
  const { estimate, options, clientMajor, workDir, storageDir } = input;
  const { sizeBytes, estimatedFileBytes } = estimate;
  // pg_dump's folder is compressed by pg_dump itself, or not at all.
  const folder = isWrapped(options, clientMajor) ? sizeBytes * OUTPUT_SHARE : estimatedFileBytes;
  const atWork = estimatedFileBytes + (options.format === 'directory' ? folder : 0);
  const needs: SpaceNeed[] = [{ what: 'the work folder', folder: workDir, bytes: atWork }];
  if (options.verify === 'restore') {
    const bytes = sizeBytes * RESTORED_SHARE + CLUSTER_BYTES;
    needs.push({ what: 'the throwaway server', folder: await proofPlace(workDir), bytes });
  }
  // On the disk of the work folder a finished file is renamed into the store, on another one copied.
  if (storageDir !== null && !(await areOnOneDisk(workDir, storageDir))) {
    needs.push({ what: 'the store', folder: storageDir, bytes: estimatedFileBytes });
  }
  return needs;
}

async function areOnOneDisk(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((folder) => stat(folder).catch(() => null)));
  return a == null || b == null || a.dev === b.dev;
}
