import { SourceAddress } from './source-address.js';

const environment = (url: string, serverMajor = 15) =>
  new SourceAddress(url).libpqEnvironment('pg-export/1', serverMajor);
const config = (url: string) =>
  new SourceAddress(url).clientConfig('pg-export/1', new SourceAddress(url).tlsWays[0] === true);

describe('a source address', () => {
  it('tells libpq and node-postgres the same', () => {
    const url = 'postgres://reader:secret@db.example.com:6432/shop';
    expect(environment(url)).toMatchObject({
      PGHOST: 'db.example.com',
      PGPORT: '6432',
      PGUSER: 'reader',
      PGPASSWORD: 'secret',
      PGDATABASE: 'shop',
      PGAPPNAME: 'pg-export/1',
    });
    expect(config(url)).toMatchObject({
      host: 'db.example.com',
      port: 6432,
      user: 'reader',
      password: 'secret',
      database: 'shop',
      application_name: 'pg-export/1',
    });
  });

  it('decodes what is percent-encoded: user, password, database', () => {
    const url = `postgresql://${encodeURIComponent('o@o')}:${encodeURIComponent('p@ss /é%:#?')}@h/${encodeURIComponent('dæta base')}`;
    expect(environment(url)).toMatchObject({ PGUSER: 'o@o', PGPASSWORD: 'p@ss /é%:#?', PGDATABASE: 'dæta base' });
    expect(config(url)).toMatchObject({ user: 'o@o', password: 'p@ss /é%:#?', database: 'dæta base' });
  });

  it('keeps the case of a name, and a plus sign, as libpq does', () => {
    const url = 'postgres://Reader@h/Shop?password=a+b%20c';
    expect(environment(url)).toMatchObject({ PGUSER: 'Reader', PGDATABASE: 'Shop', PGPASSWORD: 'a+b c' });
  });

  it('has the defaults of PostgreSQL: port 5432, and the database named like the user', () => {
    expect(environment('postgres://reader@h')).toMatchObject({ PGPORT: '5432', PGDATABASE: 'reader', PGPASSWORD: '' });
    expect(environment('postgres:///shop')).toMatchObject({ PGHOST: 'localhost', PGUSER: 'postgres' });
  });

  it('takes the brackets off an IPv6 address', () => {
    expect(environment('postgres://u@[::1]:5433/d')).toMatchObject({ PGHOST: '::1', PGPORT: '5433' });
  });

  it.each(['postgres://u@%2Frun%2Fpostgresql/d', 'postgres:///d?host=/run/postgresql&user=u'])(
    'knows a Unix socket by its folder, and tries no TLS there: %s',
    (url) => {
      expect(environment(url)).toMatchObject({ PGHOST: '/run/postgresql', PGUSER: 'u', PGDATABASE: 'd' });
      expect(config(url)).toMatchObject({ host: '/run/postgresql', ssl: false });
    },
  );

  it('passes libpq its parameters, and nothing that it does not know', () => {
    const given = environment('postgres://h/d?sslmode=verify-full&sslrootcert=/ca.pem&target_session_attrs=any&x=y');
    expect(given).toMatchObject({
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/ca.pem',
      PGTARGETSESSIONATTRS: 'any',
    });
    expect(Object.keys(given).every((name) => name.startsWith('PG'))).toBe(true);
    expect(Object.values(given)).not.toContain('y');
  });

  it('adds to the options of the URL what ends a backend whose client is gone', () => {
    const { PGOPTIONS } = environment('postgres://h/d?options=-c%20search_path%3Dx');
    expect(PGOPTIONS).toMatch(/^-c search_path=x /);
    expect(PGOPTIONS).toContain('-c client_connection_check_interval=2s');
    expect(PGOPTIONS).toContain('-c tcp_user_timeout=30s');
  });

  it('does not ask a server before PostgreSQL 14 for a setting it does not have', () => {
    expect(environment('postgres://h/d', 13)['PGOPTIONS']).not.toContain('client_connection_check_interval');
  });
});

describe('sslmode, as libpq means it', () => {
  it.each([
    ['', [true, false]],
    ['?sslmode=disable', [false]],
    ['?sslmode=allow', [false, true]],
    ['?sslmode=prefer', [true, false]],
    ['?sslmode=require', [true]],
    ['?sslmode=verify-ca', [true]],
    ['?sslmode=verify-full', [true]],
    ['?sslrootcert=system', [true]],
  ])('"%s": TLS is used or not, in this order: %j', (query, ways) => {
    expect(new SourceAddress(`postgres://h/d${query}`).tlsWays).toEqual(ways);
  });

  it.each([
    ['sslmode=no-verify', 'sslmode of the database URL is none of disable, allow'],
    ['sslmode=', 'sslmode of the database URL is none of'],
    [
      'sslrootcert=system&sslmode=require',
      'sslrootcert=system of the database URL goes with sslmode=verify-full alone.',
    ],
  ])('is refused where libpq would: %s', (query, words) => {
    expect(() => new SourceAddress(`postgres://h/d?${query}`).tlsWays).toThrow(
      expect.objectContaining({
        code: 'source_unreachable',
        message: 'The TLS settings of the database URL do not hold.',
        detail: expect.stringContaining(words) as string,
      }),
    );
  });

  it('checks certificates against the authorities of the system, and their names, with sslrootcert=system', () => {
    const { ssl } = config('postgres://h/d?sslrootcert=system');
    expect(ssl).toMatchObject({ rejectUnauthorized: true, ca: expect.any(Array) as string[] });
    expect(ssl).not.toHaveProperty('checkServerIdentity');
  });

  it('has pg_dump 16 or newer for sslrootcert=system, which older ones take for a file, and says what to do', () => {
    const address = new SourceAddress('postgres://h/d?sslrootcert=system');
    expect(() => address.requireClient(16)).not.toThrow();
    expect(() => new SourceAddress('postgres://h/d').requireClient(15)).not.toThrow();
    expect(() => address.requireClient(15)).toThrow(
      expect.objectContaining({
        code: 'source_unreachable',
        detail: expect.stringMatching(/needs pg_dump 16 or newer, and it is 15\. Name the file/) as string,
      }),
    );
  });
});
