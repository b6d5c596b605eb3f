import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { isAgeRecipient } from './age-recipient.js';
import type { ByteSink } from './byte-sink.js';
import { EncryptedFile } from './encrypted-file.js';

/** A file in memory, which takes its time. */
class Memory implements ByteSink {
  readonly parts: Buffer[] = [];
  isFinished = false;

  async write(chunk: Buffer): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.parts.push(Buffer.from(chunk));
  }

  finish(): Promise<void> {
    this.isFinished = true;
    return Promise.resolve();
  }
}

async function aKey() {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

describe('an encrypted file', () => {
  it('opens with the key of each recipient, whatever has become of the chunks since, and with no other key', async () => {
    const [one, two, stranger] = await Promise.all([aKey(), aKey(), aKey()]);
    const memory = new Memory();
    const file = new EncryptedFile(memory, [one.recipient, two.recipient]);
    const chunk = Buffer.alloc(150_000);
    for (let i = 0; i < 7; i++) {
      chunk.fill(i);
      await file.write(chunk);
    }
    chunk.fill(255);
    await file.finish();
    expect(memory.isFinished).toBe(true);
    const plain = Buffer.concat([...Array(7).keys()].map((i) => Buffer.alloc(150_000, i)));
    const opened = (identity: string) => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      return decrypter.decrypt(Buffer.concat(memory.parts));
    };
    for (const { identity } of [one, two]) expect(plain.equals(await opened(identity))).toBe(true);
    await expect(opened(stranger.identity)).rejects.toThrow('no identity matched');
  });

  it('fails as the file does, and leaves no writer waiting', async () => {
    const { recipient } = await aKey();
    const full = new EncryptedFile(
      { write: () => Promise.reject(new Error('no room')), finish: () => Promise.resolve() },
      [recipient],
    );
    const filling = async () => {
      for (let i = 0; i < 100; i++) await full.write(Buffer.alloc(100_000));
    };
    await expect(filling()).rejects.toThrow('no room');
    await expect(full.finish()).rejects.toThrow();
  });
});

describe('an age recipient', () => {
  it('is what age-keygen prints', async () => {
    expect(await isAgeRecipient((await aKey()).recipient)).toBe(true);
  });

  it.each([
    ['', 'nothing'],
    ['age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq', 'too short'],
    ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ', 'an ssh key'],
    ['AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ', 'a secret key'],
    // All zeros, with the right checksum: every key agreement with it gives zero.
    ['age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqs3290gq', 'a point that shares no secret'],
  ])('is not %j, %s', async (text) => {
    expect(await isAgeRecipient(text)).toBe(false);
  });

  it('has a checksum', async () => {
    const { recipient } = await aKey();
    const last = recipient.endsWith('q') ? 'p' : 'q';
    expect(await isAgeRecipient(recipient.slice(0, -1) + last)).toBe(false);
  });
});
