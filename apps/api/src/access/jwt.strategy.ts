import type { Caller } from '#lib/domain';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { AccessKey } from './access-key-ring.js';
import { type AccessTokens, readAccessClaims, TOKEN_ALGORITHM, TOKEN_ISSUER } from './access-tokens.js';
import type { Callers } from './callers.js';

const bearerOf = ExtractJwt.fromAuthHeaderAsBearerToken();
/** What the token of a request was verified with. */
const keys = new WeakMap<Request, AccessKey>();

/** Verifies the bearer's access token, and asks whether its session still lives: sign-out holds at once. */
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly callers: Callers,
  ) {
    super({
      jwtFromRequest: bearerOf,
      secretOrKeyProvider: (request: Request, token: string, done: (error: unknown, key?: Buffer) => void) => {
        tokens.keyOf(token).then(
          (key) => {
            if (key === null) {
              done('There is no such key.');
              return;
            }
            keys.set(request, key);
            done(null, key.secret);
          },
          (error: unknown) => done(error),
        );
      },
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_ISSUER,
      passReqToCallback: true,
    });
  }

  async validate(request: Request, payload: { exp?: number }): Promise<Caller | null> {
    const [claims, key, token] = [readAccessClaims(payload), keys.get(request), bearerOf(request)];
    if (claims === null) return null;
    if (key !== undefined && token !== null && payload.exp !== undefined) {
      this.tokens.noteGood(token, { claims, key, expiresAt: payload.exp });
    }
    return this.callers.ofClaims(claims);
  }
}
