import { hash } from 'node:crypto';
import type { AccessKey } from './access-key-ring.js';

/** Some hundred bytes each; more than ever poll at the same time. */
const MOST_TOKENS = 1_000;

interface Verified<Claims> {
  claims: Claims;
  key: AccessKey;
  /** Seconds since 1970. */
  expiresAt: number;
}

/**
 * Tokens whose signature was verified, so that the same token need not be verified for each of its requests: while its
 * key is the same the result is too, until it expires. It says nothing of its session, which is asked for each time. No
 * token is kept, only hashes of those that were good.
 */
export class VerifiedTokens<Claims> {
  /** The oldest first. */
  private readonly tokens = new Map<string, Verified<Claims>>();

  constructor(private readonly now: () => number = Date.now) {}

  add(token: string, verified: Verified<Claims>): void {
    this.tokens.set(hashOf(token), verified);
    for (const oldest of this.tokens.keys()) {
      if (this.tokens.size <= MOST_TOKENS) return;
      this.tokens.delete(oldest);
    }
  }

  /**
   * What the token says, or null: it was not verified here, has expired, or its key is not good any more.
   * @param find the key of that name that is good now
   */
  async find(token: string, find: (kid: string) => Promise<AccessKey | null>): Promise<Claims | null> {
    const name = hashOf(token);
    const verified = this.tokens.get(name);
    if (verified === undefined) return null;
    const key = await find(verified.key.kid);
    if (key?.secret.equals(verified.key.secret) === true && this.now() < verified.expiresAt * 1_000) {
      return verified.claims;
    }
    this.tokens.delete(name);
    return null;
  }
}

function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
