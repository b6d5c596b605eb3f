import type { ServerResponse } from 'node:http';

/** Proxies and clients take a silent connection for a dead one. */
const HEARTBEAT_MS = 15_000;

/** Server-sent events (HTML Standard §9.2) in one answer, as fast as the client reads and no faster. */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;

  constructor(private readonly response: ServerResponse) {
    response.statusCode = 200;
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    // nginx would keep events back until its buffer is full.
    response.setHeader('X-Accel-Buffering', 'no');
    // Kept for a next request, the connection would keep a server that shuts down waiting.
    response.setHeader('Connection', 'close');
    response.flushHeaders();
    this.heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(': heartbeat\n\n');
    }, HEARTBEAT_MS);
    response.once('close', () => clearInterval(this.heartbeat));
  }

  /** Resolves when the client has room for more, or `signal` is aborted. */
  async send(event: string, id: string, json: string, signal: AbortSignal): Promise<void> {
    if (this.response.write(`event: ${event}\nid: ${id}\ndata: ${json}\n\n`) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.response.removeListener('drain', go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.response.once('drain', go);
      signal.addEventListener('abort', go);
    });
  }

  end(): void {
    clearInterval(this.heartbeat);
    this.response.end();
  }
}
