export const ROLES = ['SUPER_ADMIN', 'OPS'] as const;
export type Role = (typeof ROLES)[number];

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

/** Who is asking, as the access guard established it. */
export interface Caller {
  userId: string;
  email: string;
  role: Role;
  sessionId: string;
  /** When the password was last given in this session. */
  steppedUpAt: Date;
  via: 'session' | 'token';
}
