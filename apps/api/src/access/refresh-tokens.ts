import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Refresh tokens: `session.random.signature`. The signature tells a token of ours that has been replaced long ago (a
 * copy in somebody else's hands, which ends the session) from one that was made up with a session's id.
 */
export class RefreshTokens {
  constructor(private readonly key: Buffer) {}

  issue(sessionId: string): string {
    const body = `${sessionId}.${randomBytes(32).toString('base64url')}`;
    return `${body}.${this.sign(body)}`;
  }

  /** The session that a token was issued for, dead or alive; null for a token that is not ours. */
  sessionOf(token: string): string | null {
    const end = token.lastIndexOf('.');
    const body = token.slice(0, Math.max(end, 0));
    const expected = Buffer.from(this.sign(body));
    const given = Buffer.from(token.slice(end + 1));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return body.split('.', 1)[0] ?? null;
  }

  /** How a token is kept. */
  static hash(token: string): string {
    return createHash('sha256').update(token).digest('hex');
  }

  private sign(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('base64url');
  }
}
