import { artifactKey } from '#lib/artifacts';
import type { Run } from '#lib/database';
import { classifyFileError, PROOF_SUFFIX, proofParents, removeProofFolder } from '#lib/dump-engine';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FILE_SUFFIX = '.partial';
const FOLDER_SUFFIX = '.folder';

/** What a file, and the folder that one is made from, are called while they are made: an artifact's key, and one of these. */
export const UNFINISHED_SUFFIXES = [FILE_SUFFIX, `${FILE_SUFFIX}.pipe`, FOLDER_SUFFIX];

type Attempt = Pick<Run, 'exportId' | 'attempt'>;

/** The folder in which files are made (`WORK_DIR`). */
export class WorkFolder {
  constructor(readonly path: string) {}

  /** Where a run's file is made. */
  file(attempt: Attempt): string {
    return this.of(attempt, FILE_SUFFIX);
  }

  /** Where pg_dump's connections write while it has more than one. */
  folder(attempt: Attempt): string {
    return this.of(attempt, FOLDER_SUFFIX);
  }

  /**
   * Makes room for a run's file; attempts that were cut short may have left theirs behind.
   * @throws {ExportFailure} `disk_full`, `storage_failed`
   */
  async clear({ exportId, attempt }: Run): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      for (let earlier = 1; earlier <= attempt; earlier += 1) {
        await rm(this.file({ exportId, attempt: earlier }), { force: true });
        await rm(this.folder({ exportId, attempt: earlier }), { recursive: true, force: true });
        for (const proof of this.proofs({ exportId, attempt: earlier })) await removeProofFolder(proof);
      }
    } catch (error) {
      throw classifyFileError(error as NodeJS.ErrnoException);
    }
  }

  /** Where a run's throwaway server may be. */
  private proofs({ exportId, attempt }: Attempt): string[] {
    return proofParents(this.path).map((parent) => join(parent, `${artifactKey(exportId, attempt)}${PROOF_SUFFIX}`));
  }

  private of({ exportId, attempt }: Attempt, suffix: string): string {
    return join(this.path, `${artifactKey(exportId, attempt)}${suffix}`);
  }
}
