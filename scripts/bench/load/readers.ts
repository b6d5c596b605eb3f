import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { runToolOrFail } from '../../machine/tool.ts';

/** Bytes a second of one whole download by curl, which keeps nothing. */
export async function downloadSpeed(url: string, authorization?: string): Promise<number> {
  const headers = authorization === undefined ? [] : ['--header', '@-'];
  const script =
    'printf "%s\\n" "$AUTHORIZATION" | curl --silent --show-error --fail --output /dev/null --write-out "%{speed_download}" "$@"';
  const words = await runToolOrFail('The download failed', '/bin/sh', ['-c', script, 'sh', ...headers, url], {
    env: { PATH: process.env['PATH'], AUTHORIZATION: `Authorization: ${authorization ?? ''}` },
  });
  return Number(words.trim());
}

/** Downloads that read a little at a time, until they are left. */
export class SlowReaders {
  private readonly answers: IncomingMessage[] = [];
  private reading = true;
  received = 0;

  /** @param bytesPerSecond of each */
  async start(count: number, url: string, authorization: string, bytesPerSecond: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const answer = await open(url, authorization);
      this.answers.push(answer);
      void this.read(answer, bytesPerSecond);
    }
  }

  leave(): void {
    this.reading = false;
    for (const answer of this.answers) answer.destroy();
  }

  private async read(answer: IncomingMessage, bytesPerSecond: number): Promise<void> {
    while (this.reading) {
      const wanted = bytesPerSecond / 4;
      for (let taken = 0; taken < wanted;) {
        const chunk = answer.read() as Buffer | null;
        if (chunk === null) break;
        taken += chunk.length;
        this.received += chunk.length;
      }
      await sleep(250);
    }
  }
}

function open(url: string, authorization: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization }, agent: false }, (answer) => {
      answer.on('error', () => undefined);
      resolve(answer);
    }).once('error', reject);
  });
}
