import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

/** Small enough to be read and written in the processor's cache, large enough for few calls: measured, docs/performance.md. */
const BUFFER_BYTES = 256 << 10;

/** How much has gone out so far. */
export interface Sent {
  bytes: number;
}

export class ClientGone extends Error {}

/**
 * Sends the bytes `first`–`last` (both included) of a file as the body of an answer, as fast as the client reads and no
 * faster. It takes two buffers, whatever the file's size and the client's pace: one is read into while the other is
 * written. New ones for each part of the file would have to be made, cleared and collected at the pace of the download.
 * @param sent counted on while it is sent: what was handed to the connection, which the client need not have received
 * @throws {ClientGone} when it has left; when the file is shorter than that
 */
export async function sendBytes(
  response: ServerResponse,
  handle: FileHandle,
  { first, last }: { first: number; last: number },
  sent: Sent,
): Promise<void> {
  const size = Math.min(BUFFER_BYTES, last - first + 1);
  const read = async (into: Buffer, from: number): Promise<Buffer> => {
    const { bytesRead } = await handle.read(into, 0, Math.min(size, last - from + 1), from);
    // Must not end like a whole file: the client of a kept connection would wait for ever.
    if (bytesRead === 0)
      throw new Error(`The file ended after ${String(from - first)} of ${String(last - first + 1)} bytes.`);
    return into.subarray(0, bytesRead);
  };
  // Nothing of what they held before is sent: no more than what was read.
  let [full, free] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
  let next = first;
  let chunk = first <= last ? await read(full, next) : null;
  while (chunk !== null) {
    const { length }: Buffer = chunk;
    next += length;
    const written = write(response, chunk).then(() => {
      sent.bytes += length;
    });
    [, chunk] = await Promise.all([written, next <= last ? read(free, next) : null]);
    [full, free] = [free, full];
  }
  response.end();
}

/** Resolves when the kernel has taken the bytes: only then may their buffer be used again. */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  const { socket } = response.req;
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null) => {
      socket.removeListener('close', leave);
      // Any error of a connection means that nobody is there any more.
      if (error) reject(new ClientGone('The client has left.', { cause: error }));
      else resolve();
    };
    // An answer that waits behind an earlier one of the same connection is not told of the connection's end.
    const leave = () => settle(new Error('The connection was closed.'));
    if (socket.destroyed) {
      leave();
      return;
    }
    socket.once('close', leave);
    response.write(bytes, settle);
  });
}
