import { z } from 'zod';

export const OidcStart = z.strictObject({
  purpose: z.enum(['sign-in', 'step-up']).default('sign-in'),
  returnTo: z
    .string()
    // A path of the page: never another site (`//evil.example`), nor a route of the API.
    .regex(/^\/(?:(?:en|fr)(?:\/[\w-]+)*\/?)?$/, 'must be a path of the page')
    .default('/'),
  account: z.uuid().optional().meta({
    description: 'Of a step-up: whose session it is meant to be; with the session of another account it is refused',
  }),
});

/** The provider may say more than the standard asks it to (RFC 6749 §4.1.2): what counts is read from the URL. */
export const OidcCallback = z.looseObject({});

export const SignInMethods = z
  .object({
    password: z.literal(true),
    oidc: z
      .object({
        startUrl: z.string().meta({ description: 'Where the browser goes; `?returnTo=` takes a path of the page' }),
        issuer: z.string(),
      })
      .nullable()
      .meta({ description: 'The existing identity provider, where there is one to sign in with' }),
  })
  .meta({ id: 'SignInMethods' });
