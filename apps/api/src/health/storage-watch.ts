import { ArtifactStore } from '#lib/artifacts';
import { Injectable } from '@nestjs/common';

/**
 * Asks whether the store of files is there. A file system that hangs (a network share whose server is away) holds
 * whoever asks, and one of Node's few threads: so there is one question at a time, and nobody waits longer for it than
 * they like.
 */
@Injectable()
export class StorageWatch {
  private question: Promise<boolean> | null = null;

  constructor(private readonly store: ArtifactStore) {}

  /** Whether the store is there; one that does not say so within `timeoutMs` is not. */
  async isUp(timeoutMs: number): Promise<boolean> {
    this.question ??= this.store.isUp().finally(() => (this.question = null));
    const silence = new Promise<false>((resolve) => setTimeout(resolve, timeoutMs, false).unref());
    return Promise.race([this.question, silence]);
  }
}
