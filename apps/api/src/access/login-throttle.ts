import { type AttemptRules, LoginFailures } from '#lib/database';
import { Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { networkOf } from './network-of.js';

/** Five guesses at once, then one more after 1 s, 2 s, 4 s … 15 min: some 100 a day for each account and address. */
const RULES: AttemptRules = { free: 5, longestSeconds: 900, forgottenAfterSeconds: 86_400 };

/** More at once: the tabs of a browser that starts again come side by side, each counted until it is answered. */
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
  attempt<T>(email: string, address: string | undefined, giving: () => Promise<T>): Promise<T> {
    const key = keyOf(email.toLowerCase(), networkOf(address ?? ''));
    return this.limited(key, RULES, 'The password was wrong too often. Wait before the next attempt.', giving);
  }

  /**
   * Makes an attempt to refresh a session. The tokens that are none of ours count together for each address, and keep
   * out nobody who has a session.
   * @param sessionId that the token was issued for; null: it is none of ours
   * @throws {Refusal} `too_many_attempts` with the time to wait
   */
  attemptRefresh<T>(sessionId: string | null, address: string | undefined, giving: () => Promise<T>): Promise<T> {
    const key = keyOf('refresh', sessionId, networkOf(address ?? ''));
    return this.limited(key, REFRESH_RULES, 'Too many dead sessions. Wait before the next attempt.', giving);
  }

  private async limited<T>(key: string, rules: AttemptRules, words: string, giving: () => Promise<T>): Promise<T> {
    const retryAfterSeconds = await this.failures.begin(key, rules);
    if (retryAfterSeconds > 0) throw new Refusal('too_many_attempts', words, { retryAfterSeconds });
    const given = await giving();
    await this.failures.forget(key, rules.forgottenAfterSeconds);
    return given;
  }
}

function keyOf(...parts: (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
