import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { DATABASE_URL_EXAMPLE, isDatabaseUrl } from './database-url.js';
import { type OidcSettings, OidcVariables, readOidc } from './oidc.js';
import {
  flag,
  integer,
  list,
  optionalInteger,
  optionalFolderUrl,
  optionalText,
  optionalUrl,
  password,
  text,
} from './variables.js';

const postgresUrl = () => optionalUrl(isDatabaseUrl, DATABASE_URL_EXAMPLE);
const isRedisUrl = (value: string) =>
  URL.canParse(value) && ['redis:', 'rediss:'].includes(new URL(value).protocol) && !value.includes(',');

/** Every variable of the contract, with its unit, range and default. */
const Environment = OidcVariables.extend({
  HOST: text('127.0.0.1'),
  PORT: integer(0, 65_535, 'port', 3000),
  DATA_DIR: text('.data'),
  DATABASE_URL: postgresUrl(),
  MIGRATION_DATABASE_URL: postgresUrl(),
  EXPORT_DATABASE_URL: postgresUrl(),
  REDIS_URL: optionalUrl(isRedisUrl, 'redis://host:6379 (a list of cluster nodes is not supported yet)'),
  STORAGE_URL: optionalFolderUrl('file:///var/lib/pg-export (s3:// is not supported yet)'),
  WORK_DIR: optionalText(),
  EXPORTS_ENABLED: flag(true),
  EXPORT_CONCURRENCY: integer(1, 64, 'exports', 1),
  EXPORT_CONCURRENCY_PER_DATABASE: integer(1, 64, 'exports', 1),
  EXPORT_TIMEOUT_SECONDS: integer(1, 2_592_000, 'seconds', 21_600),
  EXPORT_STALL_SECONDS: integer(1, 86_400, 'seconds', 300),
  EXPORT_LOCK_TIMEOUT_SECONDS: integer(1, 86_400, 'seconds', 30),
  EXPORT_YIELD_SECONDS: optionalInteger(1, 86_400, 'seconds'),
  EXPORT_RETENTION_HOURS: integer(1, 87_600, 'hours', 24),
  EXPORT_MAX_STORED_BYTES: optionalInteger(1, 1e15 - 1, 'bytes'),
  EXPORT_MAX_QUEUED: integer(1, 100_000, 'exports', 20),
  SHUTDOWN_GRACE_SECONDS: integer(0, 86_400, 'seconds', 30),
  PG_BIN_DIR: optionalText(),
  SUPER_ADMIN_EMAIL: text('admin@localhost'),
  SUPER_ADMIN_PASSWORD: password(),
  ACCESS_TOKEN_MINUTES: integer(1, 1_440, 'minutes', 10),
  DOWNLOAD_LINK_MINUTES: integer(1, 1_440, 'minutes', 10),
  DOWNLOAD_RESUME_HOURS: integer(1, 168, 'hours', 6),
  STEP_UP_MINUTES: integer(1, 1_440, 'minutes', 5),
  REQUIRE_TOTP: flag(false),
  REQUIRE_STEP_UP_FOR_EXPORT: flag(false),
  CORS_ORIGINS: list('must be a comma-separated list of origins such as https://admin.example.com', readOrigin),
  ADMIN_ALLOWED_CIDRS: list('must be a comma-separated list of addresses or CIDR ranges', readRange),
  TRUST_PROXY: list('must be a number of proxies, or a comma-separated list of addresses or CIDR ranges', readProxy),
});

export interface Source {
  /** What callers of the API call it: `main`, or the lower-case suffix of its variable. */
  name: string;
  url: string;
}

export interface Config {
  host: string;
  port: number;
  dataDir: string;
  /** Null when unset: `npm start` then provides an embedded server. */
  databaseUrl: string | null;
  migrationDatabaseUrl: string | null;
  /** The databases that can be exported; `main` first. Empty when `npm start` is to provide the sample. */
  sources: Source[];
  redisUrl: string | null;
  /** Folder of the finished files. */
  storageDir: string;
  workDir: string;
  secretsDir: string;
  exportsEnabled: boolean;
  exportConcurrency: number;
  exportConcurrencyPerDatabase: number;
  exportTimeoutSeconds: number;
  exportStallSeconds: number;
  exportLockTimeoutSeconds: number;
  /** null: never */
  exportYieldSeconds: number | null;
  exportRetentionHours: number;
  /** null: no limit */
  exportMaxStoredBytes: number | null;
  exportMaxQueued: number;
  shutdownGraceSeconds: number;
  pgBinDir: string | null;
  superAdminEmail: string;
  superAdminPassword: string | null;
  accessTokenMinutes: number;
  downloadLinkMinutes: number;
  downloadResumeHours: number;
  stepUpMinutes: number;
  requireTotp: boolean;
  requireStepUpForExport: boolean;
  /** An existing identity provider; null: there is none. */
  oidc: OidcSettings | null;
  corsOrigins: string[];
  /** Addresses and ranges that the API answers; empty: all. */
  adminAllowedCidrs: string[];
  /** Express' `trust proxy`: hops, or addresses and ranges; empty when no proxy is trusted. */
  trustProxy: (string | number)[];
}

/** The configuration of the API and the worker, which can't run without their databases. */
export type ServiceConfig = Config & { databaseUrl: string; migrationDatabaseUrl: string };

/** Names every wrong variable, one a line, and never a value that could be a secret. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the whole environment.
 * @throws {ConfigError} naming every wrong variable and what it should be
 */
