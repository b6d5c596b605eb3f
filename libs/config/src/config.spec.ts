import { ConfigError, loadConfig, loadServiceConfig } from './config.js';
import { resolve } from 'node:path';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};
const URL_OF_A_DATABASE = 'postgres://reader:secret@db.example.com/shop';

describe('an empty environment', () => {
  it('means the defaults of the contract', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      dataDir: resolve('.data'),
      databaseUrl: null,
      migrationDatabaseUrl: null,
      sources: [],
      redisUrl: null,
      storageDir: resolve('.data/artifacts'),
      workDir: resolve('.data/work'),
      secretsDir: resolve('.data/secrets'),
      exportsEnabled: true,
      exportConcurrency: 1,
      exportConcurrencyPerDatabase: 1,
      exportTimeoutSeconds: 21_600,
      exportStallSeconds: 300,
      exportLockTimeoutSeconds: 30,
      exportYieldSeconds: null,
      exportRetentionHours: 24,
      exportMaxStoredBytes: null,
      exportMaxQueued: 20,
      shutdownGraceSeconds: 30,
      pgBinDir: null,
      superAdminEmail: 'admin@localhost',
      superAdminPassword: null,
      accessTokenMinutes: 10,
      downloadLinkMinutes: 10,
      downloadResumeHours: 6,
      stepUpMinutes: 5,
      requireTotp: false,
      requireStepUpForExport: false,
      oidc: null,
      corsOrigins: [],
      adminAllowedCidrs: [],
      trustProxy: [],
    });
  });

  it('counts blank values as unset', () => {
    expect(loadConfig({ PORT: '', WORK_DIR: '  ', REDIS_URL: '', EXPORT_YIELD_SECONDS: '' })).toEqual(loadConfig({}));
  });

  it('is not enough for a service, which is told both databases at once', () => {
    expect(() => loadServiceConfig({})).toThrow(/- DATABASE_URL must be set.*\n.*- EXPORT_DATABASE_URL must be set/);
  });
});

describe('a set environment', () => {
  it('puts work, secrets and artifacts under DATA_DIR unless they have a place of their own', () => {
    expect(loadConfig({ DATA_DIR: '/srv/data' })).toMatchObject({
      workDir: '/srv/data/work',
      secretsDir: '/srv/data/secrets',
      storageDir: '/srv/data/artifacts',
    });
    expect(loadConfig({ DATA_DIR: '/srv/data', WORK_DIR: '/fast', STORAGE_URL: 'file:///big/a%20disk' })).toMatchObject(
      { workDir: '/fast', storageDir: '/big/a disk' },
    );
  });

  it('migrates as the service itself unless there is an owner role', () => {
    expect(loadConfig({ DATABASE_URL: URL_OF_A_DATABASE }).migrationDatabaseUrl).toBe(URL_OF_A_DATABASE);
    const owner = 'postgres://owner@db.example.com/shop';
    expect(loadConfig({ DATABASE_URL: URL_OF_A_DATABASE, MIGRATION_DATABASE_URL: owner }).migrationDatabaseUrl).toBe(
      owner,
    );
  });

  it.each(['true', 'TRUE', 'false'])('reads EXPORTS_ENABLED=%s', (value) => {
    expect(loadConfig({ EXPORTS_ENABLED: value }).exportsEnabled).toBe(value !== 'false');
  });

  it('reads origins and proxies as lists', () => {
    const config = loadConfig({
      CORS_ORIGINS: 'https://admin.example.com, http://localhost:4200',
      ADMIN_ALLOWED_CIDRS: '10.0.0.0/8, 2001:db8::1',
      REQUIRE_STEP_UP_FOR_EXPORT: 'true',
      TRUST_PROXY: '10.0.0.0/8, ::1,2',
    });
    expect(config.corsOrigins).toEqual(['https://admin.example.com', 'http://localhost:4200']);
    expect(config.trustProxy).toEqual(['10.0.0.0/8', '::1', 2]);
    expect(config.adminAllowedCidrs).toEqual(['10.0.0.0/8', '2001:db8::1']);
    expect(config.requireStepUpForExport).toBe(true);
  });
});

