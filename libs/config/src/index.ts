export * from './config.js';
export * from './environment.js';
export type { OidcSettings } from './oidc.js';
