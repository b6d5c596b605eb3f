import { ROLES } from '#lib/domain';
import { z } from 'zod';
import { isStorable, NOT_STORABLE } from '../storable-text.js';
import { ChosenPassword } from '../users/user-schemas.js';

const Totp = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .optional()
  .meta({ description: 'A code of the authenticator app, or a recovery code, where the account has a second factor' });

export const Credentials = z
  .strictObject({
    // Not z.email(): the first account is admin@localhost.
    email: z.string().trim().min(1).max(320).refine(isStorable, NOT_STORABLE),
    password: z.string().min(1).max(1024),
    totp: Totp,
  })
  .meta({ id: 'Credentials' });

export const StepUp = z.strictObject({ password: z.string().min(1).max(1024), totp: Totp }).meta({ id: 'StepUp' });

export const User = z.object({ id: z.uuid(), email: z.string(), role: z.enum(ROLES) }).meta({ id: 'User' });

export const SignedIn = z
  .object({
    accessToken: z.string().meta({ description: 'For the header `Authorization: Bearer …`' }),
    expiresInSeconds: z.int(),
    user: User,
  })
  .meta({ id: 'SignedIn' });

export const Me = User.extend({
  signsInWith: z.enum(['password', 'oidc']).meta({
    description: 'How to step up: `POST /auth/step-up`, or `GET /auth/oidc/start?purpose=step-up` in the browser',
  }),
}).meta({ id: 'Me' });

export const PasswordChange = z.strictObject({ password: ChosenPassword }).meta({ id: 'PasswordChange' });

export const SessionId = z.uuid();

export const SessionList = z
  .array(
    z.object({
      id: z.uuid(),
      current: z.boolean().meta({ description: 'Whether it is the one that asks' }),
      createdAt: z.iso.datetime(),
      refreshedAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
    }),
  )
  .meta({ id: 'SessionList' });
