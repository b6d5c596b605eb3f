import { ConfigError, loadConfig } from './config.js';

const WHOLE = {
  OIDC_ISSUER: 'https://id.example.com/realms/shop',
  OIDC_CLIENT_ID: 'pg-export',
  OIDC_CLIENT_SECRET: 'hunter2',
  OIDC_AUDIENCE: 'https://pg-export.example.com',
  OIDC_ROLE_CLAIM: 'realm_access.roles',
  OIDC_ROLE_MAP: 'admins=SUPER_ADMIN, operators = OPS',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
const without = (...names: (keyof typeof WHOLE)[]) =>
  Object.fromEntries(Object.entries(WHOLE).filter(([name]) => !names.includes(name as keyof typeof WHOLE)));

describe('an identity provider', () => {
  it('is none by default', () => {
    expect(loadConfig({}).oidc).toBeNull();
  });

  it('is read whole', () => {
    expect(loadConfig(WHOLE).oidc).toEqual({
      issuer: 'https://id.example.com/realms/shop',
      client: { id: 'pg-export', secret: 'hunter2' },
      audience: 'https://pg-export.example.com',
      roleClaim: 'realm_access.roles',
      roleMap: new Map([
        ['admins', 'SUPER_ADMIN'],
        ['operators', 'OPS'],
      ]),
    });
  });

  it('may be there for the page alone, without a secret too, or for bearer tokens alone', () => {
    expect(loadConfig(without('OIDC_AUDIENCE')).oidc).toMatchObject({ audience: null });
    expect(loadConfig(without('OIDC_CLIENT_SECRET')).oidc).toMatchObject({ client: { secret: null } });
    expect(loadConfig(without('OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET')).oidc).toMatchObject({ client: null });
  });

  it.each(['https://id.example.com/', 'http://localhost:8080/realms/a', 'http://127.0.0.1:4000', 'http://[::1]:4000'])(
    'may be %s, to the letter',
    (issuer) => {
      expect(loadConfig({ ...WHOLE, OIDC_ISSUER: issuer }).oidc?.issuer).toBe(issuer);
    },
  );

  it('maps values with commas and equals signs in them', () => {
    const map = loadConfig({ ...WHOLE, OIDC_ROLE_MAP: 'cn=dba,ou=groups=SUPER_ADMIN,cn=ops,ou=groups=OPS' }).oidc;

    expect(map?.roleMap).toEqual(
      new Map([
        ['cn=dba,ou=groups', 'SUPER_ADMIN'],
        ['cn=ops,ou=groups', 'OPS'],
      ]),
    );
  });
});

describe('a half of an identity provider', () => {
  it.each(['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_AUDIENCE', 'OIDC_ROLE_CLAIM', 'OIDC_ROLE_MAP'] as const)(
    'that is %s alone is refused, without its value',
    (name) => {
      expect(problemsOf({ [name]: WHOLE[name] })).toEqual([`${name} means nothing without OIDC_ISSUER: set that too`]);
    },
  );

  it('is refused with everything that is missing', () => {
    const problems = problemsOf({ OIDC_ISSUER: WHOLE.OIDC_ISSUER, OIDC_CLIENT_SECRET: 'hunter2' });

    expect(problems.map((each) => each.split(' ', 1)[0])).toEqual([
      'OIDC_ROLE_CLAIM',
      'OIDC_ROLE_MAP',
      'OIDC_CLIENT_ID',
      'OIDC_CLIENT_SECRET',
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it.each([
    'http://id.example.com',
    'id.example.com',
    'https://id.example.com/?a=b',
    'https://u:p@id.example.com',
    'ftp://x',
  ])('that is OIDC_ISSUER=%s is refused', (issuer) => {
    expect(problemsOf({ ...WHOLE, OIDC_ISSUER: issuer })[0]).toMatch(/^OIDC_ISSUER must be a URL/);
  });

  it.each(['admins', 'admins=ROOT', '=OPS', ',', 'a=OPS,a=SUPER_ADMIN', 'a=OPS;b=OPS', 'a=OPS,,b=OPS', 'a=ops'])(
    'that is OIDC_ROLE_MAP=%s is refused',
    (map) => {
      expect(problemsOf({ ...WHOLE, OIDC_ROLE_MAP: map })[0]).toMatch(/^OIDC_ROLE_MAP must be/);
    },
  );
});
