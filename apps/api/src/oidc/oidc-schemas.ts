import { z } from 'zod';

export const OidcStart = z.strictObject({
  purpose: z.enum(['sign-in', 'step-up']).default('sign-in'),
  returnTo: z
    .string()
    // A path of the page: never another site (`//evil.example`), nor a route of the API.
    .regex(/^\/(?:(?:en|fr)(?:\/[\w-]+)*\/?)?$/, 'must be a path of the page')
    .default('/'),
});

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
