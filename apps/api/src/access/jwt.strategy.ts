import type { Caller } from '#lib/domain';
import { PassportStrategy } from '@nestjs/passport';
import type { Callers } from './callers.js';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { z } from 'zod';

export const TOKEN_ISSUER = 'pg-export';
export const TOKEN_ALGORITHM = 'HS256';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid() });
export type AccessClaims = z.infer<typeof Claims>;

/** Reads the bearer's access token, and asks each time whether its session still lives: sign-out holds at once. */
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    key: Buffer,
    private readonly callers: Callers,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: key,
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_ISSUER,
    });
  }

  async validate(payload: unknown): Promise<Caller | null> {
    const claims = Claims.safeParse(payload);
    if (!claims.success) return null;
    const { sub, sid } = claims.data;
    const caller = await this.callers.alive({ via: 'session', sessionId: sid });
    return caller?.userId === sub ? caller : null;
  }
}
