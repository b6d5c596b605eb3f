import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { type Person, RunningApi } from '../testing/running-api.js';
import { RouteInspection } from './route-inspection.js';
import { Public } from './route-right.js';

const ID = '01900000-0000-7000-8000-000000000000';

/** The contract, §3 "Who may": what nobody, OPS and SUPER_ADMIN get. Who may ask gets 400 for the missing body, 404 for the unknown id. */
const TABLE: Record<string, [nobody: number, ops: number, superAdmin: number]> = {
  'POST /auth/login': [400, 400, 400],
  'POST /auth/refresh': [401, 401, 401],
  'GET /auth/me': [401, 200, 200],
  'POST /auth/step-up': [401, 400, 400],
  'GET /admin/users': [401, 403, 200],
  'POST /admin/users': [401, 403, 400],
  'PATCH /admin/users/:id': [401, 403, 400],
  'GET /admin/tokens': [401, 403, 200],
  'POST /admin/tokens': [401, 403, 400],
  'DELETE /admin/tokens/:id': [401, 403, 404],
  'POST /admin/db/export': [401, 403, 202],
  'GET /admin/db/export': [401, 200, 200],
  'GET /admin/db/export/:id': [401, 404, 404],
  'GET /admin/db/export/:id/events': [401, 404, 404],
  'POST /admin/db/export/:id/cancel': [401, 403, 404],
  'DELETE /admin/db/export/:id': [401, 403, 404],
  'GET /admin/db/export/:id/file': [401, 403, 404],
  'POST /admin/db/export/:id/download-link': [401, 403, 404],
  'GET /admin/db/databases': [401, 200, 200],
  'GET /health/live': [200, 200, 200],
  'GET /health/ready': [503, 503, 503],
  // The last one, because it ends the session.
  'POST /auth/logout': [204, 204, 204],
};

let api: RunningApi;
let ops: Person;
let superAdmin: Person;

beforeAll(async () => {
  api = await RunningApi.start();
  [ops, superAdmin] = await Promise.all([api.person('OPS'), api.person('SUPER_ADMIN')]);
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

  expect(routes.sort()).toEqual(Object.keys(TABLE).sort());
});

it.each(Object.entries(TABLE))('%s answers nobody, OPS and SUPER_ADMIN with %j', async (route, expected) => {
  expect([await statusOf(route), await statusOf(route, ops), await statusOf(route, superAdmin)]).toEqual(expected);
});

it('asks as much of HEAD as of GET', async () => {
  await api.call('head', `/admin/db/export/${ID}/file`).expect(401);
  await api.call('head', `/admin/db/export/${ID}/file`, await api.person('OPS')).expect(403);
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
