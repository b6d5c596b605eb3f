import type { ClientConfig } from 'pg';
import { SourceTls } from './source-tls.js';

/** Connection parameters that libpq reads from its environment, by their names in a URL (PostgreSQL manual, 34.15). */
const LIBPQ_VARIABLES: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcrl: 'PGSSLCRL',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  gssencmode: 'PGGSSENCMODE',
  connect_timeout: 'PGCONNECT_TIMEOUT',
};

const CONNECT_TIMEOUT_SECONDS = 10;

/**
 * Ends a backend whose client is gone: within two seconds where the server can notice (PostgreSQL ≥ 14), else by TCP.
 * Without them a dead host keeps its locks for two hours.
 */
const KEEPALIVE_SETTINGS = ['tcp_keepalives_idle=10', 'tcp_keepalives_interval=5', 'tcp_user_timeout=30s'];
const CLIENT_CHECK_SETTING = 'client_connection_check_interval=2s';

/** Where a database is and who we are there, for both of its readers: libpq (pg_dump) and node-postgres. */
export class SourceAddress {
  private readonly url: URL;
  private readonly parameters: URLSearchParams;
  private readonly tls: SourceTls;

  /** @param url `postgres://user:password@host:port/database?sslmode=…` */
  constructor(url: string) {
    this.url = new URL(url);
    // A plus sign is a space in a form, but not in libpq's URLs.
    this.parameters = new URLSearchParams(this.url.search.replaceAll('+', '%2B'));
    this.tls = new SourceTls(this.parameters);
  }

  /** A folder for a Unix socket, else a name or an address. */
  get host(): string {
    const inAuthority = decodeURIComponent(this.url.hostname).replace(/^\[|\]$/g, '');
    return this.parameters.get('host') ?? (inAuthority === '' ? 'localhost' : inAuthority);
  }

  get port(): number {
    const given = this.url.port === '' ? this.parameters.get('port') : this.url.port;
    return Number(given ?? 5432);
  }

  get user(): string {
    return decodeURIComponent(this.url.username) || (this.parameters.get('user') ?? 'postgres');
  }

  get database(): string {
    return decodeURIComponent(this.url.pathname.slice(1)) || this.user;
  }

  private get password(): string {
    return decodeURIComponent(this.url.password) || (this.parameters.get('password') ?? '');
  }

  /**
   * Whether to use TLS, in the order in which libpq tries. A Unix socket has none.
   * @throws {ExportFailure} `source_unreachable` for an sslmode that libpq does not know
   */
  get tlsWays(): readonly boolean[] {
    return this.host.startsWith('/') ? [false] : this.tls.ways;
  }

  /** @throws {ExportFailure} `source_unreachable` when that pg_dump can't do what the URL asks of it */
  requireClient(major: number): void {
    this.tls.requireClient(major);
  }

  /** The PG* variables of a child process: the password travels here and never in an argument. */
  libpqEnvironment(applicationName: string, serverMajor: number): Record<string, string> {
    const settings = [...(serverMajor >= 14 ? [CLIENT_CHECK_SETTING] : []), ...KEEPALIVE_SETTINGS];
    const given = this.parameters.get('options');
    const variables: Record<string, string> = {
      PGHOST: this.host,
      PGPORT: String(this.port),
      PGUSER: this.user,
      PGPASSWORD: this.password,
      PGDATABASE: this.database,
      PGAPPNAME: applicationName,
      PGCONNECT_TIMEOUT: String(CONNECT_TIMEOUT_SECONDS),
      PGOPTIONS: [...(given === null ? [] : [given]), ...settings.map((setting) => `-c ${setting}`)].join(' '),
      PGCLIENTENCODING: 'UTF8',
    };
    for (const [parameter, variable] of Object.entries(LIBPQ_VARIABLES)) {
      const value = this.parameters.get(parameter);
      if (value !== null) variables[variable] = value;
    }
    return variables;
  }

  /**
   * The same for node-postgres, whose reading of `sslmode` differs from libpq's.
   * @throws {ExportFailure} `source_unreachable` naming the parameter of a file that is not there
   */
  clientConfig(applicationName: string, tls: boolean): ClientConfig {
    return {
      host: this.host,
      port: this.port,
      user: this.user,
      password: this.password,
      database: this.database,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_SECONDS * 1000,
      keepAlive: true,
      ssl: tls ? this.tls.options() : false,
      ...(this.parameters.has('options') ? { options: this.parameters.get('options') ?? '' } : {}),
    };
  }
}
