import { ArtifactStore } from '#lib/artifacts';
import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Person, RunningApi } from '../testing/running-api.js';

const BYTES = Buffer.from('abcdefghij');
const SHA256 = createHash('sha256').update(BYTES);
const DIGEST = SHA256.copy().digest('base64');
const ETAG = `"${SHA256.copy().digest('hex')}"`;

let api: RunningApi;
let admin: Person;
let id: string;
let artifact: string;

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
});
afterAll(() => api.stop());
beforeEach(async () => {
  const row = await api.ready(admin, BYTES);
  id = row.id;
  artifact = join(api.config.storageDir, row.file?.key ?? '');
});

function file(headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const url = `${api.url}/api/v1/admin/db/export/${id}/file`;
  return fetch(url, { method, headers: { Authorization: admin.bearer, ...headers } });
}

async function codeOf(answer: Response): Promise<string> {
  return `${String(answer.status)} ${((await answer.json()) as { code: string }).code}`;
}

describe('the whole file', () => {
  it('comes with its length, its tag, its digest and its name', async () => {
    const answer = await file();

    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-length': '10',
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="main-2026-11-23T021500Z.dump.zst"',
      'repr-digest': `sha-256=:${DIGEST}:`,
      etag: ETAG,
    });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(BYTES);
  });

  it('has the same headers and no bytes for HEAD', async () => {
    const [get, head] = [await file(), await file({}, 'HEAD')];
    const own = ['date', 'x-correlation-id', 'connection', 'keep-alive'];
    const headersOf = ({ headers }: Response) =>
      Object.fromEntries([...headers].filter(([name]) => !own.includes(name)));

    expect(head.status).toBe(200);
    expect(headersOf(head)).toEqual(headersOf(get));
    expect(await head.text()).toBe('');
  });
});

describe('Range', () => {
  it.each([
    ['bytes=0-3', 'abcd', '0-3'],
    ['bytes=4-6', 'efg', '4-6'],
    ['bytes=9-9', 'j', '9-9'],
    ['bytes=7-', 'hij', '7-9'],
    ['bytes=0-', 'abcdefghij', '0-9'],
    ['bytes=5-100', 'fghij', '5-9'],
    ['bytes=-3', 'hij', '7-9'],
    ['bytes=-100', 'abcdefghij', '0-9'],
    ['bytes=4-18446744073709551615', 'efghij', '4-9'],
    ['bytes=-99999999999999999999', 'abcdefghij', '0-9'],
    ['Bytes=0-3', 'abcd', '0-3'],
  ])('%s is 206 with "%s"', async (range, part, span) => {
    const answer = await file({ Range: range });

    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${span}/10`);
    expect(answer.headers.get('content-length')).toBe(String(part.length));
    expect(answer.headers.get('repr-digest')).toBe(`sha-256=:${DIGEST}:`);
    expect(answer.headers.get('etag')).toBe(ETAG);
    expect(await answer.text()).toBe(part);
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s is beyond the file: 416 with its size',
    async (range) => {
      const answer = await file({ Range: range });

      expect(answer.headers.get('content-range')).toBe('bytes */10');
      expect(answer.headers.get('etag')).toBeNull();
      expect(await codeOf(answer)).toBe('416 range_not_satisfiable');
    },
  );

  it.each(['bytes=0-1,4-5', 'bytes=3-1', 'bytes=a-b', 'bytes=', 'bytes=-', 'items=0-1', '0-1', 'bytes=0--1'])(
    '%s is passed over: 200 with everything',
    async (range) => {
      const answer = await file({ Range: range });

      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-range')).toBeNull();
      expect(await answer.text()).toBe('abcdefghij');
    },
  );

  it('means nothing to HEAD (RFC 9110 §14.2)', async () => {
    const answer = await file({ Range: 'bytes=0-3' }, 'HEAD');

    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '10']);
  });

  it('goes on where If-Range names the same file', async () => {
    expect((await file({ Range: 'bytes=4-', 'If-Range': ETAG })).status).toBe(206);
  });

  it.each([`W/${ETAG}`, '"another file"', 'Wed, 21 Oct 2026 07:28:00 GMT'])(
    'begins again where If-Range is %s',
    async (ifRange) => {
      const answer = await file({ Range: 'bytes=4-', 'If-Range': ifRange });

      expect([answer.status, await answer.text()]).toEqual([200, 'abcdefghij']);
    },
  );

  it('puts a download together from its parts', async () => {
    const parts = await Promise.all(
      [0, 3, 6, 9].map(async (first) => (await file({ Range: `bytes=${String(first)}-${String(first + 2)}` })).text()),
    );

    expect(parts.join('')).toBe('abcdefghij');
  });
});

describe('a file that is not there', () => {
  it('is not ready while the export waits, runs, or when it failed', async () => {
    for (const row of [await api.queued(admin), await api.running(admin)]) {
      id = row.id;
      expect(await codeOf(await file())).toBe('409 not_ready');
    }
    await api.database.sql(`UPDATE pgexport.exports SET status = 'failed' WHERE id = $1`, [id]);
    expect(await codeOf(await file())).toBe('409 not_ready');
  });

  it('is gone after it was deleted, from the disk too', async () => {
    await api.call('delete', `/admin/db/export/${id}`, admin).expect(204);

    expect(await codeOf(await file())).toBe('410 gone');
    await expect(truncate(artifact)).rejects.toThrow('ENOENT');
  });

  it('is gone after it expired', async () => {
    await api.database.sql(`UPDATE pgexport.exports SET status = 'expired' WHERE id = $1`, [id]);

    expect(await codeOf(await file())).toBe('410 gone');
  });

  it('is gone as soon as its time is over, whether or not it was swept away', async () => {
    await api.database.sql('UPDATE pgexport.exports SET expires_at = now() WHERE id = $1', [id]);

    expect(await codeOf(await file())).toBe('410 gone');
    const { body } = await api.call('post', `/admin/db/export/${id}/download-link`, admin).expect(410);
    expect(body.code).toBe('gone');
  });

  it.each<[string, () => Promise<void>]>([
    ['vanished', () => rm(artifact)],
    ['was cut short', () => truncate(artifact, 5)],
    ['grew', () => writeFile(artifact, 'more', { flag: 'a' })],
    [
      'was replaced by a link to a file of the same size',
      async () => {
        await rename(artifact, `${artifact}-moved`);
        await symlink(`${artifact}-moved`, artifact);
      },
    ],
  ])('that %s is gone, and the export says that it was lost', async (_, harm) => {
    await harm();

    expect(await codeOf(await file())).toBe('410 gone');
    const { body } = await api.call('get', `/admin/db/export/${id}`, admin);
    expect(body).toMatchObject({ status: 'expired', error: { code: 'file_lost', message: expect.any(String) } });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['gone', () => Promise.resolve()],
    ['an empty mount point', () => mkdir(api.config.storageDir)],
  ])('is not lost while the store is away: %s', async (_, leave) => {
    const away = `${api.config.storageDir}-away`;
    await rename(api.config.storageDir, away);
    await leave();
    const answer = await file();
    await rm(api.config.storageDir, { recursive: true, force: true });
    await rename(away, api.config.storageDir);

    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await codeOf(answer)).toBe('503 storage_unavailable');
    expect((await file()).status).toBe(200);
  });

  it('is not mistaken for a lost one when the store cannot be read', async () => {
    jest
      .spyOn(api.app.get(ArtifactStore), 'open')
      .mockRejectedValueOnce(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));

    expect(await codeOf(await file())).toBe('500 internal');
    expect((await file()).status).toBe(200);
  });
});
