import type { SessionEntity } from '#lib/database';
import type { Caller } from '#lib/domain';

/** Whoever acts in a session, with the rights that the account has now. */
export function callerOf({ id, user, steppedUpAt }: SessionEntity): Caller {
  return { userId: user.id, email: user.email, role: user.role, sessionId: id, steppedUpAt, via: 'session' };
}
