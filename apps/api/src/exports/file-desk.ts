import { ArtifactStore } from '#lib/artifacts';
import { ExportLedger, type StoredFile } from '#lib/database';
import { Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';

const RETRY_AFTER_SECONDS = 5;
/** A client that lost its connection has so long to come back before the file may go to make room. */
const DOWNLOAD_SECONDS = 120;
const DOWNLOAD_NOTE_MS = 30_000;

export interface OpenFile {
  file: StoredFile;
  handle: FileHandle;
}

/** Where finished files are handed out. */
@Injectable()
export class FileDesk {
  constructor(
    private readonly ledger: ExportLedger,
    private readonly store: ArtifactStore,
  ) {}

  /** @throws {Refusal} `not_found`, `not_ready`, `gone` */
  async find(id: string): Promise<StoredFile> {
    const found = await this.ledger.findTimed(id);
    if (found === null) throw new Refusal('not_found', 'There is no such export.');
    const { row, isOver } = found;
    // The sweeper may be late; the promise is not.
    const status = row.status === 'ready' && isOver ? 'expired' : row.status;
    if (status === 'ready' && row.file !== null) return row.file;
    if (status === 'expired' || status === 'deleted') {
      throw new Refusal('gone', `The file is ${status}. Ask for a new export.`);
    }
    throw new Refusal('not_ready', `The export is ${row.status}: there is no file (yet).`);
  }

  /**
   * Opens the file for sending; the caller closes it. A file that has vanished from the disk ends the export's life.
   * @throws {Refusal} `not_found`, `not_ready`, `gone`, `storage_unavailable`
   */
  async open(id: string): Promise<OpenFile> {
    const file = await this.find(id);
    const handle = await this.store.open(file.key);
    if (handle === null) return this.reportLoss(id);
    const { size } = await handle.stat();
    if (size === file.sizeBytes) return { file, handle };
    await handle.close();
    return this.reportLoss(id);
  }

  /** Notes the download of an export as long as it goes on; a database that is away does not end it. */
  async during<T>(id: string, download: () => Promise<T>): Promise<T> {
    const note = () => void this.ledger.noteDownload(id, DOWNLOAD_SECONDS).catch(() => undefined);
    note();
    const timer = setInterval(note, DOWNLOAD_NOTE_MS);
    try {
      return await download();
    } finally {
      clearInterval(timer);
    }
  }

  private async reportLoss(id: string): Promise<never> {
    if (!(await this.store.isUp())) {
      throw new Refusal('storage_unavailable', 'The store of finished files is away. Try again in a moment.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    await this.ledger.loseFile(id);
    throw new Refusal('gone', 'The file has vanished from the store. Ask for a new export.');
  }
}
