import { type Caller, callerHas, Refusal, type Right, type Role, roleHas } from '#lib/domain';
import { SetMetadata } from '@nestjs/common';

/** Who may call a route. `or link`: a signed download link is enough. */
export type RouteRight =
  | { kind: 'public' }
  | { kind: 'signed-in' }
  | { kind: 'role'; role: Role }
  | { kind: 'right'; right: Right; orLink: boolean };

export const ROUTE_RIGHT = Symbol('route right');

/** Which acts ask for the password again. */
export type StepUpRule = 'always' | 'unless own export' | 'where exports ask for it';

export const STEP_UP = Symbol('step-up');

/** A sensitive act: the caller must have given the password within `STEP_UP_MINUTES`. */
export const SteppedUp = () => SetMetadata<symbol, StepUpRule>(STEP_UP, 'always');

/** Sensitive in every session but the one that asked for the export. */
export const OwnOrSteppedUp = () => SetMetadata<symbol, StepUpRule>(STEP_UP, 'unless own export');

/** Sensitive where `REQUIRE_STEP_UP_FOR_EXPORT` says so. */
export const SteppedUpForExport = () => SetMetadata<symbol, StepUpRule>(STEP_UP, 'where exports ask for it');

export const OPEN_TO_ENROLMENT = Symbol('open to enrolment');

/** Also for an account that has to set up its second factor before it may do anything else (`REQUIRE_TOTP`). */
export const OpenToEnrolment = () => SetMetadata<symbol, boolean>(OPEN_TO_ENROLMENT, true);

/** Anybody may call this route. */
export const Public = () => SetMetadata<symbol, RouteRight>(ROUTE_RIGHT, { kind: 'public' });

/** Any account that is signed in may call this route; no API token. */
export const SignedIn = () => SetMetadata<symbol, RouteRight>(ROUTE_RIGHT, { kind: 'signed-in' });

/** Accounts of this role may call this route; no API token, whatever its scopes. */
export const SuperAdmin = () => SetMetadata<symbol, RouteRight>(ROUTE_RIGHT, { kind: 'role', role: 'SUPER_ADMIN' });

/** Callers with this right may call this route. */
export const Allow = (right: Right) =>
  SetMetadata<symbol, RouteRight>(ROUTE_RIGHT, { kind: 'right', right, orLink: false });

/** Callers with this right, or whoever holds a download link for this export, may call this route. */
export const AllowOrLink = (right: Right) =>
  SetMetadata<symbol, RouteRight>(ROUTE_RIGHT, { kind: 'right', right, orLink: true });

/** @throws {Refusal} `forbidden` */
export function demandRight(caller: Caller, right: Right): void {
  if (callerHas(caller, right)) return;
  const whose = roleHas(caller.role, right) ? 'This API token' : `The role ${caller.role}`;
  throw new Refusal('forbidden', `${whose} does not have the right ${right}.`);
}

/**
 * An account that needs a second factor does nothing before it has one; its API tokens neither.
 * @throws {Refusal} `totp_enrolment_required`
 */
export function demandEnrolment({ enrolmentDue, via }: Caller): void {
  if (!enrolmentDue) return;
  const words =
    via === 'session'
      ? 'Set up a second factor first (POST /api/v1/auth/totp): this account may do nothing else without one.'
      : 'The account that made this API token has to set up its second factor first.';
  throw new Refusal('totp_enrolment_required', words);
}

/**
 * Accounts, tokens and sessions are managed by people.
 * @throws {Refusal} `forbidden`
 */
export function demandSession(caller: Caller): void {
  if (caller.via === 'session') return;
  throw new Refusal('forbidden', 'An API token may not do this: sign in.');
}
