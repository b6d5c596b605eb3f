/** A program of its own: the server that a few lines of Node make, sending FILE by a read stream; it prints its port. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((_, response) => {
  createReadStream(process.env['FILE'] ?? '').pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${String((server.address() as AddressInfo).port)}\n`);
});
