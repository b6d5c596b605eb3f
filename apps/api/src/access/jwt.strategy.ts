import type { Caller } from '#lib/domain';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { type AccessTokens, readAccessClaims, TOKEN_ALGORITHM, TOKEN_ISSUER } from './access-tokens.js';
import type { Callers } from './callers.js';

/** Reads the bearer's access token, and asks each time whether its session still lives: sign-out holds at once. */
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    tokens: AccessTokens,
    private readonly callers: Callers,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_: unknown, token: string, done: (error: unknown, key?: Buffer) => void) => {
        tokens.keyOf(token).then(
          (key) => (key === null ? done('There is no such key.') : done(null, key)),
          (error: unknown) => done(error),
        );
      },
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_ISSUER,
    });
  }

  async validate(payload: unknown): Promise<Caller | null> {
    const claims = readAccessClaims(payload);
    if (claims === null) return null;
    const caller = await this.callers.alive({ via: 'session', sessionId: claims.sid });
    return caller?.userId === claims.sub ? caller : null;
  }
}
