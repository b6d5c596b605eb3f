import { Encrypter } from 'age-encryption';
import type { ByteSink } from './byte-sink.js';

/**
 * An age file (age-encryption.org/v1) around whatever is written. It is made as a stream: nothing of the plain bytes is
 * kept, and the key that they are sealed with is known to nobody but the recipients once this is through.
 */
export class EncryptedFile implements ByteSink {
  private readonly plain = new TransformStream<Uint8Array, Uint8Array>();
  private readonly writer = this.plain.writable.getWriter();
  private readonly written: Promise<void>;

  /** @param recipients `age1…`, checked before ({@link isAgeRecipient}) */
  constructor(file: ByteSink, recipients: readonly string[]) {
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    this.written = this.seal(encrypter, file);
    // Whoever writes next, or finishes, hears of it; until then it must not count as unhandled.
    this.written.catch(() => undefined);
  }

  async write(chunk: Buffer): Promise<void> {
    // A copy: the stream's promise says that the chunk was passed on, not that the cipher is done with it.
    const taken = this.writer.write(Uint8Array.from(chunk));
    // When the disk is full it is the file that says so.
    taken.catch(() => undefined);
    await Promise.race([taken, this.written.then(() => taken)]).catch(async (error: unknown) => {
      await this.written;
      throw error;
    });
  }

  async finish(): Promise<void> {
    await this.writer.close();
    await this.written;
  }

  private async seal(encrypter: Encrypter, file: ByteSink): Promise<void> {
    const sealed = await encrypter.encrypt(this.plain.readable);
    for await (const part of sealed) await file.write(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    await file.finish();
  }
}
