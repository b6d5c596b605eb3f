import type { Role } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { ApiTokenEntity } from './entities/api-token.entity.js';
import { SessionEntity } from './entities/session.entity.js';
import { UserEntity } from './entities/user.entity.js';

/** Who somebody is at an identity provider: the issuer, and the name it has for them for ever. */
export interface ProviderSubject {
  issuer: string;
  subject: string;
}

/** The accounts of an identity provider: made when they first come, with the role that the provider gives them. */
@Injectable()
export class ProviderAccounts {
  constructor(@InjectRepository(UserEntity) private readonly users: Repository<UserEntity>) {}

  find({ issuer, subject }: ProviderSubject): Promise<UserEntity | null> {
    return this.users.findOneBy({ oidcIssuer: issuer, oidcSubject: subject });
  }

  /**
   * Makes the account of somebody whom the provider vouches for; the one that is there, where another request was first.
   * @param names to be called by, best first: the first that no other account has. An account that has it already is
   *   never taken over, since an e-mail address proves nothing here.
   */
  async add(who: ProviderSubject, role: Role, names: readonly string[]): Promise<UserEntity> {
    for (const name of names) {
      await this.users
        .createQueryBuilder()
        .insert()
        .values({ id: uuidv7(), email: name.toLowerCase(), role, oidcIssuer: who.issuer, oidcSubject: who.subject })
        .orIgnore()
        .execute();
      const added = await this.find(who);
      if (added !== null) return this.setRole(added, role);
    }
    throw new Error('Every name for the account is taken.');
  }

  /** Gives an account the role that the provider gives it. */
  async setRole(user: UserEntity, role: Role): Promise<UserEntity> {
    if (user.role !== role) await this.users.update({ id: user.id, role: Not(role) }, { role });
    return Object.assign(user, { role });
  }

  /** Whether the account has anything that can be closed. */
  async hasAccess({ id: userId }: UserEntity): Promise<boolean> {
    const { manager } = this.users;
    return (
      (await manager.existsBy(SessionEntity, { userId, endedAt: IsNull() })) ||
      (await manager.existsBy(ApiTokenEntity, { userId, revokedAt: IsNull() }))
    );
  }

  /** The provider vouches for them no more: whatever they had opened is closed. */
  async dismiss(user: UserEntity): Promise<UserEntity> {
    const userId = user.id;
    await this.users.manager.transaction(async (manager) => {
      await manager.update(SessionEntity, { userId, endedAt: IsNull() }, { endedAt: () => 'now()' });
      await manager.update(ApiTokenEntity, { userId, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
    });
    return user;
  }
}
