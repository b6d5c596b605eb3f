import { type IncomingMessage, request } from 'node:http';
import { until } from './until.js';

export interface ServerEvent {
  event: string;
  id: string;
  data: Record<string, unknown>;
}

/** An answer that is still coming, as its client sees it. */
export class OpenAnswer {
  text = '';
  ended = false;

  private constructor(readonly message: IncomingMessage) {
    message.setEncoding('utf8');
    message.on('data', (chunk: string) => (this.text += chunk));
    message.on('close', () => (this.ended = true));
    message.on('error', () => undefined);
  }

  /** Resolves with the headers. */
  static to(url: string, headers: Record<string, string>, method = 'GET'): Promise<OpenAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent: false }, (message) => resolve(new OpenAnswer(message)));
      sent.on('error', reject).end();
    });
  }

  get events(): ServerEvent[] {
    return this.text.split('\n\n').flatMap((block) => {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const event = fields.get('event');
      if (event === undefined) return [];
      const data = JSON.parse(fields.get('data') ?? '') as Record<string, unknown>;
      return [{ event, id: fields.get('id') ?? '', data }];
    });
  }

  async eventCount(atLeast: number): Promise<ServerEvent[]> {
    await until(`${String(atLeast)} events`, () => this.events.length >= atLeast);
    return this.events;
  }

  end(): Promise<void> {
    return until('the server ends the answer', () => this.ended);
  }

  leave(): void {
    this.message.destroy();
  }
}