describe('a wrong environment', () => {
  it('is refused with every wrong variable at once', () => {
    const problems = problemsOf({
      PORT: 'http',
      EXPORT_TIMEOUT_SECONDS: '0',
      EXPORTS_ENABLED: 'yes',
      DATABASE_URL: 'mysql://db/x',
      EXPORT_DATABASE_URL_FILE: URL_OF_A_DATABASE,
      EXPORT_YIELD_SECONDS: '0',
    });
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'DATABASE_URL',
      'EXPORTS_ENABLED',
      'EXPORT_DATABASE_URL_FILE',
      'EXPORT_TIMEOUT_SECONDS',
      'EXPORT_YIELD_SECONDS',
      'PORT',
    ]);
  });

  it('is answered with what the value should be: unit and range', () => {
    expect(problemsOf({ EXPORT_STALL_SECONDS: '1.5' })).toEqual([
      'EXPORT_STALL_SECONDS must be a whole number of seconds from 1 to 86400',
    ]);
  });

  it.each([
    ['DATABASE_URL', 'db:hunter2'],
    ['EXPORT_DATABASE_URL', 'postgres://u:hunter2%@host/db'],
    ['EXPORT_DATABASE_URL_REPLICA', 'hunter2'],
    ['REDIS_URL', 'http://:hunter2@cache'],
    ['STORAGE_URL', 's3://hunter2/bucket'],
    ['OIDC_CLIENT_SECRET', 'hunter2'],
  ])('never shows the value of %s', (variable, value) => {
    const problems = problemsOf({ [variable]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${variable} `));
    expect(problems[0]).not.toContain('hunter2');
  });

  it.each([
    'file://host/x',
    'file:relative',
    'file:///a%2Fb',
    's3://bucket/prefix',
    '/var/lib/x',
    'file:///x?region=y',
  ])('names STORAGE_URL for %s', (value) => {
    expect(problemsOf({ STORAGE_URL: value })).toEqual([
      'STORAGE_URL must be a URL such as file:///var/lib/pg-export (s3:// is not supported yet)',
    ]);
  });

  it.each([
    'postgres://user:100%@host/db',
    'postgres://us%er@host/db',
    'postgres://host/d%b',
    'postgres://u@h/d?sslmode=on',
  ])('names the database URL that libpq would not read: %s', (value) => {
    expect(problemsOf({ EXPORT_DATABASE_URL: value })).toHaveLength(1);
    expect(problemsOf({ EXPORT_DATABASE_URL_TWO: value })).toHaveLength(1);
  });

  it('refuses the cluster form of REDIS_URL in words', () => {
    expect(problemsOf({ REDIS_URL: 'redis://a:6379,redis://b:6379' })[0]).toContain('not supported yet');
  });

  it.each(['https://a.example.com/path', 'a.example.com', 'ftp://a.example.com'])('refuses the origin %s', (value) => {
    expect(problemsOf({ CORS_ORIGINS: value })[0]).toMatch(/^CORS_ORIGINS must be/);
  });

  it.each(['10.0.0.0/33', 'office.example.com', 'fe80::1%eth0', '10'])('refuses the range %s', (value) => {
    expect(problemsOf({ ADMIN_ALLOWED_CIDRS: value })[0]).toMatch(/^ADMIN_ALLOWED_CIDRS must be/);
  });

  it.each(['10.0.0.0/33', 'proxy.example.com', '::1/129', '10.0.0.1/8/8', '0.0.0.0/0', '::/0'])(
    'refuses the proxy %s',
    (value) => {
      expect(problemsOf({ TRUST_PROXY: value })[0]).toMatch(/^TRUST_PROXY must be/);
    },
  );
});

it('asks as much of the first password as the API asks of others, and never repeats it', () => {
  const taken = [`${'x'.repeat(7)}é`, 'x'.repeat(1024)];
  for (const password of taken) {
    expect(loadConfig({ SUPER_ADMIN_PASSWORD: password }).superAdminPassword).toBe(password);
  }
  for (const password of ['secret7', ' ', 'x'.repeat(1025)]) {
    expect(problemsOf({ SUPER_ADMIN_PASSWORD: password, PORT: 'x' })).toEqual([
      'PORT must be a whole number of port from 0 to 65535',
      'SUPER_ADMIN_PASSWORD must have 8 to 1024 characters',
    ]);
  }
});

it('takes a password to the letter, spaces at its ends included', () => {
  expect(loadConfig({ SUPER_ADMIN_PASSWORD: ' two words ' }).superAdminPassword).toBe(' two words ');
  expect(loadConfig({ SUPER_ADMIN_PASSWORD: '' }).superAdminPassword).toBeNull();
});
