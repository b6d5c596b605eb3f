import type { OidcSettings } from '#lib/config';
import type { Role } from '#lib/domain';
import { z } from 'zod';
import { isStorable } from '../storable-text.js';

const Text = z.string().min(1).max(255).refine(isStorable);

/** What is read of a token that the provider has signed; times in seconds since 1970. */
const Claims = z.looseObject({
  sub: Text,
  sid: Text.optional(),
  email: z.email().max(320).optional().catch(undefined),
  email_verified: z.boolean().optional().catch(false),
  auth_time: z.number().optional(),
});

/** Somebody whom the provider vouches for. */
export interface VouchedFor {
  subject: string;
  /** What to call them, best first; at least one. */
  names: string[];
  /** Null: none that means anything here. */
  role: Role | null;
  /** Their session at the provider, where it names one. */
  providerSession: string | null;
  /** When they last proved who they are to the provider; null where it does not say. */
  authenticatedAt: Date | null;
}

/** @returns null when the claims are not those of anybody */
export function readClaims(claims: unknown, settings: OidcSettings): VouchedFor | null {
  const read = Claims.safeParse(claims);
  if (!read.success) return null;
  const { sub, sid, email, email_verified = true, auth_time } = read.data;
  const byIssuer = `${sub}@${new URL(settings.issuer).host}`;
  return {
    subject: sub,
    names: email === undefined || !email_verified ? [byIssuer] : [email, byIssuer],
    role: roleOf(read.data, settings),
    providerSession: sid ?? null,
    authenticatedAt: auth_time === undefined ? null : new Date(auth_time * 1_000),
  };
}

/** The greatest of the roles that the claim's values mean. */
function roleOf(claims: Record<string, unknown>, { roleClaim, roleMap }: OidcSettings): Role | null {
  const claim = Object.hasOwn(claims, roleClaim) ? claims[roleClaim] : follow(claims, roleClaim.split('.'));
  const values = Array.isArray(claim) ? (claim as unknown[]) : [claim];
  const roles = values.map((value) => (typeof value === 'string' ? roleMap.get(value) : undefined));
  if (roles.includes('SUPER_ADMIN')) return 'SUPER_ADMIN';
  return roles.includes('OPS') ? 'OPS' : null;
}

function follow(value: unknown, [first, ...rest]: string[]): unknown {
  if (first === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, first)) return undefined;
  return follow((value as Record<string, unknown>)[first], rest);
}