export function loadConfig(environment: EnvironmentVariables): Config {
  const read = Environment.safeParse(environment);
  const sources = readSources(environment);
  const oidc = read.success ? readOidc(read.data) : null;
  const problems = [
    ...(read.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`),
    ...sources.problems,
    ...(oidc?.problems ?? []),
  ];
  if (!read.success || problems.length > 0) throw new ConfigError(problems);
  const value = read.data;
  const dataDir = resolve(value.DATA_DIR);
  return {
    host: value.HOST,
    port: value.PORT,
    dataDir,
    databaseUrl: value.DATABASE_URL,
    migrationDatabaseUrl: value.MIGRATION_DATABASE_URL ?? value.DATABASE_URL,
    sources: [
      ...(value.EXPORT_DATABASE_URL === null ? [] : [{ name: 'main', url: value.EXPORT_DATABASE_URL }]),
      ...sources.named,
    ],
    redisUrl: value.REDIS_URL,
    storageDir: value.STORAGE_URL ?? resolve(dataDir, 'artifacts'),
    workDir: resolve(value.WORK_DIR ?? resolve(dataDir, 'work')),
    secretsDir: resolve(dataDir, 'secrets'),
    exportsEnabled: value.EXPORTS_ENABLED,
    exportConcurrency: value.EXPORT_CONCURRENCY,
    exportConcurrencyPerDatabase: value.EXPORT_CONCURRENCY_PER_DATABASE,
    exportTimeoutSeconds: value.EXPORT_TIMEOUT_SECONDS,
    exportStallSeconds: value.EXPORT_STALL_SECONDS,
    exportLockTimeoutSeconds: value.EXPORT_LOCK_TIMEOUT_SECONDS,
    exportYieldSeconds: value.EXPORT_YIELD_SECONDS,
    exportRetentionHours: value.EXPORT_RETENTION_HOURS,
    exportMaxStoredBytes: value.EXPORT_MAX_STORED_BYTES,
    exportMaxQueued: value.EXPORT_MAX_QUEUED,
    shutdownGraceSeconds: value.SHUTDOWN_GRACE_SECONDS,
    pgBinDir: value.PG_BIN_DIR === null ? null : resolve(value.PG_BIN_DIR),
    superAdminEmail: value.SUPER_ADMIN_EMAIL,
    superAdminPassword: value.SUPER_ADMIN_PASSWORD,
    accessTokenMinutes: value.ACCESS_TOKEN_MINUTES,
    downloadLinkMinutes: value.DOWNLOAD_LINK_MINUTES,
    downloadResumeHours: value.DOWNLOAD_RESUME_HOURS,
    stepUpMinutes: value.STEP_UP_MINUTES,
    requireTotp: value.REQUIRE_TOTP,
    requireStepUpForExport: value.REQUIRE_STEP_UP_FOR_EXPORT,
    oidc: oidc?.oidc ?? null,
    corsOrigins: value.CORS_ORIGINS,
    adminAllowedCidrs: value.ADMIN_ALLOWED_CIDRS,
    trustProxy: value.TRUST_PROXY,
  };
}

/**
 * Reads the environment of a service: with the two databases that only `npm start` can make up.
 * @throws {ConfigError} naming every wrong variable and what it should be
 */
export function loadServiceConfig(environment: EnvironmentVariables): ServiceConfig {
  const config = loadConfig(environment);
  const { databaseUrl, migrationDatabaseUrl } = config;
  const problems = [
    ...(databaseUrl === null ? ['DATABASE_URL must be set (`npm start` provides an embedded server)'] : []),
    ...(config.sources[0]?.name === 'main' ? [] : ['EXPORT_DATABASE_URL must be set (`npm start` provides a sample)']),
  ];
  if (databaseUrl === null || migrationDatabaseUrl === null || problems.length > 0) throw new ConfigError(problems);
  return { ...config, databaseUrl, migrationDatabaseUrl };
}

const SOURCE_VARIABLE = /^EXPORT_DATABASE_URL_(.+)$/;
const SOURCE_NAME = /^[a-z0-9_]{1,40}$/;

function readSources(environment: EnvironmentVariables): { named: Source[]; problems: string[] } {
  const named: Source[] = [];
  const problems: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    const suffix = SOURCE_VARIABLE.exec(variable)?.[1];
    if (suffix === undefined || value === undefined || value.trim() === '') continue;
    const name = suffix.toLowerCase();
    if (name === 'main' || name === 'file' || name.endsWith('_file')) {
      problems.push(`${variable} has a reserved name: MAIN, FILE and *_FILE name no database`);
    } else if (!SOURCE_NAME.test(name)) {
      problems.push(`${variable} must be named with letters, digits and underscores, at most 40`);
    } else if (!isDatabaseUrl(value.trim())) {
      problems.push(`${variable} must be a URL such as ${DATABASE_URL_EXAMPLE}`);
    } else if (named.some((other) => other.name === name)) {
      problems.push(`${variable} names the same database as another variable: case makes no difference`);
    } else {
      named.push({ name, url: value.trim() });
    }
  }
  return { named: named.sort((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

function readOrigin(item: string): string | undefined {
  if (!URL.canParse(item)) return undefined;
  const { origin, protocol } = new URL(item);
  return origin === item && ['http:', 'https:'].includes(protocol) ? origin : undefined;
}

function readProxy(item: string): string | number | undefined {
  if (/^\d{1,2}$/.test(item)) return Number(item);
  // Whoever trusts everybody lets everybody say where they come from.
  return /\/0+$/.test(item) ? undefined : readRange(item);
}

function readRange(item: string): string | undefined {
  const [address = '', bits, rest] = item.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest !== undefined) return undefined;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
    ? item
    : undefined;
}
