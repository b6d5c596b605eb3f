export * from './config.js';
export * from './environment.js';
export * from './places.js';
export type { OidcSettings } from './oidc.js';
