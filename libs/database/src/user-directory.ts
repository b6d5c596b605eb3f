import { Refusal, type Role } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { ApiTokenEntity } from './entities/api-token.entity.js';
import { SessionEntity } from './entities/session.entity.js';
import { UserEntity } from './entities/user.entity.js';

/** Serialises what counts the SUPER_ADMINs first. */
const ACCOUNT_LOCK = 4_205_002;

@Injectable()
export class UserDirectory {
  constructor(@InjectRepository(UserEntity) private readonly users: Repository<UserEntity>) {}

  findByEmail(email: string): Promise<UserEntity | null> {
    return this.users.findOneBy({ email: email.toLowerCase() });
  }

  all(): Promise<UserEntity[]> {
    return this.users.find({ order: { email: 'ASC' } });
  }

  /**
   * Changes a role or switches an account off or on; holds from the account's next request on. Switching it off ends its
   * sessions and its API tokens, so that switching it on again brings none of them back.
   * @throws {Refusal} `not_found`, `last_super_admin`
   */
  change(id: string, change: { role?: Role; disabled?: boolean }): Promise<UserEntity> {
    return this.users.manager.transaction(async (manager) => {
      // Two admins who demote each other would both count the other one.
      await manager.query('SELECT pg_advisory_xact_lock($1)', [ACCOUNT_LOCK]);
      const user = await manager.findOneBy(UserEntity, { id });
      if (user === null) throw new Refusal('not_found', 'There is no such account.');
      const changed = await manager.save(Object.assign(user, change));
      // One of an identity provider is there only as long as the provider is, and says so.
      const staying = { role: 'SUPER_ADMIN', disabled: false, passwordHash: Not(IsNull()) } as const;
      if ((await manager.countBy(UserEntity, staying)) === 0) {
        throw new Refusal(
          'last_super_admin',
          'This is the last SUPER_ADMIN with a password here: nobody could undo it.',
        );
      }
      if (change.disabled === true) {
        await manager.update(SessionEntity, { userId: id, endedAt: IsNull() }, { endedAt: () => 'now()' });
        await manager.update(ApiTokenEntity, { userId: id, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
      }
      return changed;
    });
  }

  /**
   * Gives an account another password, and ends its sessions but `exceptSession`. An account of an identity provider has
   * no password to change.
   * @throws {Refusal} `not_found`, `no_password`
   */
  changePassword(id: string, passwordHash: string, exceptSession: string | null): Promise<UserEntity> {
    return this.users.manager.transaction(async (manager) => {
      const user = await manager.findOneBy(UserEntity, { id });
      if (user === null) throw new Refusal('not_found', 'There is no such account.');
      if (user.passwordHash === null) {
        throw new Refusal('no_password', 'This account signs in at the identity provider: it has no password here.');
      }
      await manager.update(UserEntity, { id }, { passwordHash });
      const others = exceptSession === null ? {} : { id: Not(exceptSession) };
      await manager.update(SessionEntity, { userId: id, endedAt: IsNull(), ...others }, { endedAt: () => 'now()' });
      return user;
    });
  }

  /**
   * Makes an account; `email` is kept in lower case.
   * @throws {Refusal} `email_taken`
   */
  async add(email: string, passwordHash: string, role: Role): Promise<UserEntity> {
    const user = { id: uuidv7(), email: email.toLowerCase(), passwordHash, role, disabled: false };
    const { identifiers } = await this.users.createQueryBuilder().insert().values(user).orIgnore().execute();
    const added = identifiers.length === 0 ? null : await this.users.findOneBy({ id: user.id });
    if (added === null) throw new Refusal('email_taken', 'There is an account with this e-mail address already.');
    return added;
  }

  hasSuperAdmin(): Promise<boolean> {
    return this.users.existsBy({ role: 'SUPER_ADMIN' });
  }

  /** Makes the first account when there is no SUPER_ADMIN at all. Null when there is one. */
  addFirst(email: string, hashPassword: () => Promise<string>): Promise<UserEntity | null> {
    return this.users.manager.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [ACCOUNT_LOCK]);
      if ((await manager.countBy(UserEntity, { role: 'SUPER_ADMIN' })) > 0) return null;
      const passwordHash = await hashPassword();
      return manager.save(UserEntity, {
        id: uuidv7(),
        email: email.toLowerCase(),
        passwordHash,
        role: 'SUPER_ADMIN',
        disabled: false,
      });
    });
  }
}
