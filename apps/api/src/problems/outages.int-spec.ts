import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
});
afterAll(() => api.stop());

describe('a database that is away', () => {
  beforeAll(() => api.database.shut());
  afterAll(() => api.database.open());

  it.each(['get /admin/db/export', 'post /admin/db/export', 'get /auth/me', 'post /auth/refresh'])(
    'is 503 with the time to wait, not 500 and not 401: %s',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const { status, headers, body } = await api.call(method as 'get', path, admin).set('Cookie', admin.cookie);

      expect({ status, code: body.code, wait: headers['retry-after'] }).toEqual({
        status: 503,
        code: 'database_unavailable',
        wait: '5',
      });
      expect(body.detail).not.toMatch(/postgres|api_|127\.0\.0\.1/);
    },
  );

  it('is said by health, while the process itself is alive', async () => {
    await api.call('get', '//health/live').expect(200);
    const { body } = await api.call('get', '//health/ready').expect(503);

    expect(body.parts).toMatchObject({ database: 'down', queue: 'down', worker: 'down', storage: 'up' });
  });
});

it('is used again as soon as it is back, with the session from before', async () => {
  await api.call('get', '/auth/me', admin).expect(200);
  await api.call('post', '/admin/db/export', admin).expect(202);
});

describe('an error that nobody foresaw', () => {
  beforeAll(() => api.database.sql('ALTER TABLE pgexport.exports RENAME TO exports_hidden'));
  afterAll(() => api.database.sql('ALTER TABLE pgexport.exports_hidden RENAME TO exports'));

  it('says nothing of the inside', async () => {
    const { status, body } = await api.call('get', '/admin/db/export', admin);

    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'internal', title: 'Internal Server Error' });
    expect(JSON.stringify(body)).not.toMatch(/exports|\brelation|SELECT|Error:|\.ts|\.js|pgexport/);
  });

  it('is found in the log by its correlation id', async () => {
    const { body } = await api.call('get', '/admin/db/export', admin).set('X-Correlation-Id', 'find-me');

    expect(body.correlationId).toBe('find-me');
    const lines = api.log.filter((line) => line.includes('find-me'));
    expect(lines.join('')).toContain('relation \\"pgexport.exports\\" does not exist');
  });

  it('brings no secret into the log', () => {
    expect(api.log.join('')).not.toContain(admin.bearer.slice('Bearer '.length));
    expect(api.log.join('')).not.toContain(admin.cookie.split('=')[1]);
  });
});

describe('a statement that fails', () => {
  const email = 'in-no-log@example.com';
  const newUser = { email, password: PASSWORD, role: 'OPS' };

  beforeAll(() =>
    api.database.sql(`ALTER TABLE pgexport.users ADD CONSTRAINT nobody_else CHECK (email <> '${email}')`),
  );
  afterAll(() => api.database.sql('ALTER TABLE pgexport.users DROP CONSTRAINT nobody_else'));

  it('is logged with its SQLSTATE, and without its parameters and the row', async () => {
    await api.call('post', '/admin/users', admin).send(newUser).set('X-Correlation-Id', 'a-new-user').expect(500);

    const lines = api.log.filter((line) => line.includes('a-new-user')).map((line): unknown => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({
        err: {
          type: 'QueryFailedError',
          message: expect.stringContaining('nobody_else'),
          stack: expect.any(String),
          code: '23514',
        },
      }),
    );
    expect(JSON.stringify(lines)).not.toContain('argon2');
    expect(JSON.stringify(lines)).not.toContain(email);
  });
});
