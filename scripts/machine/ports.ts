import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Whether something could listen there now; the reason when not. */
export function tryToListen(
  host: string,
  port: number,
): Promise<'free' | 'in use' | 'not allowed' | 'no such address'> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      settle(code === 'EADDRINUSE' ? 'in use' : code === 'EACCES' ? 'not allowed' : 'no such address');
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => settle('free')));
  });
}

/** Below what systems give to outgoing connections (32768 on Linux, 49152 on macOS), one of which could take a port before we listen. */
const [LOWEST, HIGHEST] = [20_000, 32_767];
const TRIES = 100;

/** A port of 127.0.0.1 that nothing listens on at this moment, and that no outgoing connection gets later. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if ((await tryToListen('127.0.0.1', port)) === 'free') return port;
  }
  throw new Error(`of ${TRIES} ports between ${LOWEST} and ${HIGHEST} none is free`);
}
