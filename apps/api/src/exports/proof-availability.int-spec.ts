import { WorkerRoll } from '#lib/database';
import { connectToSource, disconnect, readSourceFacts, SourceAddress } from '#lib/dump-engine';
import { type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let admin: Person;
/** Of the databases' server. */
let major: number;

beforeAll(async () => {
  api = await RunningApi.start({ EXPORT_DATABASE_URL_AWAY: 'postgres://reader@127.0.0.1:1/away' });
  admin = await api.person('SUPER_ADMIN');
  const client = await connectToSource(new SourceAddress(api.database.url), 'pg-export trial');
  ({ serverMajor: major } = await readSourceFacts(client).finally(() => disconnect(client)));
});
afterAll(() => api.stop());
afterEach(() => api.database.sql('DELETE FROM pgexport.workers; DELETE FROM pgexport.exports'));

const worker = (id: string, majors: number[]) => api.app.get(WorkerRoll).report(id, majors);
const ask = (body: object = {}, key?: string) => {
  const asked = api.call('post', '/admin/db/export', admin);
  return (key === undefined ? asked : asked.set('Idempotency-Key', key)).send({ verify: 'restore', ...body });
};

it('is there when one of the workers has a server like the source', async () => {
  await worker('one', [major + 1]);
  await worker('other', [major]);
  expect((await ask().expect(202)).body.options.verify).toBe('restore');
});

it('is refused when none of them has, naming the package', async () => {
  await worker('one', [major + 1]);
  await worker('other', []);
  const { body } = await ask().expect(422);
  expect(body).toMatchObject({
    code: 'verify_unavailable',
    detail: expect.stringContaining(`the package postgresql-${String(major)} `),
  });
  expect(await api.database.sql('SELECT FROM pgexport.exports')).toEqual([]);
});

it('counts only workers that are alive', async () => {
  await worker('dead', [major]);
  await api.database.sql(`UPDATE pgexport.workers SET seen_at = now() - interval '31 seconds'`);
  await worker('alive', []);
  expect((await ask().expect(422)).body.code).toBe('verify_unavailable');
});

it('is left to the run where it cannot be known: no worker, or a source that does not answer', async () => {
  await ask().expect(202);
  await worker('one', []);
  await ask({ database: 'away' }).expect(202);
});

it('was decided by the first request with a key', async () => {
  const first = await ask({}, 'nightly').expect(202);
  await worker('one', []);
  expect((await ask({}, 'nightly').expect(202)).body.id).toBe(first.body.id);
  await ask({}, 'another').expect(422);
});

it.each([
  [{ encryptTo: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'] }, 'encryptTo is not possible'],
  [{ content: 'data' }, 'content "data" is not possible'],
])('cannot be had with %j', async (options, reason) => {
  const { body } = await ask(options).expect(422);
  expect(body).toMatchObject({ code: 'invalid_options', detail: expect.stringContaining(reason) });
});
