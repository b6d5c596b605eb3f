import { type AttemptRules, LoginFailures } from '#lib/database';
import { Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { networkOf } from './network-of.js';

/** Five guesses at once, then one more after 1 s, 2 s, 4 s … 15 min: some 100 a day for each account and address. */
const RULES: AttemptRules = { free: 5, longestSeconds: 900, forgottenAfterSeconds: 86_400 };

/** A browser that starts again sends the dead cookie of each of its tabs. */
const REFRESH_RULES: AttemptRules = { ...RULES, free: 10 };

/**
 * Slows down guessing of passwords, for each account and address together: guesses from elsewhere keep nobody out of
 * an account, and an address that many people share keeps nobody out of another account.
 */
@Injectable()
export class LoginThrottle {
  constructor(private readonly failures: LoginFailures) {}

  /**
   * Makes an attempt to give the password of an account. One that throws counts; one that succeeds clears the count.
   * @throws {Refusal} `too_many_attempts` with the time to wait; a good password is not looked at meanwhile either
   */
  async attempt<T>(email: string, address: string | undefined, giving: () => Promise<T>): Promise<T> {
    const key = keyOf(email.toLowerCase(), networkOf(address ?? ''));
    refuseFor(await this.failures.begin(key, RULES), 'The password was wrong too often. Wait before the next attempt.');
    const given = await giving();
    await this.failures.forget(key, RULES.forgottenAfterSeconds);
    return given;
  }

  /**
   * Makes an attempt to refresh a session; only one that fails counts. The tokens that are none of ours count together
   * for each address, and keep out nobody who has a session.
   * @param sessionId that the token was issued for; null: it is none of ours
   * @throws {Refusal} `too_many_attempts` with the time to wait
   */
  async attemptRefresh<T>(sessionId: string | null, address: string | undefined, giving: () => Promise<T>): Promise<T> {
    const key = keyOf('refresh', sessionId, networkOf(address ?? ''));
    refuseFor(await this.failures.secondsToWait(key), 'Too many dead sessions. Wait before the next attempt.');
    try {
      return await giving();
    } catch (error) {
      await this.failures.begin(key, REFRESH_RULES);
      throw error;
    }
  }
}

function refuseFor(retryAfterSeconds: number, words: string): void {
  if (retryAfterSeconds > 0) throw new Refusal('too_many_attempts', words, { retryAfterSeconds });
}

function keyOf(...parts: (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
