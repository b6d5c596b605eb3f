import { RIGHTS } from '#lib/domain';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { type Person, RunningApi } from '../testing/running-api.js';
import { RouteInspection } from './route-inspection.js';
import { Public } from './route-right.js';

const ID = '01900000-0000-7000-8000-000000000000';

/**
 * The contract, §3 "Who may": what each kind of caller gets. Who may ask gets 400 for the missing body, 404 for the
 * unknown id. The last six are API tokens of a SUPER_ADMIN with one scope each.
 */
const TABLE = `
                                          | nobody | OPS | SUPER_ADMIN | read | create | download | manage | audit | metrics
  POST /auth/login                        |    400 | 400 |         400 |  400 |    400 |      400 |    400 |   400 |     400
  POST /auth/refresh                      |    401 | 401 |         401 |  401 |    401 |      401 |    401 |   401 |     401
  GET /auth/me                            |    401 | 200 |         200 |  403 |    403 |      403 |    403 |   403 |     403
  POST /auth/step-up                      |    401 | 400 |         400 |  403 |    403 |      403 |    403 |   403 |     403
  GET /auth/methods                       |    200 | 200 |         200 |  200 |    200 |      200 |    200 |   200 |     200
  GET /auth/oidc/start                    |    404 | 404 |         404 |  404 |    404 |      404 |    404 |   404 |     404
  GET /auth/oidc/callback                 |    404 | 404 |         404 |  404 |    404 |      404 |    404 |   404 |     404
  GET /auth/totp                          |    401 | 200 |         200 |  403 |    403 |      403 |    403 |   403 |     403
  POST /auth/totp                         |    401 | 201 |         201 |  403 |    403 |      403 |    403 |   403 |     403
  POST /auth/totp/confirm                 |    401 | 400 |         400 |  403 |    403 |      403 |    403 |   403 |     403
  DELETE /auth/totp                       |    401 | 204 |         204 |  403 |    403 |      403 |    403 |   403 |     403
  POST /auth/password                     |    401 | 400 |         400 |  403 |    403 |      403 |    403 |   403 |     403
  GET /auth/sessions                      |    401 | 200 |         200 |  403 |    403 |      403 |    403 |   403 |     403
  DELETE /auth/sessions/:id               |    401 | 404 |         404 |  403 |    403 |      403 |    403 |   403 |     403
  GET /admin/users                        |    401 | 403 |         200 |  403 |    403 |      403 |    403 |   403 |     403
  POST /admin/users                       |    401 | 403 |         400 |  403 |    403 |      403 |    403 |   403 |     403
  PATCH /admin/users/:id                  |    401 | 403 |         400 |  403 |    403 |      403 |    403 |   403 |     403
  POST /admin/users/:id/reset-password    |    401 | 403 |         404 |  403 |    403 |      403 |    403 |   403 |     403
  POST /admin/users/:id/reset-totp        |    401 | 403 |         404 |  403 |    403 |      403 |    403 |   403 |     403
  GET /admin/tokens                       |    401 | 403 |         200 |  403 |    403 |      403 |    403 |   403 |     403
  POST /admin/tokens                      |    401 | 403 |         400 |  403 |    403 |      403 |    403 |   403 |     403
  DELETE /admin/tokens/:id                |    401 | 403 |         404 |  403 |    403 |      403 |    403 |   403 |     403
  POST /admin/db/export                   |    401 | 403 |         202 |  403 |    202 |      403 |    403 |   403 |     403
  POST /admin/db/export/estimate          |    401 | 403 |         200 |  403 |    200 |      403 |    403 |   403 |     403
  GET /admin/db/export                    |    401 | 200 |         200 |  200 |    403 |      403 |    403 |   403 |     403
  GET /admin/db/export/:id                |    401 | 404 |         404 |  404 |    403 |      403 |    403 |   403 |     403
  GET /admin/db/export/:id/events         |    401 | 404 |         404 |  404 |    403 |      403 |    403 |   403 |     403
  GET /admin/db/export/:id/tables         |    401 | 404 |         404 |  404 |    403 |      403 |    403 |   403 |     403
  POST /admin/db/export/:id/cancel        |    401 | 403 |         404 |  403 |    403 |      403 |    404 |   403 |     403
  DELETE /admin/db/export/:id             |    401 | 403 |         404 |  403 |    403 |      403 |    404 |   403 |     403
  GET /admin/db/export/:id/file           |    401 | 403 |         404 |  403 |    403 |      404 |    403 |   403 |     403
  POST /admin/db/export/:id/download-link |    401 | 403 |         404 |  403 |    403 |      404 |    403 |   403 |     403
  GET /admin/db/databases                 |    401 | 200 |         200 |  200 |    403 |      403 |    403 |   403 |     403
  GET /admin/db/databases/:name/tables    |    401 | 404 |         404 |  404 |    403 |      403 |    403 |   403 |     403
  GET /admin/audit                        |    401 | 403 |         200 |  403 |    403 |      403 |    403 |   200 |     403
  GET /health/live                        |    200 | 200 |         200 |  200 |    200 |      200 |    200 |   200 |     200
  GET /health/ready                       |    503 | 503 |         503 |  503 |    503 |      503 |    503 |   503 |     503
  POST /auth/logout                       |    204 | 204 |         204 |  204 |    204 |      204 |    204 |   204 |     204
`;
// The sign-out is the last one, because it ends the session.

