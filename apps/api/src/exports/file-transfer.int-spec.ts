import { ArtifactStore } from '#lib/artifacts';
import { jest } from '@jest/globals';
import { type FileHandle, truncate } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { memoryInUse } from '../testing/memory-in-use.js';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

const MB = 1 << 20;
const agent = new Agent({ keepAlive: true });
const SIZE = 200 * MB;

let api: RunningApi;
let admin: Person;
let id: string;
let artifact: string;
let handle: FileHandle | null = null;
const handles = new Set<FileHandle>();

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
  const row = await api.ready(admin, Buffer.from('x'));
  id = row.id;
  artifact = join(api.config.storageDir, row.file?.key ?? '');
  // A hole as long as a database: no time to write it, and as many bytes to send.
  await truncate(artifact, SIZE);
  await api.database.sql(`UPDATE pgexport.exports SET file = file || jsonb_build_object('sizeBytes', $1::bigint)`, [
    SIZE,
  ]);
  const store = api.app.get(ArtifactStore);
  const open = store.open.bind(store);
  jest.spyOn(store, 'open').mockImplementation(async (key) => {
    handle = await open(key);
    if (handle !== null) handles.add(handle);
    return handle;
  });
});
afterAll(async () => {
  agent.destroy();
  await api.stop();
});

/** A client that has asked and does not read yet. */
function begin(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = `${api.url}/api/v1/admin/db/export/${id}/file`;
    get(url, { headers: { Authorization: admin.bearer }, agent }, resolve).on('error', reject);
  });
}

/** Bytes the server has put on the way; both ends are in this process. */
async function settled(...clients: IncomingMessage[]): Promise<void> {
  let last = -1;
  let same = 0;
  await until('the server stops reading ahead', () => {
    const now = clients.reduce((sum, { socket }) => sum + socket.bytesRead, 0);
    same = now === last ? same + 1 : 0;
    last = now;
    return same > 20;
  });
}

const closed = () => handle?.fd === -1;
const allClosed = () => [...handles].every(({ fd }) => fd === -1);

it('waits for a slow client without holding the file in memory, and sends all of it', async () => {
  const before = process.memoryUsage().rss;
  const client = await begin();
  await settled(client);

  expect(process.memoryUsage().rss - before).toBeLessThan(80 * MB);
  expect(client.socket.bytesRead).toBeLessThan(20 * MB);
  expect(closed()).toBe(false);

  let received = 0;
  for await (const chunk of client) received += (chunk as Buffer).length;
  expect(received).toBe(SIZE);
  await until('the file is closed', closed);
});

it('takes the same two buffers for a client, however slow it is and however long it takes', async () => {
  const CLIENTS = 20;
  const before = memoryInUse().buffers;
  const clients = await Promise.all(Array.from({ length: CLIENTS }, begin));
  await settled(...clients);
  // Two of 256 KiB, and what the client's own stream holds. What was collected is given back a little later, in the background.
  const holdsNoMore = () => (memoryInUse().buffers - before) / CLIENTS < 0.75 * MB;
  await until('each takes its two buffers and no more', holdsNoMore);

  for (const client of clients) {
    for (let received = 0; received < 20 * MB;) {
      const chunk = client.read() as Buffer | null;
      if (chunk === null) await new Promise((resolve) => client.once('readable', resolve));
      else received += chunk.length;
    }
  }
  await settled(...clients);

  await until('each takes its two buffers and no more, later too', holdsNoMore);
  clients.forEach((client) => client.destroy());
  await until('the files are closed', allClosed);
});

it('closes the file when the client leaves in the middle', async () => {
  const client = await begin();
  await settled(client);

  client.destroy();

  await until('the file is closed', closed);
  expect(api.log.filter((line) => line.includes('"level":50'))).toEqual([]);
});

it('closes the file after HEAD, after a part, and after a range beyond the end', async () => {
  for (const headers of [{ Range: 'bytes=0-9' }, { Range: `bytes=${String(SIZE)}-` }]) {
    await api.call('get', `/admin/db/export/${id}/file`, admin).set(headers);
    await until('the file is closed', closed);
  }
  await api.call('head', `/admin/db/export/${id}/file`, admin).expect(200);
  await until('the file is closed', closed);
});

it('closes the file also of an answer that waits behind another one when the client leaves', async () => {
  handles.clear();
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  const ask = `GET /api/v1/admin/db/export/${id}/file HTTP/1.1\r\nHost: a\r\nAuthorization: ${admin.bearer}\r\n\r\n`;
  socket.write(ask + ask);
  await until('both are under way', () => handles.size === 2);

  socket.destroy();

  await until('the files are closed', allClosed);
});

// The last one, because the file stays short.
it('cuts the connection when the file shrinks on the way, so that the client knows', async () => {
  const client = await begin();
  await settled(client);
  await truncate(artifact, 30 * MB);

  client.resume();

  await until('the client is told', () => client.destroyed && client.errored !== null);
  await until('the file is closed', closed);
});
