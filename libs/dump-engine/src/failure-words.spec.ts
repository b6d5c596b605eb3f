import { classifyConnectionError, classifyDumpError, classifyFileError } from './failure-words.js';

const dumpError = (stderr: string, wasReached = false) =>
  classifyDumpError(stderr, { code: 1, signal: null }, wasReached);

describe("pg_dump's last words", () => {
  it.each([
    [
      'authentication_failed',
      'pg_dump: error: connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "reader"',
    ],
    [
      'authentication_failed',
      'pg_dump: error: connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  no pg_hba.conf entry for host "10.0.0.2", user "reader", database "shop", no encryption',
    ],
    ['authentication_failed', 'pg_dump: error: connection to server at "db" failed: fe_sendauth: no password supplied'],
    ['authentication_failed', 'FATAL:  role "reader" does not exist'],
    [
      'permission_denied',
      'pg_dump: error: query failed: ERROR:  permission denied for table orders\npg_dump: detail: Query was: LOCK TABLE public.orders IN ACCESS SHARE MODE',
    ],
    [
      'permission_denied',
      'pg_dump: error: Dumping the contents of table "orders" failed: PQgetResult() failed.\npg_dump: detail: Error message from server: ERROR:  query would be affected by row-level security policy for table "orders"',
    ],
    ['permission_denied', 'FATAL:  permission denied for database "shop"'],
    [
      'lock_timeout',
      'pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout\npg_dump: detail: Query was: LOCK TABLE public.orders IN ACCESS SHARE MODE',
    ],
    ['lock_timeout', 'pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout'],
    [
      'lock_timeout',
      'pg_dump: error: could not obtain lock on relation "public.orders"\nThis usually means that someone requested an ACCESS EXCLUSIVE lock on the table after the pg_dump parent process had gotten the initial ACCESS SHARE lock on the table.',
    ],
    [
      'version_mismatch',
      'pg_dump: error: aborting because of server version mismatch\npg_dump: detail: server version: 17.2; pg_dump version: 15.18',
    ],
    ['disk_full', 'pg_dump: error: could not write to output file: No space left on device'],
    ['disk_full', 'pg_dump: error: could not close data file "3345.dat.gz": No space left on device'],
    [
      'source_error',
      'pg_dump: error: query failed: ERROR:  could not write to file "base/pgsql_tmp/pgsql_tmp4711.0": No space left on device',
    ],
    [
      'source_error',
      'pg_dump: error: Dumping the contents of table "orders" failed: PQgetResult() failed.\npg_dump: detail: Error message from server: FEHLER:  konnte nicht in Datei schreiben: No space left on device',
    ],
    [
      'source_unreachable',
      'pg_dump: error: connection to server at "127.0.0.1", port 1 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
    ],
    [
      'source_unreachable',
      'pg_dump: error: could not translate host name "nowhere.invalid" to address: Name or service not known',
    ],
    [
      'source_unreachable',
      'pg_dump: error: connection to server at "db" failed: FATAL:  database "shop" does not exist',
    ],
    [
      'source_error',
      'pg_dump: error: Dumping the contents of table "blobs" failed: PQgetResult() failed.\npg_dump: detail: Error message from server: ERROR:  invalid memory alloc request size 1073741824',
    ],
    [
      'source_error',
      'pg_dump: error: Dumping the contents of table "t" failed: PQgetResult() failed.\npg_dump: detail: Error message from server: ERROR:  missing chunk number 0 for toast value 16402 in pg_toast_16396',
    ],
  ])('mean %s: %s', (code, stderr) => {
    expect(dumpError(stderr)).toMatchObject({ code, kind: 'user', detail: stderr });
  });

  it.each([
    'pg_dump: error: query failed: server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally',
    'pg_dump: detail: Error message from server: FATAL:  terminating connection due to administrator command',
    'pg_dump: error: query failed: SSL connection has been closed unexpectedly',
  ])('mean a source that may come back, where it had answered before: %s', (stderr) => {
    expect(dumpError(stderr, true)).toMatchObject({ code: 'source_unreachable', kind: 'transient' });
    expect(dumpError(stderr, false)).toMatchObject({ code: 'source_unreachable', kind: 'user' });
  });

  it.each([
    'pg_dump: error: connection to server at "db" (10.0.0.1), port 5432 failed: SSL error: certificate verify failed',
    'pg_dump: error: connection to server at "db" (10.0.0.1), port 5432 failed: server certificate for "shop" does not match host name "db"',
    'pg_dump: error: connection to server at "db" failed: root certificate file "/root/.postgresql/root.crt" does not exist',
    'pg_dump: error: connection to server at "db" failed: server does not support SSL, but SSL was required',
  ])('say when it is TLS that fails: %s', (stderr) => {
    expect(dumpError(stderr)).toMatchObject({
      code: 'source_unreachable',
      kind: 'user',
      message: 'No TLS connection to the database server can be made as the URL asks for it.',
    });
  });

  it('are not taken from the name of a table', () => {
    const stderr =
      'pg_dump: error: Dumping the contents of table "permission denied" failed: PQgetResult() failed.\npg_dump: detail: Error message from server: ERROR:  invalid page in block 3 of relation base/5/16396';
    expect(dumpError(stderr).code).toBe('source_error');
  });

  it('are replaced by its exit when there are none', () => {
    expect(classifyDumpError(' \n', { code: 3, signal: null }, true)).toMatchObject({
      code: 'source_error',
      detail: 'pg_dump ended with exit code 3 and said nothing.',
    });
  });

  it('count less than the signal that killed it, unless they say more', () => {
    const killed = { code: null, signal: 'SIGKILL' } as const;
    expect(classifyDumpError('', killed, true)).toMatchObject({
      code: 'interrupted',
      kind: 'transient',
      detail: 'pg_dump ended with signal SIGKILL and said nothing.',
    });
    expect(classifyDumpError('pg_dump: error: permission denied for table x', killed, true).code).toBe(
      'permission_denied',
    );
  });

  it('stay in the detail: the sentence for people holds nothing of them', () => {
    expect(dumpError('FATAL:  password authentication failed for user "<script>"').message).not.toContain('script');
  });
});