const ROUTES = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([route = '', ...statuses]) => ({ route, expected: statuses.join(' ') }));

let api: RunningApi;
let ops: Person;
/** In the order of the table's columns. */
let callers: (Person | undefined)[];

beforeAll(async () => {
  api = await RunningApi.start();
  ops = await api.person('OPS');
  const superAdmin = await api.person('SUPER_ADMIN');
  const tokens = await Promise.all(RIGHTS.map((scope) => api.token(superAdmin, [scope])));
  callers = [undefined, ops, superAdmin, ...tokens];
});
afterAll(() => api.stop());

async function statusOf(route: string, by?: Person): Promise<number> {
  const [method = '', path = ''] = route.split(' ');
  const url = path.replace(':id', ID);
  const verb = method.toLowerCase() as 'get' | 'post';
  return (await api.call(verb, url.startsWith('/health/') ? `/${url}` : url, by)).status;
}

it('has a line for every route of the running application, and no other', () => {
  const routes = api.app
    .get(RouteInspection)
    .routes()
    .map(({ method, path }) => `${method} ${path}`);

  expect(routes.sort()).toEqual(ROUTES.map(({ route }) => route).sort());
});

// Named after the mistake (CVE-2026-17350): the right is checked on one route and not on its neighbour.
it.each(ROUTES)('$route answers $expected', async ({ route, expected }) => {
  const statuses: number[] = [];
  for (const caller of callers) statuses.push(await statusOf(route, caller));

  expect(statuses.join(' ')).toBe(expected);
});

it('asks as much of HEAD as of GET', async () => {
  await api.call('head', `/admin/db/export/${ID}/file`).expect(401);
  await api.call('head', `/admin/db/export/${ID}/file`, await api.person('OPS')).expect(403);
  await api.call('head', `/admin/db/export/${ID}/file`, await api.person('SUPER_ADMIN')).expect(404);
});

@Controller('half-open')
class HalfOpenController {
  @Public()
  @Get('declared')
  declared() {
    return 'anybody';
  }

  @Get('forgotten')
  forgotten() {
    return 'nobody thought about it';
  }
}

@Module({ imports: [DiscoveryModule], controllers: [HalfOpenController], providers: [RouteInspection] })
class HalfOpenModule {}

it('does not start with a route that declares no right, and names that route alone', async () => {
  const start = NestFactory.create(HalfOpenModule, { logger: false, abortOnError: false }).then((app) => app.init());

  await expect(start).rejects.toThrow(
    'These routes declare no right, so nobody knows who may call them: GET /half-open/forgotten (HalfOpenController.forgotten)',
  );
});
