import { type ApiTokenEntity, TokenStore } from '#lib/database';
import { type Caller, Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { ApiTokens } from '../access/api-tokens.js';
import type { IssuedToken, NewToken, Token } from './token-schemas.js';

const DAY_MS = 86_400_000;

/** Where API tokens are made, listed and revoked. */
@Injectable()
export class TokenDesk {
  constructor(private readonly tokens: TokenStore) {}

  async list(): Promise<z.infer<typeof Token>[]> {
    return (await this.tokens.all()).map(toView);
  }

  /** The answer is the only place where the token can ever be read. */
  async issue(
    caller: Caller,
    { name, scopes, expiresInDays, allowedCidrs }: z.infer<typeof NewToken>,
  ): Promise<z.infer<typeof IssuedToken>> {
    const token = ApiTokens.issue();
    const row = await this.tokens.add({
      userId: caller.userId,
      name,
      hash: ApiTokens.hash(token),
      scopes,
      allowedCidrs: allowedCidrs ?? null,
      expiresAt: expiresInDays === undefined ? null : new Date(Date.now() + expiresInDays * DAY_MS),
    });
    return { ...toView(row), token };
  }

  /** Holds from the token's next request on. @throws {Refusal} `not_found` */
  async revoke(id: string): Promise<void> {
    if (!(await this.tokens.revoke(id))) throw new Refusal('not_found', 'There is no such API token.');
  }
}

function toView(row: ApiTokenEntity): z.infer<typeof Token> {
  const { id, name, scopes, allowedCidrs, createdAt, expiresAt, lastUsedAt, user } = row;
  return {
    id,
    name,
    scopes,
    allowedCidrs,
    createdAt: createdAt.toISOString(),
    createdBy: { id: user.id, email: user.email },
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
