import { hash, verify } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';

/** OWASP's Password Storage Cheat Sheet: argon2id (the library's default) with 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

/** 120 bits. */
const NEW_PASSWORD_BYTES = 15;

/** A password that nobody has chosen, in characters that can be typed. */
export function newPassword(): string {
  return randomBytes(NEW_PASSWORD_BYTES).toString('base64url');
}

let decoy: Promise<string> | null = null;

/**
 * Whether the password is the account's. Without an account the same work is done, so that the time a refusal takes
 * does not tell whether there is one.
 */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(passwordHash ?? (await decoy), password);
  return matches && passwordHash !== null;
}
