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

  /**
   * The account of somebody whom the provider vouches for, made where there is none, with this role from now on.
   * @param names to be called by, best first: the first that no other account has. An account that has it already is
   *   never taken over, since an e-mail address proves nothing here.
   */
  async admit(who: ProviderSubject, role: Role, names: readonly string[]): Promise<UserEntity> {
    const known = await this.find(who);
    if (known !== null) return this.withRole(known, role);
    for (const name of names) {
      await this.users
        .createQueryBuilder()
        .insert()
        .values({ id: uuidv7(), email: name.toLowerCase(), role, oidcIssuer: who.issuer, oidcSubject: who.subject })
        .orIgnore()
        .execute();
      const added = await this.find(who);
      if (added !== null) return this.withRole(added, role);
    }
    throw new Error('Every name for the account is taken.');
  }

  /** The provider vouches for them no more: whatever they had opened is closed. */
  async dismiss(who: ProviderSubject): Promise<void> {
    const user = await this.find(who);
    if (user === null) return;
    const userId = user.id;
    await this.users.manager.transaction(async (manager) => {
      await manager.update(SessionEntity, { userId, endedAt: IsNull() }, { endedAt: () => 'now()' });
      await manager.update(ApiTokenEntity, { userId, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
    });
  }

  private find({ issuer, subject }: ProviderSubject): Promise<UserEntity | null> {
    return this.users.findOneBy({ oidcIssuer: issuer, oidcSubject: subject });
  }

  private async withRole(user: UserEntity, role: Role): Promise<UserEntity> {
    if (user.role !== role) await this.users.update({ id: user.id, role: Not(role) }, { role });
    return Object.assign(user, { role });
  }
}
