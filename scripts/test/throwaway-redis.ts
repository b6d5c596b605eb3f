import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../machine/ports.ts';
import { findProgram } from '../machine/programs.ts';
import { launchProcess, type Running } from '../machine/running.ts';
import { PlainError } from '../plain-error.ts';

/** A Redis of our own that keeps nothing on the disk: started again, it is empty. */
export class ThrowawayRedis {
  private readonly folder: string;
  private readonly port: number;
  private server: Running | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** @param folder for its log */
  static async start(folder: string): Promise<ThrowawayRedis> {
    const redis = new ThrowawayRedis(folder, await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** On the same port as before; resolves when it answers. */
  async start(): Promise<void> {
    const program = findProgram('redis-server');
    if (program === undefined) throw new PlainError('redis-server is missing');
    const log = openSync(join(this.folder, 'redis.log'), 'a');
    const port = String(this.port);
    this.server = launchProcess({
      command: program,
      args: ['--port', port, '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--appendonly', 'no'],
      env: { PATH: process.env['PATH'] },
      cwd: this.folder,
      output: log,
    });
    closeSync(log);
    const deadline = Date.now() + 20_000;
    while (!(await this.say('PING')).startsWith('+PONG')) {
      if (Date.now() > deadline) throw new PlainError('redis-server does not answer after 20 s');
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  /** Ends it, without a word of goodbye if so wished. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.server?.kill(signal);
    await this.server?.exited;
  }

  /** It keeps its connections and says nothing any more. */
  freeze(): void {
    this.server?.kill('SIGSTOP');
  }

  thaw(): void {
    this.server?.kill('SIGCONT');
  }

  /** Sends one command; the answer as it comes, or nothing when there is none. */
  say(command: string): Promise<string> {
    return new Promise((settle) => {
      const socket = connect({ host: '127.0.0.1', port: this.port }, () => socket.write(`${command}\r\n`));
      socket.setTimeout(1_000, () => socket.destroy());
      socket.once('data', (data) => {
        settle(data.toString());
        socket.destroy();
      });
      socket.once('error', () => settle(''));
      socket.once('close', () => settle(''));
    });
  }
}
