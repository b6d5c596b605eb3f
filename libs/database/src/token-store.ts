import type { Right } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { ApiTokenEntity } from './entities/api-token.entity.js';
import { SharedQuestion } from './shared-question.js';

/** A use is written down at most so often. */
const LAST_USED_SECONDS = 60;

export interface NewApiToken {
  userId: string;
  name: string;
  /** SHA-256 of the token. */
  hash: string;
  scopes: Right[];
  allowedCidrs: string[] | null;
  expiresAt: Date | null;
}

/** API tokens. A token lives until it is revoked, it expires, or its maker is disabled. */
@Injectable()
export class TokenStore {
  private readonly question = new SharedQuestion(async (hashes: string[]) => {
    const alive = await this.aliveByHashes(hashes);
    return new Map(alive.map((token) => [token.hash, token]));
  });

  constructor(@InjectRepository(ApiTokenEntity) private readonly tokens: Repository<ApiTokenEntity>) {}

  async add(token: NewApiToken): Promise<ApiTokenEntity> {
    const id = uuidv7();
    await this.tokens.insert({ ...token, id });
    return this.tokens.findOneOrFail({ where: { id }, relations: { user: true } });
  }

  /** Those that have not been revoked, with their makers, newest first; expired ones too. */
  all(): Promise<ApiTokenEntity[]> {
    return this.tokens.find({ where: { revokedAt: IsNull() }, relations: { user: true }, order: { id: 'DESC' } });
  }

  /** A living token with its maker, or null, as of now; not to be written to, because others may be given it too. */
  async aliveByHash(hash: string): Promise<Readonly<ApiTokenEntity> | null> {
    return (await this.question.answerTo(hash)) ?? null;
  }

  aliveByHashes(hashes: readonly string[]): Promise<ApiTokenEntity[]> {
    return this.living().andWhere('token.hash = ANY(:hashes)', { hashes }).getMany();
  }

  /** Those of the tokens that live, with their makers. */
  aliveAmong(ids: readonly string[]): Promise<ApiTokenEntity[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.living().andWhere('token.id = ANY(:ids)', { ids }).getMany();
  }

  private living() {
    return this.tokens
      .createQueryBuilder('token')
      .innerJoinAndSelect('token.user', 'user')
      .where('token.revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > now())')
      .andWhere('NOT user.disabled');
  }

  /** Writes down that the token was used, once a minute. */
  async noteUse({ id, lastUsedAt }: Readonly<ApiTokenEntity>): Promise<void> {
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < LAST_USED_SECONDS * 1_000) return;
    await this.tokens.update({ id }, { lastUsedAt: () => 'now()' });
  }

  /** False when there is no such token, or it was revoked before. */
  async revoke(id: string): Promise<boolean> {
    const update = await this.tokens.update({ id, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
    return update.affected === 1;
  }
}
