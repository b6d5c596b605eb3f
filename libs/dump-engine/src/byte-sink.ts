/** Where an archive goes on its way to the file: straight into it, or through a compressor or a cipher. */
export interface ByteSink {
  /** Resolves when the chunk has been taken and may be used again. */
  write(chunk: Buffer): Promise<void>;
  /** Resolves when all that was written is in the file. */
  finish(): Promise<void>;
}
