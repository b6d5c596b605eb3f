import { Agent, request } from 'node:http';

export interface RawRequest {
  method: string;
  /** As it is to go over the wire. */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | undefined;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** A request that no client library has put right first. A stream of events is left when it has begun. */
export function sendRaw(origin: string, { method, path, headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(origin, { method, path, agent, headers: { ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      const finish = () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      };
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', finish);
      answer.on('error', reject);
      if (answer.headers['content-type']?.startsWith('text/event-stream') === true) {
        finish();
        sent.destroy();
      }
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
