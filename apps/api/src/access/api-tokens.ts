import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** 256 bits: nobody guesses one, so that a fast hash is enough to keep it by. */
const SECRET_BYTES = 32;
const SHAPE = /^pgx_([0-9a-f]{64})([0-9a-f]{8})$/;

/**
 * API tokens: `pgx_`, 64 hexadecimal digits of chance, and 8 of their CRC-32. The checksum is no secret: it tells a token
 * that was mistyped or cut off without asking the database, and a scanner for leaked secrets a token from other text.
 */
export const ApiTokens = {
  issue(): string {
    const secret = randomBytes(SECRET_BYTES).toString('hex');
    return `pgx_${secret}${checksumOf(secret)}`;
  },

  /** Whether it claims to be an API token, whole or not. */
  isMeant(bearer: string): boolean {
    return bearer.startsWith('pgx_');
  },

  isWhole(token: string): boolean {
    const [, secret, checksum] = SHAPE.exec(token) ?? [];
    return secret !== undefined && checksum === checksumOf(secret);
  },

  /** How a token is kept. */
  hash(token: string): string {
    return createHash('sha256').update(token).digest('hex');
  },
};

function checksumOf(secret: string): string {
  return crc32(secret).toString(16).padStart(8, '0');
}
