import { ExportFailure } from '#lib/domain';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, getCACertificates } from 'node:tls';

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** In the order in which they are tried: whether a connection uses TLS (PostgreSQL manual, table 34.1). */
const WAYS: Readonly<Record<SslMode, readonly boolean[]>> = {
  disable: [false],
  allow: [false, true],
  prefer: [true, false],
  require: [true],
  'verify-ca': [true],
  'verify-full': [true],
};

/** Files that hold TLS settings, by their parameters in a URL, and where libpq looks for them otherwise. */
const FILES = {
  sslrootcert: { usual: 'root.crt', holds: 'certificate' },
  sslcrl: { usual: 'root.crl', holds: null },
  sslcert: { usual: 'postgresql.crt', holds: 'certificate' },
  sslkey: { usual: 'postgresql.key', holds: 'private key' },
} as const;
type FileParameter = keyof typeof FILES;

/** `sslrootcert=system`: the authorities that the machine trusts. */
const SYSTEM = 'system';
const FIRST_CLIENT_WITH_SYSTEM_ROOTS = 16;

/** What a database URL asks of TLS, for node-postgres as libpq reads it. */
export class SourceTls {
  /** @param parameters of the URL */
  constructor(private readonly parameters: URLSearchParams) {}

  /**
   * Whether to use TLS, in the order in which to try.
   * @throws {ExportFailure} `source_unreachable` for a mode that libpq does not know
   */
  get ways(): readonly boolean[] {
    return WAYS[this.mode];
  }

  /**
   * @throws {ExportFailure} `source_unreachable` naming the parameter that asks for what is not there
   */
  options(): ConnectionOptions {
    const { mode } = this;
    const ca = this.usesSystemRoots ? getCACertificates('system') : this.file('sslrootcert');
    if (ca === undefined && (mode === 'verify-ca' || mode === 'verify-full')) {
      throw unfit(`sslmode=${mode} of the database URL needs sslrootcert: a file with the authority's certificate.`);
    }
    const crl = ca === undefined ? undefined : this.file('sslcrl');
    const cert = this.file('sslcert');
    const key = this.file('sslkey');
    if (cert !== undefined && key === undefined) throw unfit('sslcert of the database URL needs sslkey beside it.');
    return {
      ca,
      ...(crl === undefined ? {} : { crl }),
      ...(cert === undefined ? {} : { cert, key }),
      // With a root there is no mode in which libpq does not check who has signed.
      rejectUnauthorized: ca !== undefined,
      // verify-ca trusts every host name of the authority (PostgreSQL manual, 34.19.1).
      ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    };
  }

  /**
   * @param clientMajor of the pg_dump that is to read the same parameters
   * @throws {ExportFailure} `source_unreachable` when it takes `system` for the name of a file
   */
  requireClient(clientMajor: number): void {
    if (!this.usesSystemRoots || clientMajor >= FIRST_CLIENT_WITH_SYSTEM_ROOTS) return;
    throw unfit(
      `sslrootcert=system of the database URL needs pg_dump ${String(FIRST_CLIENT_WITH_SYSTEM_ROOTS)} or newer, and it is ${String(clientMajor)}. ` +
        `Name the file of the authorities instead: sslrootcert=/etc/ssl/certs/ca-certificates.crt on Debian.`,
    );
  }

  private get usesSystemRoots(): boolean {
    return this.parameters.get('sslrootcert') === SYSTEM;
  }

  private get mode(): SslMode {
    const given = this.parameters.get('sslmode');
    if (given === null) return this.usesSystemRoots ? 'verify-full' : 'prefer';
    const mode = SSL_MODES.find((known) => known === given);
    if (mode === undefined) throw unfit(`sslmode of the database URL is none of ${SSL_MODES.join(', ')}.`);
    if (this.usesSystemRoots && mode !== 'verify-full') {
      throw unfit('sslrootcert=system of the database URL goes with sslmode=verify-full alone.');
    }
    return mode;
  }

  /** Without the path: it is nobody's business but the operator's, who knows it. */
  private file(parameter: FileParameter): Buffer | undefined {
    const { usual, holds } = FILES[parameter];
    const given = this.parameters.get(parameter);
    const path = given ?? usualPath(usual);
    if (path === null) return undefined;
    let content: Buffer;
    try {
      content = readFileSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (given === null && code === 'ENOENT') return undefined;
      const why = code === 'ENOENT' ? 'is not there' : `can't be read (${String(code)})`;
      throw unfit(`${parameter} of the database URL names a file that ${why}.`, error);
    }
    try {
      if (holds === 'certificate') new X509Certificate(content);
      if (holds === 'private key') createPrivateKey(content);
    } catch (error) {
      if (holds === 'private key' && content.includes('ENCRYPTED')) {
        throw unfit(
          `${parameter} of the database URL names a key with a passphrase, which nobody is there to type.`,
          error,
        );
      }
      throw unfit(`${parameter} of the database URL names a file that holds no ${String(holds)}.`, error);
    }
    return content;
  }
}

/** Of the account's home folder, as libpq finds it: pg_dump is started without HOME. */
function usualPath(name: string): string | null {
  try {
    return join(userInfo().homedir, '.postgresql', name);
  } catch {
    // An account without an entry has no home either.
    return null;
  }
}

function unfit(detail: string, cause?: unknown): ExportFailure {
  return new ExportFailure('source_unreachable', 'The TLS settings of the database URL do not hold.', {
    detail,
    cause,
  });
}
