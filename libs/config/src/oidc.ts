import type { Role } from '#lib/domain';
import { z } from 'zod';
import { optionalText, optionalUrl, secret, variable } from './variables.js';

/** An existing identity provider whose accounts may come in. */
export interface OidcSettings {
  /** As its tokens spell it. */
  issuer: string;
  /** Null: the page does not sign in there. */
  client: { id: string; secret: string | null } | null;
  /** Of the bearer tokens that are accepted; null: none are. */
  audience: string | null;
  /** The claim that holds a role or a list of them; a path with dots where no claim has that very name. */
  roleClaim: string;
  /** What each value of that claim means here; any other value means nothing. */
  roleMap: ReadonlyMap<string, Role>;
}

/** The variables of the identity provider, which stand or fall together. */
export const OidcVariables = z.object({
  OIDC_ISSUER: optionalUrl(isIssuer, 'https://id.example.com, as its tokens spell it (http:// on this machine only)'),
  OIDC_CLIENT_ID: optionalText(),
  OIDC_CLIENT_SECRET: secret(),
  OIDC_AUDIENCE: optionalText(),
  OIDC_ROLE_CLAIM: optionalText(),
  OIDC_ROLE_MAP: variable<ReadonlyMap<string, Role> | null>(
    'must be a comma-separated list such as admins=SUPER_ADMIN,operators=OPS, naming no value twice',
    readRoleMap,
    null,
  ),
});

/** @returns null when there is no identity provider; what is missing or too much is among the problems */
export function readOidc(value: z.infer<typeof OidcVariables>): { oidc: OidcSettings | null; problems: string[] } {
  const issuer = value.OIDC_ISSUER;
  if (issuer === null) {
    const lonely = OidcVariables.keyof().options.filter((name) => value[name] !== null);
    return { oidc: null, problems: lonely.map((name) => `${name} means nothing without OIDC_ISSUER: set that too`) };
  }
  const { OIDC_CLIENT_ID: id, OIDC_AUDIENCE: audience, OIDC_ROLE_CLAIM: roleClaim, OIDC_ROLE_MAP: roleMap } = value;
  const problems = [
    ...(roleClaim === null ? ['OIDC_ROLE_CLAIM must be set with OIDC_ISSUER: without it nobody has a role'] : []),
    ...(roleMap === null ? ['OIDC_ROLE_MAP must be set with OIDC_ISSUER: without it nobody has a role'] : []),
    ...(id === null && audience === null
      ? ['OIDC_CLIENT_ID (signing in on the page) or OIDC_AUDIENCE (bearer tokens) must be set with OIDC_ISSUER']
      : []),
    ...(id === null && value.OIDC_CLIENT_SECRET !== null
      ? ['OIDC_CLIENT_SECRET means nothing without OIDC_CLIENT_ID: set that too']
      : []),
  ];
  if (roleClaim === null || roleMap === null || problems.length > 0) return { oidc: null, problems };
  const client = id === null ? null : { id, secret: value.OIDC_CLIENT_SECRET };
  return { oidc: { issuer, client, audience, roleClaim, roleMap }, problems };
}

const ON_THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

/** OpenID Connect Discovery 1.0 §3: https, without query and fragment. */
function isIssuer(value: string): boolean {
  if (!URL.canParse(value) || /[?#]/.test(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ON_THIS_MACHINE.includes(hostname));
}

/** A value may hold commas and equals signs, as the names of LDAP groups do: what ends an item is `=ROLE`. */
const ITEM = /\s*([^\s,].*?)\s*=\s*(SUPER_ADMIN|OPS)\s*(?:,|$)/y;

function readRoleMap(text: string): ReadonlyMap<string, Role> | undefined {
  const map = new Map<string, Role>();
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < text.length) {
    const [, value, role] = ITEM.exec(text) ?? [];
    // `a=OPS;b=OPS` is more likely a slip than a name.
    if (value === undefined || map.has(value) || /=\s*(SUPER_ADMIN|OPS)\b/.test(value)) return undefined;
    map.set(value, role as Role);
  }
  return map;
}
