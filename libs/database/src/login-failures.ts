import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { LoginFailureEntity } from './entities/login-failure.entity.js';

/** How attempts are slowed down: so many are free, then the wait doubles from one second up to the longest. */
export interface AttemptRules {
  free: number;
  longestSeconds: number;
  /** Without an attempt for so long, the count begins anew. */
  forgottenAfterSeconds: number;
}

/** Failed attempts to sign in, shared by all API processes and kept over a restart. */
@Injectable()
export class LoginFailures {
  constructor(@InjectRepository(LoginFailureEntity) private readonly failures: Repository<LoginFailureEntity>) {}

  /**
   * Counts an attempt as failed before it is made, in one statement: guesses sent side by side are counted one by one.
   * One that had to wait for another's row compares with the time it was let in: its own now() is before the other's.
   * @returns 0 when the attempt may be made, else the seconds until the next one may
   */
  async begin(key: string, { free, longestSeconds, forgottenAfterSeconds }: AttemptRules): Promise<number> {
    const counted: unknown[] = await this.failures.query(
      `INSERT INTO pgexport.login_failures AS f (key, failures, last_at, closed_until) VALUES ($1, 1, now(), now())
       ON CONFLICT (key) DO UPDATE SET
         failures = CASE WHEN f.last_at < now() - make_interval(secs => $4) THEN 1 ELSE f.failures + 1 END,
         last_at = now(),
         closed_until = CASE
           WHEN f.last_at < now() - make_interval(secs => $4) OR f.failures + 1 < $2 THEN now()
           ELSE now() + make_interval(secs => least($3, power(2, least(f.failures + 1 - $2, 30)))) END
       WHERE f.closed_until <= clock_timestamp()
       RETURNING key`,
      [key, free, longestSeconds, forgottenAfterSeconds],
    );
    return counted.length > 0 ? 0 : Math.max(1, await this.secondsToWait(key));
  }

  /** How long no attempt may be made yet; 0: one may. */
  async secondsToWait(key: string): Promise<number> {
    const closed = await this.failures
      .createQueryBuilder('failure')
      .select(`extract(epoch FROM failure.closed_until - now())`, 'seconds')
      .where({ key })
      .getRawOne<{ seconds: string }>();
    return Math.max(0, Math.ceil(Number(closed?.seconds ?? 0)));
  }

  /** The attempt was good: the count begins anew. Old counts of others are cleared away on the way. */
  async forget(key: string, forgottenAfterSeconds: number): Promise<void> {
    await this.failures.query(
      `DELETE FROM pgexport.login_failures WHERE key = $1 OR last_at < now() - make_interval(secs => $2)`,
      [key, forgottenAfterSeconds],
    );
  }
}
