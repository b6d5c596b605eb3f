import { SecondFactors } from '#lib/database';
import { type Caller, Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { SecondFactorRule } from '../access/second-factor-rule.js';
import { CodeThrottle } from './code-throttle.js';
import { RecoveryCodes } from './recovery-codes.js';
import { SecretSeal } from './secret-seal.js';
import { TotpCodes } from './totp-codes.js';
import type { RecoveryCodeList, TotpSecret, TotpState } from './totp-schemas.js';

/** Setting up a second factor, and taking it away. */
@Injectable()
export class TotpEnrolment {
  constructor(
    private readonly factors: SecondFactors,
    private readonly seal: SecretSeal,
    private readonly throttle: CodeThrottle,
    private readonly rule: SecondFactorRule,
  ) {}

  async state({ userId, role }: Caller): Promise<z.infer<typeof TotpState>> {
    const { since, recoveryCodesLeft, hasPassword } = await this.factors.stateOf(userId);
    return {
      enabled: since !== null,
      since: since?.toISOString() ?? null,
      recoveryCodesLeft: since === null ? 0 : recoveryCodesLeft,
      required: hasPassword && this.rule.isFor(role),
    };
  }

  /**
   * The secret for the authenticator app. Nothing asks for its codes before one has confirmed it.
   * @throws {Refusal} `totp_already_on`; `forbidden` where there is no password that it would stand beside
   */
  async begin({ userId, email }: Caller): Promise<z.infer<typeof TotpSecret>> {
    if (!(await this.factors.stateOf(userId)).hasPassword) {
      throw new Refusal('forbidden', 'This account signs in at the identity provider, which asks for second factors.');
    }
    const secret = TotpCodes.newSecret();
    if (!(await this.factors.begin(userId, this.seal.seal(secret, userId)))) throw alreadyOn();
    return { secret, otpauthUrl: TotpCodes.urlOf(secret, email) };
  }

  /**
   * Switches it on; the code is used up by that. The answer is the only place where the recovery codes can be read.
   * @throws {Refusal} `totp_not_begun`, `totp_already_on`, `invalid_credentials`, `too_many_attempts`
   */
  async confirm({ userId, sessionId }: Caller, code: string): Promise<z.infer<typeof RecoveryCodeList>> {
    if ((await this.factors.stateOf(userId)).since !== null) throw alreadyOn();
    const secret = await this.factors.secretOf(userId);
    if (secret === null) throw new Refusal('totp_not_begun', 'Ask for a secret first (POST /api/v1/auth/totp).');
    const recoveryCodes = RecoveryCodes.make();
    const recoveryHashes = recoveryCodes.map((each) => RecoveryCodes.hash(userId, each));
    const confirmed = await this.throttle.attempt(userId, async () => {
      const step = TotpCodes.stepOf(this.seal.open(secret, userId), code);
      return step !== null && (await this.factors.confirm(userId, secret, { step, recoveryHashes, sessionId }));
    });
    if (!confirmed) throw new Refusal('invalid_credentials', 'The code is wrong, or of another secret.');
    return { recoveryCodes };
  }

  remove({ userId }: Caller): Promise<void> {
    return this.factors.remove(userId);
  }

  /**
   * For somebody who has lost the app and the recovery codes.
   * @throws {Refusal} `not_found`
   */
  async reset(userId: string): Promise<void> {
    if (!(await this.factors.reset(userId))) throw new Refusal('not_found', 'There is no such account.');
  }
}

function alreadyOn(): Refusal {
  return new Refusal('totp_already_on', 'The second factor is on. Take it away first (DELETE /api/v1/auth/totp).');
}
