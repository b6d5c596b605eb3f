import { createHash, randomInt } from 'node:crypto';

/** Base32 in lower case: no 0, 1, 8 or 9 to be mistaken for a letter. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const HOW_MANY = 10;
/** 120 bits: nobody guesses one, so that a fast hash is enough to keep it by (OWASP ASVS 5, 6.5.2 asks for 112). */
const GROUPS = 4;
const GROUP_LENGTH = 6;

/** Codes to keep on paper, each good once in place of a code of the app. */
export const RecoveryCodes = {
  make(): string[] {
    return Array.from({ length: HOW_MANY }, () => Array.from({ length: GROUPS }, group).join('-'));
  },

  /** How a code of an account is kept, however it is typed. */
  hash(userId: string, code: string): string {
    const letters = code.toLowerCase().replace(/[^a-z2-7]/g, '');
    return createHash('sha256').update(`${userId}:${letters}`).digest('hex');
  },
};

function group(): string {
  return Array.from({ length: GROUP_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
