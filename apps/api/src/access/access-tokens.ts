import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { type AccessKey, AccessKeyRing } from './access-key-ring.js';
import { VerifiedTokens } from './verified-tokens.js';

export const TOKEN_ISSUER = 'pg-export';
export const TOKEN_ALGORITHM = 'HS256';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid() });
export type AccessClaims = z.infer<typeof Claims>;

/** `ACCESS_TOKEN_MINUTES`. */
export class AccessTokenLifetime {
  constructor(readonly minutes: number) {}
}

/** The access tokens of our own sessions: they say who and in which session, and no more. */
@Injectable()
export class AccessTokens {
  private readonly good = new VerifiedTokens<AccessClaims>();

  constructor(
    private readonly ring: AccessKeyRing,
    private readonly jwt: JwtService,
    private readonly lifetime: AccessTokenLifetime,
  ) {}

  async issue(claims: AccessClaims): Promise<{ token: string; expiresInSeconds: number }> {
    const { kid, secret } = await this.ring.signing();
    return {
      token: await this.jwt.signAsync(claims, { secret, keyid: kid }),
      expiresInSeconds: this.lifetime.minutes * 60,
    };
  }

  /** Null when it is not ours, or has expired. */
  async read(token: string): Promise<AccessClaims | null> {
    const key = await this.keyOf(token);
    if (key === null) return null;
    const payload: unknown = await this.jwt.verifyAsync<object>(token, { secret: key.secret }).catch(() => null);
    return readAccessClaims(payload);
  }

  /** The key that a token names; null when there is no such one. */
  async keyOf(token: string): Promise<AccessKey | null> {
    const kid = kidOf(token);
    return kid === null ? null : this.ring.find(kid);
  }

  /** Remembers that a token was verified: signature, issuer, audience and times. */
  noteGood(token: string, verified: { claims: AccessClaims; key: AccessKey; expiresAt: number }): void {
    this.good.add(token, verified);
  }

  /** The claims of a token that was verified before and is good still; null: it has to be verified. */
  known(token: string): Promise<AccessClaims | null> {
    return this.good.find(token, (kid) => this.ring.find(kid));
  }
}

export function readAccessClaims(payload: unknown): AccessClaims | null {
  return Claims.safeParse(payload).data ?? null;
}

function kidOf(token: string): string | null {
  try {
    return decodeProtectedHeader(token).kid ?? null;
  } catch {
    return null;
  }
}
