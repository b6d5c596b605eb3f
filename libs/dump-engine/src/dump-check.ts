/** Reads along while a dump is made, and says at its end whether it is whole. */
export interface DumpCheck {
  /** Gives the next bytes that pg_dump has delivered; resolves when they are out of our hands. */
  write(chunk: Buffer): Promise<void>;
  /** @throws {ExportFailure} `archive_invalid` when something is missing or damaged */
  finish(): Promise<void>;
  kill(): void;
  /** Resolves when nothing of it runs any more, however it ended. */
  gone(): Promise<void>;
}
