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

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((settle, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') fail(new Error('the system gave no port'));
        else settle(address.port);
      });
    });
  });
}
