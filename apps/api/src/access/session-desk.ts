import { type SessionEntity, SessionStore, type UserEntity } from '#lib/database';
import { type AuditActor, Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AccessTokens } from './access-tokens.js';
import { Bearers } from './bearers.js';
import { RefreshTokens } from './refresh-tokens.js';

const SESSION_HOURS = 7 * 24;
/** Two tabs may send the same refresh token at nearly the same time; later it is a copy in somebody else's hands. */
const ROTATION_GRACE_MS = 10_000;

export interface SignedInUser {
  accessToken: string;
  expiresInSeconds: number;
  user: { id: string; email: string; role: UserEntity['role'] };
}

export interface OpenedSession {
  answer: SignedInUser;
  /** The next refresh token and when it dies, or null when the caller's newest one stays. */
  refresh: { token: string; expiresAt: Date } | null;
}

/** Where sessions are opened, refreshed and ended, whichever way somebody has signed in. */
@Injectable()
export class SessionDesk {
  constructor(
    private readonly sessions: SessionStore,
    private readonly tokens: RefreshTokens,
    private readonly access: AccessTokens,
    private readonly bearers: Bearers,
  ) {}

  /**
   * For somebody who has proven who they are.
   * @param hours that it lives at most; default: a week
   * @param steppedUpAt when they did; default: now
   */
  async open(
    user: UserEntity,
    { hours = SESSION_HOURS, steppedUpAt }: { hours?: number; steppedUpAt?: Date } = {},
  ): Promise<OpenedSession> {
    const sessionId = uuidv7();
    const token = this.tokens.issue(sessionId);
    const expiresAt = new Date(Date.now() + hours * 3_600_000);
    const session = await this.sessions.open(user.id, RefreshTokens.hash(token), expiresAt, sessionId, steppedUpAt);
    return { answer: await this.answer(session, user), refresh: { token, expiresAt } };
  }

  /**
   * @param endFamily what becomes of a session whose token had been replaced long ago: all that hangs on it ends
   * @throws {Refusal} `unauthenticated`
   */
  async refresh(token: string, endFamily: (session: SessionEntity) => Promise<void>): Promise<OpenedSession> {
    const given = RefreshTokens.hash(token);
    const session = await this.sessionOf(token);
    if (session === null) throw signInAgain();
    if (session.refreshHash === given) {
      const next = this.tokens.issue(session.id);
      if (await this.sessions.rotate(session.id, given, RefreshTokens.hash(next))) {
        return {
          answer: await this.answer(session, session.user),
          refresh: { token: next, expiresAt: session.expiresAt },
        };
      }
    } else if (session.previousRefreshHash !== given || Date.now() - session.rotatedAt.getTime() > ROTATION_GRACE_MS) {
      await endFamily(session);
      throw signInAgain();
    }
    return { answer: await this.answer(session, session.user), refresh: null };
  }

  /** The living sessions that a refresh token and a bearer belong to: none, one, or two. */
  async namedBy(refreshToken: string, authorization: string | undefined): Promise<SessionEntity[]> {
    const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    const ids = [this.tokens.sessionOf(refreshToken), bearer === undefined ? null : await this.sessionOfBearer(bearer)];
    return this.sessions.wholeAliveAmong(ids.filter((id) => id !== null));
  }

  private async sessionOfBearer(bearer: string): Promise<string | null> {
    const caller = await this.bearers.callerOf(bearer, '');
    if (caller !== undefined) return caller?.via === 'session' ? caller.sessionId : null;
    return (await this.access.read(bearer))?.sid ?? null;
  }

  private async sessionOf(refreshToken: string): Promise<SessionEntity | null> {
    const id = this.tokens.sessionOf(refreshToken);
    return id === null ? null : ((await this.sessions.wholeAliveAmong([id]))[0] ?? null);
  }

  private async answer(session: SessionEntity, user: UserEntity): Promise<SignedInUser> {
    const { token, expiresInSeconds } = await this.access.issue({ sub: user.id, sid: session.id });
    return {
      accessToken: token,
      expiresInSeconds,
      user: { id: user.id, email: user.email, role: user.role },
    };
  }
}

/** Whose session it is, as the audit trail says it. */
export function signedIn({ answer: { user } }: OpenedSession): AuditActor {
  return { userId: user.id, email: user.email, via: 'session', credentialId: null };
}

export function signInAgain(): Refusal {
  return new Refusal('unauthenticated', 'The session has ended. Sign in again.');
}
