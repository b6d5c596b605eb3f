import { Authenticator } from '../testing/authenticator.js';
import { OpenAnswer } from '../testing/open-answer.js';
import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';

const EXPORTS = '/admin/db/export';

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start({ REQUIRE_TOTP: 'true' });
});
afterAll(() => api.stop());
beforeEach(async () => {
  admin = await api.person('SUPER_ADMIN');
});

const refused = async (answer: ReturnType<RunningApi['call']>) => {
  const { body } = await answer.expect(403);
  expect(body.code).toBe('totp_enrolment_required');
};

describe('where REQUIRE_TOTP is true, a SUPER_ADMIN without a second factor', () => {
  it.each([
    'get /admin/db/export',
    'post /admin/db/export',
    'get /admin/db/databases',
    'get /admin/users',
    'post /admin/tokens',
    'delete /auth/totp',
  ])('is refused %s', async (route) => {
    const [method, path] = route.split(' ') as ['get', string];
    await refused(api.call(method, path, admin));
  });

  it('sees itself, stays signed in, steps up, sets one up, and may then do everything', async () => {
    await api.call('get', '/auth/me', admin).expect(200);
    await api.call('post', '/auth/refresh').set('Cookie', admin.cookie).expect(200);
    await api.call('post', '/auth/step-up', admin).send({ password: PASSWORD }).expect(204);
    expect((await api.call('get', '/auth/totp', admin)).body).toMatchObject({ enabled: false, required: true });
    await Authenticator.enrol(api, admin);

    await api.call('get', '/admin/users', admin).expect(200);
    await api.call('post', EXPORTS, admin).expect(202);
  });

  it('is back there once it has taken it away: its tokens, links and streams are dead meanwhile', async () => {
    await Authenticator.enrol(api, admin);
    const token = await api.token(admin, ['exports:read', 'exports:download']);
    const { id } = await api.ready(admin, Buffer.from('abc'));
    const { body } = await api.call('post', `${EXPORTS}/${id}/download-link`, admin).expect(201);
    const running = await api.running(admin);
    const stream = await OpenAnswer.to(`${api.url}/api/v1${EXPORTS}/${running.id}/events`, {
      Authorization: admin.bearer,
    });
    await stream.eventCount(1);
    await api.call('delete', '/auth/totp', admin).expect(204);

    await refused(api.call('get', EXPORTS, admin));
    await refused(api.call('get', EXPORTS, token));
    expect((await fetch(`${api.url}${String(body.url)}`)).status).toBe(403);
    await stream.end();
  });
});

it('REQUIRE_TOTP asks nothing of OPS', async () => {
  const ops = await api.person('OPS');

  await api.call('get', EXPORTS, ops).expect(200);
  expect((await api.call('get', '/auth/totp', ops)).body).toMatchObject({ required: false });
});
