export const ROLES = ['SUPER_ADMIN', 'OPS'] as const;
export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** What a route asks of its caller; the names are those of the API tokens' scopes. */
export const RIGHTS = [
  'exports:read',
  'exports:create',
  'exports:download',
  'exports:manage',
  'audit:read',
  'metrics:read',
] as const;
export type Right = (typeof RIGHTS)[number];

const RIGHTS_OF: Record<Role, readonly Right[]> = {
  SUPER_ADMIN: RIGHTS,
  OPS: ['exports:read', 'metrics:read'],
};

export function roleHas(role: Role, right: Right): boolean {
  return RIGHTS_OF[role].includes(right);
}

/** What a caller shows: the session of somebody who has signed in, or an API token. */
export type Via = 'session' | 'token';

/** Who is asking, as the access guard established it. */
export interface Caller {
  /** The account; for an API token, the one that made it. */
  userId: string;
  email: string;
  role: Role;
  via: Via;
  /** The session, or the API token, that the request came with: the two share no id. */
  sessionId: string;
  /** What an API token is limited to; null for a session, which has all that its role has. */
  scopes: readonly Right[] | null;
  /** When the password was last given in this session; null for an API token, which has none to give. */
  steppedUpAt: Date | null;
  /** Whether the account has to set up a second factor (`REQUIRE_TOTP`), and may do nothing else before. */
  enrolmentDue: boolean;
}

/** Whether the caller has a right: that of the account's role now, and of a token only what is in its scopes. */
export function callerHas(
  { role, scopes, enrolmentDue }: Pick<Caller, 'role' | 'scopes' | 'enrolmentDue'>,
  right: Right,
): boolean {
  return !enrolmentDue && roleHas(role, right) && (scopes === null || scopes.includes(right));
}

/** Whose `Idempotency-Key` it is: an account's over all its sessions, or a token's own. */
export function keyHolderOf({ via, userId, sessionId }: Caller): string {
  return via === 'token' ? sessionId : userId;
}
