import { SecondFactors, type UserEntity } from '#lib/database';
import { Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { CodeThrottle } from './code-throttle.js';
import { RecoveryCodes } from './recovery-codes.js';
import { SecretSeal } from './secret-seal.js';
import { TotpCodes } from './totp-codes.js';

/** What is asked for beside the password: a code of the authenticator app, or a recovery code, each good once. */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly factors: SecondFactors,
    private readonly seal: SecretSeal,
    private readonly throttle: CodeThrottle,
  ) {}

  /**
   * Whether somebody who knows the password may in, and uses the code up. An account without a second factor needs none.
   * @throws {Refusal} `totp_required`, `too_many_attempts`
   */
  async accepts({ id, totpConfirmedAt }: UserEntity, code: string | undefined): Promise<boolean> {
    if (totpConfirmedAt === null) return true;
    if (code === undefined) {
      throw new Refusal('totp_required', 'This account asks for a code of its authenticator app, or a recovery code.');
    }
    // A recovery code can't be guessed, so it is not held back: guesses at codes keep the owner from nothing.
    if (!TotpCodes.isMeant(code)) return this.factors.useRecoveryCode(id, RecoveryCodes.hash(id, code));
    return this.throttle.attempt(id, async () => {
      const secret = await this.factors.secretOf(id);
      const step = secret === null ? null : TotpCodes.stepOf(this.seal.open(secret, id), code);
      return step !== null && (await this.factors.useStep(id, step));
    });
  }
}
