import { connect, type Socket } from 'node:net';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

/** Short, so that a test need not wait for what clients are given in earnest. */
const HEADERS_MS = 700;
const REQUEST_MS = 1_500;

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
});
afterAll(() => api.stop());

/** A connection without any HTTP library between us and the server. */
class Wire {
  text = '';
  bytes = 0;
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length;
      if (this.text.length < 100_000) this.text += chunk.toString('latin1');
    });
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => (this.closed = true));
  }

  static open(): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => resolve(new Wire(socket)));
      socket.once('error', reject);
    });
  }

  /** The answer to all that is sent at once. */
  static async ask(request: string): Promise<Wire> {
    const wire = await Wire.open();
    wire.socket.write(request);
    await until('the server closes the connection', () => wire.closed);
    return wire;
  }

  /** Sends one byte after the other, for as long as it may. */
  async dribble(bytes: string): Promise<void> {
    let sent = 0;
    await until('the server has had enough', () => {
      if (!this.closed && sent < bytes.length) this.socket.write(bytes[(sent += 1) - 1] ?? '');
      return this.closed;
    });
  }

  get head(): string {
    return this.text.split('\r\n\r\n')[0] ?? '';
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(this.text)?.[1]);
  }

  get problem(): Record<string, unknown> {
    return JSON.parse(this.text.split('\r\n\r\n')[1] ?? '') as Record<string, unknown>;
  }
}

const linesWith = (correlationId: unknown) => api.log.filter((line) => line.includes(String(correlationId)));

async function expectProblem(wire: Wire, status: number, code: string): Promise<void> {
  expect(wire.status).toBe(status);
  expect(wire.head).toMatch(/^content-type: application\/problem\+json$/im);
  const { correlationId, ...problem } = wire.problem;
  expect(problem).toMatchObject({ status, code, type: `urn:pg-export:problem:${code}`, detail: expect.any(String) });
  expect(wire.head.toLowerCase()).toContain(`x-correlation-id: ${String(correlationId)}`);
  await until('a line in the log', () => linesWith(correlationId).length > 0);
  expect(linesWith(correlationId)).toHaveLength(1);
  expect(linesWith(correlationId)[0]).toContain(String(status));
}

const LINE = 'GET /api/v1/auth/me HTTP/1.1\r\n';
const LAST = 'Connection: close\r\n\r\n';