describe('a connection that fails', () => {
  it.each([
    ['28P01', 'password authentication failed for user "reader"', 'authentication_failed'],
    ['28000', 'no pg_hba.conf entry', 'authentication_failed'],
    ['28P01', 'authentification par mot de passe échouée pour « reader »', 'authentication_failed'],
    [undefined, 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'authentication_failed'],
    ['42501', 'permission denied for database "shop"', 'permission_denied'],
    ['3D000', 'database "shop" does not exist', 'source_unreachable'],
    ['53300', 'sorry, too many clients already', 'source_unreachable'],
    [undefined, 'connect ECONNREFUSED 127.0.0.1:1', 'source_unreachable'],
  ])('with SQLSTATE %s and "%s" is %s, in any language of the server', (sqlState, words, code) => {
    const failure = classifyConnectionError(words, sqlState, 'db:5432', new Error(words));
    expect(failure.code).toBe(code);
    expect(failure.detail).toContain(words);
  });

  it('says where it went', () => {
    expect(classifyConnectionError('refused', undefined, 'db:5432', null).detail).toBe('db:5432: refused');
  });
});

describe('a file that cannot be written', () => {
  it.each([
    ['ENOSPC', 'disk_full', 'user'],
    ['EDQUOT', 'disk_full', 'user'],
    ['EIO', 'storage_failed', 'transient'],
    ['EROFS', 'storage_failed', 'transient'],
  ])('for %s is %s', (errno, code, kind) => {
    expect(classifyFileError(Object.assign(new Error('write'), { code: errno }))).toMatchObject({ code, kind });
  });
});
