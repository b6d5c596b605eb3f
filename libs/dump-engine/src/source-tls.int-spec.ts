import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateFiles, makeCertificate } from '../testing/certificates.js';
import { childCalled } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { SourceServer } from '../testing/source-server.js';
import { SourceAddress } from './source-address.js';
import { connectToSource, disconnect } from './source-client.js';

const HBA = [
  'hostssl   all tls_only   127.0.0.1/32 scram-sha-256',
  'hostnossl all plain_only 127.0.0.1/32 scram-sha-256',
  'host      all postgres   127.0.0.1/32 scram-sha-256',
];

/** Both of a source's readers, the watching connection and pg_dump, have to come to the same. */
describe('TLS with a source', () => {
  let folder: string;
  let authority: CertificateFiles;
  let other: CertificateFiles;
  let server: SourceServer;
  let trial: DumpTrial;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pg-export-tls-'));
    [authority, other] = [await makeCertificate(folder, 'authority'), await makeCertificate(folder, 'other')];
    const tls = await makeCertificate(folder, 'server', authority, 'IP:127.0.0.1');
    server = await SourceServer.start({ tls, hba: HBA });
    const password = decodeURIComponent(new URL(server.url).password);
    await server.sql(`CREATE TABLE few AS SELECT 1 AS id; GRANT SELECT ON few TO PUBLIC;
      CREATE ROLE tls_only LOGIN PASSWORD '${password}'; CREATE ROLE plain_only LOGIN PASSWORD '${password}'`);
    trial = await DumpTrial.of(server.url);
  });
  afterAll(async () => {
    await trial.remove();
    await server.remove();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    expect([childCalled('pg_dump'), childCalled('pg_restore')]).toEqual([undefined, undefined]);
  });

  /** Whether the watching connection is encrypted, or what both readers say instead. */
  const outcome = async (url: string) => {
    const [watching, dumping] = [await watchingAt(url), await dumpingAt(url)];
    expect(dumping).toBe(typeof watching === 'boolean' ? 'made' : watching.code);
    return watching;
  };
  const watchingAt = async (url: string): Promise<boolean | { code: string; message: string; detail: string }> => {
    try {
      const client = await connectToSource(new SourceAddress(url), 'pg-export trial');
      const { rows } = await client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      await disconnect(client);
      return rows[0]!.ssl;
    } catch (error) {
      return error as { code: string; message: string; detail: string };
    }
  };
  const dumpingAt = async (url: string): Promise<string> => {
    try {
      const made = await trial.make({}, { environment: trial.environmentAt(url) });
      await rm(made.path);
      return 'made';
    } catch (error) {
      expect(await trial.files()).toEqual([]);
      return (error as { code: string }).code;
    }
  };
  const root = ({ certificate }: CertificateFiles) => `&sslrootcert=${encodeURIComponent(certificate)}`;

  it.each([
    ['verify-full', '127.0.0.1'],
    ['verify-ca', '127.0.0.1'],
    ['verify-ca', 'localhost'],
    ['require', 'localhost'],
  ])('succeeds with %s at %s when the authority has signed for it', async (mode, host) => {
    expect(await outcome(server.urlAs('postgres', `?sslmode=${mode}${root(authority)}`, host))).toBe(true);
  });

  it('fails with verify-full at a host that the certificate is not for', async () => {
    expect(
      await outcome(server.urlAs('postgres', `?sslmode=verify-full${root(authority)}`, 'localhost')),
    ).toMatchObject({
      code: 'source_unreachable',
      kind: 'user',
      message: 'No TLS connection to the database server can be made as the URL asks for it.',
      detail: expect.stringContaining("Host: localhost. is not cert's CN") as string,
    });
  });

  it.each(['verify-full', 'verify-ca', 'require'])(
    'fails with %s when another authority than the named one has signed',
    async (mode) => {
      expect(await outcome(server.urlAs('postgres', `?sslmode=${mode}${root(other)}`))).toMatchObject({
        code: 'source_unreachable',
        kind: 'user',
        message: 'No TLS connection to the database server can be made as the URL asks for it.',
        detail: expect.stringMatching(/certificate/) as string,
      });
    },
  );

  it('fails with verify-full and the authorities of the system, which do not know this one', async () => {
    expect(await watchingAt(server.urlAs('postgres', '?sslrootcert=system'))).toMatchObject({
      code: 'source_unreachable',
      detail: expect.stringMatching(/certificate/) as string,
    });
  });

  it("says in pg_dump's own words what is wrong with the certificate", async () => {
    const url = server.urlAs('postgres', `?sslmode=verify-full${root(other)}`);
    expect(await trial.failure({}, { environment: trial.environmentAt(url) })).toMatchObject({
      code: 'source_unreachable',
      kind: 'user',
      message: 'No TLS connection to the database server can be made as the URL asks for it.',
      detail: expect.stringContaining('certificate verify failed') as string,
    });
  });

  it.each([
    ['disable', 'tls_only', 'authentication_failed'],
    ['disable', 'plain_only', false],
    ['allow', 'tls_only', true],
    ['allow', 'plain_only', false],
    ['allow', 'postgres', false],
    ['prefer', 'tls_only', true],
    ['prefer', 'plain_only', false],
    ['prefer', 'postgres', true],
    ['require', 'plain_only', 'authentication_failed'],
  ] as const)('%s with a role for which the server is %s comes to %s', async (mode, role, expected) => {
    const found = await outcome(server.urlAs(role, `?sslmode=${mode}`));
    expect(typeof found === 'boolean' ? found : found.code).toBe(expected);
  });

  it('is given up for plain where it fails and is only preferred', async () => {
    expect(await outcome(server.urlAs('postgres', `?sslmode=prefer${root(other)}`))).toBe(false);
  });

  it('names the role twice when neither way lets it in, and no password', async () => {
    const url = new URL(server.urlAs('tls_only', '?sslmode=prefer'));
    url.password = 'guessed';
    expect(await outcome(url.href)).toMatchObject({
      code: 'authentication_failed',
      detail: expect.stringMatching(/password authentication failed.*\n.*no pg_hba.conf entry/) as string,
    });
  });

  describe('with files that', () => {
    const said = async (query: string) => {
      const failure = await watchingAt(server.urlAs('postgres', query));
      if (typeof failure === 'boolean') throw new Error('It got in.');
      expect(failure).toMatchObject({ code: 'source_unreachable', kind: 'user' });
      expect(failure.detail).not.toContain(decodeURIComponent(new URL(server.url).password));
      return failure.detail;
    };
    it.each(['sslrootcert', 'sslcert', 'sslkey', 'sslcrl'])('are not there: %s', async (parameter) => {
      const given = new URLSearchParams({ sslmode: 'verify-full', sslrootcert: authority.certificate });
      if (parameter === 'sslkey') given.set('sslcert', authority.certificate);
      given.set(parameter, '/nowhere/secret-name.pem');
      expect(await said(`?${given.toString()}`)).toBe(
        `${parameter} of the database URL names a file that is not there.`,
      );
    });

    it('hold no certificate, and no key', async () => {
      const rubbish = join(folder, 'rubbish.pem');
      await writeFile(rubbish, 'not a certificate');
      const at = encodeURIComponent(rubbish);
      expect(await said(`?sslmode=verify-full&sslrootcert=${at}`)).toBe(
        'sslrootcert of the database URL names a file that holds no certificate.',
      );
      expect(await said(`?sslcert=${encodeURIComponent(authority.certificate)}&sslkey=${at}`)).toBe(
        'sslkey of the database URL names a file that holds no private key.',
      );
      expect(await readFile(rubbish, 'utf8')).toBe('not a certificate');

      const locked = join(folder, 'locked.key');
      const form = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'nobody knows' } as const;
      await writeFile(locked, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(form));
      expect(
        await said(`?sslcert=${encodeURIComponent(authority.certificate)}&sslkey=${encodeURIComponent(locked)}`),
      ).toBe('sslkey of the database URL names a key with a passphrase, which nobody is there to type.');
    });
  });
});
