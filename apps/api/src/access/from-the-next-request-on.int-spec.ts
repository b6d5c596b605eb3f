import { SessionStore, TokenStore, UserDirectory } from '#lib/database';
import { jest } from '@jest/globals';
import { ExportSightings } from '../exports/export-sightings.js';
import { type Person, RunningApi } from '../testing/running-api.js';
import { AccessKeyRing } from './access-key-ring.js';
import { AccessTokens } from './access-tokens.js';

let api: RunningApi;
let id: string;

beforeAll(async () => {
  api = await RunningApi.start();
  const admin = await api.person('SUPER_ADMIN');
  ({ id } = await api.queued(admin));
});
afterAll(() => api.stop());
afterEach(() => jest.restoreAllMocks());

const poll = async (by: Person) => (await api.call('get', `/admin/db/export/${id}`, by)).status;

/** The same with a letter of the token changed. */
const forged = (by: Person): Person => ({
  ...by,
  bearer: by.bearer.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
});

type Question = (ids: readonly string[]) => Promise<unknown[]>;

/** The next question about who lives is answered by the database at once, and told when the test says so. */
function holdNext<Name extends string>(store: Record<Name, Question>, name: Name) {
  const isAnswered = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<undefined>();
  const ask = store[name].bind(store);
  jest.spyOn(store as Record<string, Question>, name).mockImplementationOnce(async (ids) => {
    const alive = await ask(ids);
    isAnswered.resolve(undefined);
    await release.promise;
    return alive;
  });
  return { isAnswered: isAnswered.promise, release: () => release.resolve(undefined) };
}

describe('while a question from before is still on its way', () => {
  const changes: Record<string, (by: Person) => Promise<unknown>> = {
    'a sign-out': (by) => api.call('post', '/auth/logout', by).expect(204),
    'a sign-out in another process': ({ sessionId }) =>
      api.database.sql('UPDATE pgexport.sessions SET ended_at = now() WHERE id = $1', [sessionId]),
    'an account that is switched off': (by) => api.app.get(UserDirectory).change(by.id, { disabled: true }),
    'an account that is switched off in another process': (by) =>
      api.database.sql('UPDATE pgexport.users SET disabled = true WHERE id = $1', [by.id]),
  };
  it.each(Object.entries(changes))('%s holds from the next request on', async (_, change) => {
    const by = await api.person('OPS');
    const held = holdNext(api.app.get(SessionStore), 'aliveAmong');
    const early = poll(by);
    await held.isAnswered;
    await change(by);

    expect(await Promise.all([poll(by), poll(by), poll(by)])).toEqual([401, 401, 401]);
    held.release();
    expect(await early).toBe(200);
    expect(await poll(by)).toBe(401);
  });

  it('a demotion does', async () => {
    const by = await api.person('SUPER_ADMIN');
    const users = async () => (await api.call('get', '/admin/users', by)).status;
    const held = holdNext(api.app.get(SessionStore), 'aliveAmong');
    const early = users();
    await held.isAnswered;
    await api.app.get(UserDirectory).change(by.id, { role: 'OPS' });

    expect([await users(), await poll(by)]).toEqual([403, 200]);
    held.release();
    expect(await early).toBe(200);
  });

  it('the end of an API token does', async () => {
    const by = await api.token(await api.person('SUPER_ADMIN'), ['exports:read']);
    const held = holdNext(api.app.get(TokenStore), 'aliveByHashes');
    const early = poll(by);
    await held.isAnswered;
    await api.database.sql('UPDATE pgexport.api_tokens SET revoked_at = now() WHERE id = $1', [by.sessionId]);

    expect(await poll(by)).toBe(401);
    held.release();
    expect(await early).toBe(200);
  });

  it('a change of an export is seen', async () => {
    const by = await api.person('OPS');
    await poll(by);
    const stop = new AbortController();
    const others = Array.from({ length: 16 }, async () => {
      while (!stop.signal.aborted) await poll(by);
    });
    for (let version = 1; version <= 20; version += 1) {
      await api.database.sql('UPDATE pgexport.exports SET version = $2 WHERE id = $1', [id, version]);
      const { headers } = await api.call('get', `/admin/db/export/${id}`, by);
      expect(headers['etag']).toBe(`"${String(version)}-0"`);
    }
    stop.abort();
    await Promise.all(others);
  });
});

describe('an access token that was verified before', () => {
  it('is not verified again, and is asked about each time', async () => {
    const by = await api.person('OPS');
    const verified = jest.spyOn(api.app.get(AccessTokens), 'noteGood');
    const asked = jest.spyOn(api.app.get(SessionStore), 'alive');
    for (let time = 0; time < 3; time += 1) expect(await poll(by)).toBe(200);

    expect([verified.mock.calls.length, asked.mock.calls.length]).toEqual([1, 3]);
  });

  it('is not good any more when its key is gone', async () => {
    const by = await api.person('OPS');
    expect(await poll(by)).toBe(200);
    const find = jest.spyOn(api.app.get(AccessKeyRing), 'find').mockResolvedValue(null);
    expect(await poll(by)).toBe(401);
    find.mockRestore();

    expect(await poll(by)).toBe(200);
  });

  it('is nothing to those who change a letter of it', async () => {
    const by = await api.person('OPS');
    expect(await poll(by)).toBe(200);
    expect(await poll(forged(by))).toBe(401);
    expect(await poll(by)).toBe(200);
  });
});

describe('what a poll is about', () => {
  it('is asked for while it is asked whether its caller may see it, and once', async () => {
    const by = await api.person('OPS');
    await poll(by);
    const asked = jest.spyOn(api.app.get(ExportSightings), 'poll');
    const held = holdNext(api.app.get(SessionStore), 'aliveAmong');
    const answered = poll(by);
    await held.isAnswered;
    expect(asked).toHaveBeenCalledTimes(1);
    held.release();
    expect(await answered).toBe(200);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is shown to nobody whose session has ended, though it was asked for', async () => {
    const by = await api.person('OPS');
    await poll(by);
    await api.database.sql('UPDATE pgexport.sessions SET ended_at = now() WHERE id = $1', [by.sessionId]);
    const asked = jest.spyOn(api.app.get(ExportSightings), 'poll');
    expect(await poll(by)).toBe(401);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is asked for by no token that was not verified', async () => {
    const asked = jest.spyOn(api.app.get(ExportSightings), 'poll');
    const by = await api.person('OPS');
    await poll(by);
    asked.mockClear();
    expect(await poll(forged(by))).toBe(401);
    expect(asked).not.toHaveBeenCalled();
  });
});
