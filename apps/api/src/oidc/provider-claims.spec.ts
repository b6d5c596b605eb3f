import type { OidcSettings } from '#lib/config';
import { readClaims } from './provider-claims.js';

const SETTINGS: OidcSettings = {
  issuer: 'https://id.example.com/realms/shop',
  client: null,
  audience: null,
  roleClaim: 'roles',
  roleMap: new Map([
    ['admins', 'SUPER_ADMIN'],
    ['operators', 'OPS'],
  ]),
};
const roleOf = (claims: object, roleClaim = 'roles') =>
  readClaims({ sub: 'anna', ...claims }, { ...SETTINGS, roleClaim })?.role;

it.each<[unknown, string | null]>([
  ['admins', 'SUPER_ADMIN'],
  [['operators'], 'OPS'],
  [['operators', 'admins', 'others'], 'SUPER_ADMIN'],
  [['others'], null],
  [['ADMINS'], null],
  [[], null],
  [undefined, null],
  [{ admins: true }, null],
  [[['admins']], null],
  ['SUPER_ADMIN', null],
])('reads the claim %j as the role %s', (roles, role) => {
  expect(roleOf({ roles })).toBe(role);
});

it('finds the claim by its very name, else by its path', () => {
  expect(roleOf({ 'https://example.com/roles': ['admins'] }, 'https://example.com/roles')).toBe('SUPER_ADMIN');
  expect(roleOf({ realm_access: { roles: ['admins'] } }, 'realm_access.roles')).toBe('SUPER_ADMIN');
  expect(roleOf({ realm_access: null }, 'realm_access.roles')).toBeNull();
  expect(roleOf({}, 'constructor.name')).toBeNull();
});

it('says who it is, what to call them and when they proved it', () => {
  expect(readClaims({ sub: 'anna', email: 'anna@example.com', sid: 's', auth_time: 1_700_000_000 }, SETTINGS)).toEqual({
    subject: 'anna',
    names: ['anna@example.com', 'anna@id.example.com'],
    role: null,
    providerSession: 's',
    authenticatedAt: new Date('2023-11-14T22:13:20Z'),
  });
  expect(readClaims({ sub: 'anna', email: 'no address' }, SETTINGS)).toMatchObject({
    names: ['anna@id.example.com'],
    providerSession: null,
    authenticatedAt: null,
  });
});

it('calls nobody by an address that the provider has not seen proven', () => {
  const names = (email_verified: unknown) =>
    readClaims({ sub: 'anna', email: 'boss@example.com', email_verified }, SETTINGS)?.names;

  expect(names(true)).toEqual(['boss@example.com', 'anna@id.example.com']);
  for (const not of [false, 'false', 0]) expect(names(not)).toEqual(['anna@id.example.com']);
});

it.each([{}, { sub: '' }, { sub: 7 }, { sub: 'a\0b' }, { sub: 'x'.repeat(256) }, { sub: 'a', auth_time: 'now' }, null])(
  'knows nobody by the claims %j',
  (claims) => {
    expect(readClaims(claims, SETTINGS)).toBeNull();
  },
);
