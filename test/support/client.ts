import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { components } from '../../angular-admin/src/app/api/schema.d.ts';
import { until } from './condition.ts';

export type Export = components['schemas']['Export'];

/** The API as a script would use it: fetch and a bearer. */
export class Client {
  private readonly url: string;
  private readonly token: string | null;

  constructor(url: string, token: string | null = null) {
    this.url = url;
    this.token = token;
  }

  async signIn(email: string, password: string): Promise<Client> {
    const response = await this.call('POST', '/auth/login', { email, password });
    const { accessToken } = (await response.json()) as { accessToken: string };
    return new Client(this.url, accessToken);
  }

  /** The same caller at another address. */
  on(url: string): Client {
    return new Client(url, this.token);
  }

  call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal: AbortSignal | null = null,
  ): Promise<Response> {
    return fetch(path.startsWith('/api/') ? `${this.url}${path}` : `${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token === null ? {} : { Authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    });
  }

  async export(id: string): Promise<Export> {
    return (await (await this.call('GET', `/admin/db/export/${id}`)).json()) as Export;
  }

  /** Asks for an export and follows it to its end. */
  async exportToTheEnd(body: Record<string, unknown>): Promise<Export> {
    const accepted = await this.call('POST', '/admin/db/export', body);
    if (accepted.status !== 202) throw new Error(`POST answered ${accepted.status}: ${await accepted.text()}`);
    const { id } = (await accepted.json()) as Export;
    return this.untilFinal(id);
  }

  async untilFinal(id: string): Promise<Export> {
    let seen = await this.export(id);
    await until(
      `export ${id} comes to its end`,
      async () => {
        seen = await this.export(id);
        return seen.status !== 'queued' && seen.status !== 'running';
      },
      120_000,
    );
    return seen;
  }

  /** Downloads into a file and returns the SHA-256 of what arrived. */
  async download(id: string, path: string): Promise<string> {
    const response = await this.call('GET', `/admin/db/export/${id}/file`);
    if (response.body === null || !response.ok) throw new Error(`download answered ${response.status}`);
    const hash = createHash('sha256');
    await pipeline(
      Readable.fromWeb(response.body as never),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path),
    );
    return hash.digest('hex');
  }
}
