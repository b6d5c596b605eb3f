import { jest } from '@jest/globals';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { EventStream } from './event-stream.js';

let response: ServerResponse;
let written: string[];
const never = new AbortController().signal;

beforeEach(() => {
  jest.useFakeTimers();
  written = [];
  response = new ServerResponse(new IncomingMessage(new Socket()));
  jest.spyOn(response, 'write').mockImplementation((chunk: unknown) => {
    written.push(String(chunk));
    return true;
  });
});
afterEach(() => jest.useRealTimers());

it('says every 15 seconds that it still lives', () => {
  new EventStream(response);
  jest.advanceTimersByTime(14_999);
  expect(written).toEqual([]);
  jest.advanceTimersByTime(30_001);

  expect(written).toEqual([': heartbeat\n\n', ': heartbeat\n\n', ': heartbeat\n\n']);
});

it('is the last answer on its connection, which would else keep a server that shuts down waiting', () => {
  new EventStream(response).end();

  expect(response.getHeader('Connection')).toBe('close');
});

it('is silent after the client has gone, and after its end', () => {
  const stream = new EventStream(response);
  response.emit('close');
  expect(jest.getTimerCount()).toBe(0);
  stream.end();
});

it('heaps nothing up for a client that does not read', () => {
  new EventStream(response);
  Object.defineProperty(response, 'writableNeedDrain', { value: true });
  jest.advanceTimersByTime(60_000);

  expect(written).toEqual([]);
});

it('waits for a client that reads slowly, until it has read or the answer ends', async () => {
  const stream = new EventStream(response);
  jest.mocked(response.write).mockReturnValue(false);
  const ending = new AbortController();
  let sent = 0;
  const first = stream.send('export', '1-0', '{}', never).then(() => (sent += 1));
  const second = stream.send('export', '2-0', '{}', ending.signal).then(() => (sent += 1));
  await jest.advanceTimersByTimeAsync(0);
  expect(sent).toBe(0);
  ending.abort();
  await second;
  response.emit('drain');
  await first;

  expect(response.listenerCount('drain')).toBe(0);
});
