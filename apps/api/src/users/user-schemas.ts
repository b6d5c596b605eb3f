import { PASSWORD_LENGTH, ROLES } from '#lib/domain';
import { z } from 'zod';
import { isStorable, NOT_STORABLE } from '../storable-text.js';

/** A password that somebody chooses. */
export const ChosenPassword = z
  .string()
  .min(PASSWORD_LENGTH.least)
  .max(PASSWORD_LENGTH.most)
  .refine(isStorable, NOT_STORABLE);

export const NewUser = z
  .strictObject({
    email: z
      .string()
      .trim()
      .max(320)
      .regex(/^[^\s@\0]+@[^\s@\0]+$/, 'must be an e-mail address'),
    password: ChosenPassword,
    role: z.enum(ROLES),
  })
  .meta({ id: 'NewUser' });

export const UserChange = z
  .strictObject({ role: z.enum(ROLES).optional(), disabled: z.boolean().optional() })
  .meta({ id: 'UserChange' });

export const Account = z
  .object({ id: z.uuid(), email: z.string(), role: z.enum(ROLES), disabled: z.boolean() })
  .meta({ id: 'Account' });

export const AccountList = z.array(Account).meta({ id: 'AccountList' });

export const NewPassword = z
  .object({ password: z.string().meta({ description: 'Shown this once: to be changed by its owner' }) })
  .meta({ id: 'NewPassword' });

export const UserId = z.uuid();
