import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { AccessKeyRing } from './access-key-ring.js';

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
    const secret = await this.keyOf(token);
    if (secret === null) return null;
    const payload: unknown = await this.jwt.verifyAsync<object>(token, { secret }).catch(() => null);
    return readAccessClaims(payload);
  }

  /** The key that a token names; null when there is no such one. */
  async keyOf(token: string): Promise<Buffer | null> {
    const kid = kidOf(token);
    return kid === null ? null : ((await this.ring.find(kid))?.secret ?? null);
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
