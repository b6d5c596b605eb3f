import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, Not, Repository } from 'typeorm';
import { RecoveryCodeEntity } from './entities/recovery-code.entity.js';
import { SessionEntity } from './entities/session.entity.js';
import { UserEntity } from './entities/user.entity.js';

export interface SecondFactorState {
  /** Since when signing in asks for a code; null: it does not. */
  since: Date | null;
  recoveryCodesLeft: number;
  /** Whether there is a password for it to stand beside. */
  hasPassword: boolean;
}

/** The second factor of each account: a sealed secret, pending until a code has confirmed it, and recovery codes. */
@Injectable()
export class SecondFactors {
  constructor(
    @InjectRepository(UserEntity) private readonly users: Repository<UserEntity>,
    @InjectRepository(RecoveryCodeEntity) private readonly recoveryCodes: Repository<RecoveryCodeEntity>,
  ) {}

  async stateOf(userId: string): Promise<SecondFactorState> {
    const [user, recoveryCodesLeft] = await Promise.all([
      this.users.findOneBy({ id: userId }),
      this.recoveryCodes.countBy({ userId, usedAt: IsNull() }),
    ]);
    return {
      since: user?.totpConfirmedAt ?? null,
      recoveryCodesLeft,
      hasPassword: (user?.passwordHash ?? null) !== null,
    };
  }

  /** The sealed secret, confirmed or pending; null when there is none. */
  async secretOf(userId: string): Promise<string | null> {
    const user = await this.users.findOne({ where: { id: userId }, select: { id: true, totpSecret: true } });
    return user?.totpSecret ?? null;
  }

  /** Keeps a secret that is yet to be confirmed, in the place of another such one. False: one is confirmed already. */
  async begin(userId: string, sealedSecret: string): Promise<boolean> {
    const { affected } = await this.users.update(
      { id: userId, totpConfirmedAt: IsNull() },
      { totpSecret: sealedSecret },
    );
    return affected === 1;
  }

  /**
   * Confirms the pending secret, with the time step of the code that did, and keeps the hashes of the recovery codes. The
   * account's other sessions end: they were opened with the password alone.
   * @returns false when this secret is not the pending one any more
   */
  confirm(
    userId: string,
    sealedSecret: string,
    { step, recoveryHashes, sessionId }: { step: number; recoveryHashes: readonly string[]; sessionId: string },
  ): Promise<boolean> {
    return this.users.manager.transaction(async (manager) => {
      const { affected } = await manager.update(
        UserEntity,
        { id: userId, totpSecret: sealedSecret, totpConfirmedAt: IsNull() },
        { totpConfirmedAt: () => 'now()', totpLastStep: step },
      );
      if (affected !== 1) return false;
      await manager.delete(RecoveryCodeEntity, { userId });
      await manager.insert(
        RecoveryCodeEntity,
        recoveryHashes.map((hash) => ({ userId, hash })),
      );
      await manager.update(
        SessionEntity,
        { userId, id: Not(sessionId), endedAt: IsNull() },
        { endedAt: () => 'now()' },
      );
      return true;
    });
  }

  /** Uses up the code of a time step, and with it all older ones. False: it has been used. */
  async useStep(userId: string, step: number): Promise<boolean> {
    const { affected } = await this.users.update(
      { id: userId, totpConfirmedAt: Not(IsNull()), totpLastStep: LessThan(step) },
      { totpLastStep: step },
    );
    return affected === 1;
  }

  /** Uses up a recovery code. False: there is no such one (any more). */
  async useRecoveryCode(userId: string, hash: string): Promise<boolean> {
    const { affected } = await this.recoveryCodes.update({ userId, hash, usedAt: IsNull() }, { usedAt: () => 'now()' });
    return affected === 1;
  }

  /** Takes the second factor away, confirmed or pending. */
  async remove(userId: string): Promise<void> {
    await this.users.manager.transaction(async (manager) => {
      await manager.update(UserEntity, { id: userId }, { totpSecret: null, totpConfirmedAt: null });
      await manager.delete(RecoveryCodeEntity, { userId });
    });
  }

  /** The same for somebody who has lost it; whoever is signed in to the account signs in again. False: no such account. */
  async reset(userId: string): Promise<boolean> {
    if (!(await this.users.existsBy({ id: userId }))) return false;
    await this.remove(userId);
    await this.users.manager.update(SessionEntity, { userId, endedAt: IsNull() }, { endedAt: () => 'now()' });
    return true;
  }
}