describe('what Node refuses by itself is a problem like any other, and one line in the log', () => {
  it.each<[string, string, number, string]>([
    ['an expectation that nobody knows', `${LINE}Host: a\r\nExpect: x\r\n${LAST}`, 417, 'expectation_failed'],
    ['no Host (RFC 9112 §3.2)', `${LINE}${LAST}`, 400, 'invalid_request'],
    ['two Hosts', `${LINE}Host: a\r\nHost: b\r\n${LAST}`, 400, 'invalid_request'],
    ['headers of 20 kB', `${LINE}Host: a\r\nX-Filler: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    [
      'a token of 20 kB',
      `${LINE}Host: a\r\nAuthorization: Bearer ${'x'.repeat(20_000)}\r\n\r\n`,
      401,
      'unauthenticated',
    ],
    ['no HTTP at all', 'hello?\r\n\r\n', 400, 'invalid_request'],
    ['a method that there is not', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'invalid_request'],
    ['another HTTP', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'invalid_request'],
    [
      'two lengths',
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'invalid_request',
    ],
    [
      'a length and chunks, which two servers could read differently',
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'invalid_request',
    ],
    ['a line break in a header', `${LINE}Host: a\r\nX: a\rb\r\n\r\n`, 400, 'invalid_request'],
    [
      'chunks that are none',
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      'invalid_request',
    ],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', 400, 'invalid_request'],
  ])('%s', async (_, request, status, code) => {
    await expectProblem(await Wire.ask(request), status, code);
  });

  it('a tunnel whose client resets the connection, without harm to anybody else', async () => {
    const tunnel = 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n';
    const server = api.app.getHttpServer();
    for (let time = 0; time < 20; time += 1) {
      const wire = await Wire.open();
      const arrived = new Promise<Socket>((resolve) => {
        server.once('connect', (_: unknown, socket: Socket) => resolve(socket));
      });
      wire.socket.write(tunnel);
      const ours = await arrived;
      wire.socket.resetAndDestroy();
      await until('the server has noticed', () => ours.destroyed);
    }
    expect((await Wire.ask(`GET /health/live HTTP/1.1\r\nHost: a\r\n${LAST}`)).status).toBe(200);
  });

  it('a body that is none, before anybody knows who asks', async () => {
    const body = '{"a":';
    const headers = `Host: a\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n${LAST}`;

    await expectProblem(
      await Wire.ask(`POST /api/v1/auth/login HTTP/1.1\r\n${headers}${body}`),
      400,
      'invalid_request',
    );
  });

  it('but Expect: 100-continue is answered as it asks, and HTTP/1.0 needs no Host', async () => {
    const body = '{}';
    const headers = `Host: a\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n${LAST}`;
    const wire = await Wire.ask(`POST /api/v1/auth/login HTTP/1.1\r\n${headers}${body}`);
    expect(wire.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
    expect((await Wire.ask('GET /health/live HTTP/1.0\r\n\r\n')).status).toBe(200);
  });
});

describe('a client that is slow', () => {
  const server = () => api.app.getHttpServer();
  const earnest = { headersTimeout: 0, requestTimeout: 0 };
  beforeAll(() => {
    const { headersTimeout, requestTimeout } = server();
    Object.assign(earnest, { headersTimeout, requestTimeout });
    Object.assign(server(), { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS });
  });
  afterAll(() => Object.assign(server(), earnest));

  it('is given seconds for its headers, and a minute for its request', () => {
    expect(earnest).toEqual({ headersTimeout: 15_000, requestTimeout: 60_000 });
    // How late after that it is noticed.
    expect((server() as unknown as { connectionsCheckingInterval: number }).connectionsCheckingInterval).toBe(1_000);
  });

  it('with its headers is cut off, however busy it looks (slowloris)', async () => {
    const wire = await Wire.open();
    await wire.dribble(`${LINE}Host: a\r\n${'X-Filler: x\r\n'.repeat(2_000)}`);

    await expectProblem(wire, 408, 'request_timeout');
  });

  it('that connects and says nothing is cut off', async () => {
    const wire = await Wire.open();
    await until('the server has had enough', () => wire.closed);

    await expectProblem(wire, 408, 'request_timeout');
  });

  it('with its body is cut off', async () => {
    const wire = await Wire.open();
    wire.socket.write(
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n',
    );
    await wire.dribble(' '.repeat(8_000));

    await expectProblem(wire, 408, 'request_timeout');
  });

  it('with reading a download is left alone: it gets every byte, long after both times are over', async () => {
    const size = 30_000_000;
    const { id } = await api.ready(admin, Buffer.alloc(size, 'x'));
    const reader = await Wire.open();
    reader.socket.pause();
    reader.socket.write(
      `GET /api/v1/admin/db/export/${id}/file HTTP/1.1\r\nHost: a\r\nAuthorization: ${admin.bearer}\r\n${LAST}`,
    );
    // Two that come later are cut off, one after the other, while it reads nothing.
    for (let times = 0; times < 2; times += 1) {
      const other = await Wire.open();
      await until('the server has had enough of another client', () => other.closed);
    }
    expect(reader.closed).toBe(false);

    reader.socket.resume();
    await until('the server ends the answer', () => reader.closed);
    expect(reader.status).toBe(200);
    expect(reader.bytes).toBe(size + reader.head.length + 4);
  });

  it('between two requests is not cut off by either time', async () => {
    const wire = await Wire.open();
    const ask = () => wire.socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    ask();
    await until('the first answer', () => wire.text.includes('"up"'));
    const other = await Wire.open();
    await until('the server has had enough of another client', () => other.closed);
    ask();
    await until('the second answer', () => wire.text.split('"up"').length === 3);
    wire.socket.destroy();
  });
});
