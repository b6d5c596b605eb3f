import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { SessionEntity } from './entities/session.entity.js';
import type { UserEntity } from './entities/user.entity.js';
import { SharedQuestion } from './shared-question.js';

/** A session that is neither ended nor expired, with what its user may be at this moment. */
export interface LivingSession extends Pick<SessionEntity, 'id' | 'userId' | 'steppedUpAt' | 'expiresAt'> {
  user: Pick<UserEntity, 'id' | 'email' | 'role' | 'passwordHash' | 'totpConfirmedAt'>;
}

/** When a session lives. Query builders use it too: their aliases have to be `session` and `account`. */
const LIVES = 'session.ended_at IS NULL AND session.expires_at > now() AND NOT account.disabled';

/** Written out: each request asks it, and to have the builder make it anew took more time than the question. */
const ALIVE_AMONG = `
  SELECT session.id, session.user_id AS "userId", session.stepped_up_at AS "steppedUpAt",
         session.expires_at AS "expiresAt", account.email, account.role, account.password_hash AS "passwordHash",
         account.totp_confirmed_at AS "totpConfirmedAt"
  FROM pgexport.sessions session JOIN pgexport.users account ON account.id = session.user_id
  WHERE session.id = ANY($1) AND ${LIVES}`;

type LivingSessionRow = Omit<LivingSession, 'user'> & Omit<LivingSession['user'], 'id'>;

/** Sign-ins. A session lives until it is ended, it expires, or its user is disabled. */
@Injectable()
export class SessionStore {
  private readonly question = new SharedQuestion(async (ids: string[]) => {
    const alive = await this.aliveAmong(ids);
    return new Map(alive.map((session) => [session.id, session]));
  });

  constructor(@InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>) {}

  /**
   * @param id of the new session, where the caller has to know it before
   * @param steppedUpAt when its user last proved who they are; default: now
   */
  async open(
    userId: string,
    refreshHash: string,
    expiresAt: Date,
    id = uuidv7(),
    steppedUpAt?: Date,
  ): Promise<SessionEntity> {
    await this.sessions.insert({ id, userId, refreshHash, expiresAt, ...(steppedUpAt && { steppedUpAt }) });
    return this.sessions.findOneByOrFail({ id });
  }

  /**
   * The session that stands for the tokens of an identity provider: opened with the first of them, and carried on by the
   * others. One that was ended stays so.
   */
  async carryOn(id: string, userId: string, expiresAt: Date, steppedUpAt: Date): Promise<void> {
    await this.sessions.query(
      `INSERT INTO pgexport.sessions AS s (id, user_id, refresh_hash, expires_at, stepped_up_at) VALUES ($1, $2, '', $3, $4)
       ON CONFLICT (id) DO UPDATE SET
         expires_at = greatest(s.expires_at, EXCLUDED.expires_at),
         stepped_up_at = greatest(s.stepped_up_at, EXCLUDED.stepped_up_at)
       WHERE s.ended_at IS NULL AND s.user_id = EXCLUDED.user_id`,
      [id, userId, expiresAt, steppedUpAt],
    );
  }

  /** A living session with its user, or null, as of now; not to be written to, because others may be given it too. */
  async alive(id: string): Promise<Readonly<LivingSession> | null> {
    return (await this.question.answerTo(id)) ?? null;
  }

  /** Those of the sessions that live, with what their users may be. */
  async aliveAmong(ids: readonly string[]): Promise<LivingSession[]> {
    if (ids.length === 0) return [];
    return (await this.sessions.query<LivingSessionRow[]>(ALIVE_AMONG, [ids])).map(livingSession);
  }

  /** The same with all that is known of them. */
  wholeAliveAmong(ids: readonly string[]): Promise<SessionEntity[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.living().andWhere('session.id = ANY(:ids)', { ids }).getMany();
  }

  /** Whether there was ever one of this id, dead or alive. */
  isKnown(id: string): Promise<boolean> {
    return this.sessions.existsBy({ id });
  }

  /** The living sessions of an account, newest first. */
  aliveOf(userId: string): Promise<SessionEntity[]> {
    return this.living().andWhere('session.user_id = :userId', { userId }).orderBy('session.id', 'DESC').getMany();
  }

  /** Ends a session of this account. False when it has none of that id that lives. */
  async endOf(userId: string, id: string): Promise<boolean> {
    const update = await this.sessions.update({ id, userId, endedAt: IsNull() }, { endedAt: () => 'now()' });
    return update.affected === 1;
  }

  private living() {
    return this.sessions.createQueryBuilder('session').innerJoinAndSelect('session.user', 'account').where(LIVES);
  }

  /** Replaces the newest refresh token. False when another request has replaced it first. */
  async rotate(id: string, from: string, to: string): Promise<boolean> {
    const update = await this.sessions.update(
      { id, refreshHash: from, endedAt: IsNull() },
      { refreshHash: to, previousRefreshHash: from, rotatedAt: () => 'now()' },
    );
    return update.affected === 1;
  }

  /** Notes that the user has given the password again. */
  async stepUp(id: string): Promise<void> {
    await this.sessions.update({ id, endedAt: IsNull() }, { steppedUpAt: () => 'now()' });
  }

  /** False when it had ended already. */
  async end(id: string): Promise<boolean> {
    const update = await this.sessions.update({ id, endedAt: IsNull() }, { endedAt: () => 'now()' });
    return update.affected === 1;
  }
}

function livingSession({ id, userId, steppedUpAt, expiresAt, ...account }: LivingSessionRow): LivingSession {
  return { id, userId, steppedUpAt, expiresAt, user: { id: userId, ...account } };
}
