import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network between us and a server that can fall silent: nothing arrives any more, and nobody is told. */
export class Relay {
  private readonly sockets = new Set<Socket>();
  private isSilent = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** @param url of the server behind it */
  static async to(url: string): Promise<Relay> {
    const server = createServer();
    const relay = new Relay(server, new URL(url));
    server.on('connection', (near) => {
      relay.carry(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  /** The server's URL by way of the relay. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  fallSilent(): void {
    this.isSilent = true;
    for (const socket of this.sockets) socket.pause();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carry(near: Socket): void {
    this.sockets.add(near);
    near.on('error', () => undefined);
    if (this.isSilent) {
      near.pause();
      return;
    }
    const far = connect(Number(this.target.port || 5432), this.target.hostname);
    far.on('error', () => undefined);
    this.sockets.add(far);
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => near.write(data));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }
}
