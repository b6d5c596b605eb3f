import { type AttemptRules, LoginFailures } from '#lib/database';
import { Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';

/**
 * Three of a million codes are good at any time. Ten guesses at once, then up to 15 minutes between them: some hundred
 * a day, from however many addresses.
 */
const RULES: AttemptRules = { free: 10, longestSeconds: 900, forgottenAfterSeconds: 86_400 };

/**
 * Slows down guessing of codes for each account, over all addresses: only who knows the password gets as far as that, so
 * that nobody else can keep the owner out by it.
 */
@Injectable()
export class CodeThrottle {
  constructor(private readonly failures: LoginFailures) {}

  /**
   * Makes an attempt at a code; one that is right clears the count.
   * @throws {Refusal} `too_many_attempts` with the time to wait
   */
  async attempt(userId: string, isRight: () => Promise<boolean>): Promise<boolean> {
    const key = `code ${userId}`;
    const retryAfterSeconds = await this.failures.begin(key, RULES);
    if (retryAfterSeconds > 0) {
      const words = 'The code was wrong too often. Wait before the next attempt, or use a recovery code.';
      throw new Refusal('too_many_attempts', words, { retryAfterSeconds });
    }
    const right = await isRight();
    if (right) await this.failures.forget(key, RULES.forgottenAfterSeconds);
    return right;
  }
}
