import { Refusal } from '#lib/domain';
import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { readByteRange } from './byte-range.js';
import type { OpenFile } from './file-desk.js';

/** Large reads: twice as fast as Node's 64 KiB, and still nothing beside the file's size. */
const READ_BYTES = 1 << 20;

/** How much has gone out so far. */
export interface Sent {
  bytes: number;
}

/**
 * Sends a file, or the part of it that was asked for, as fast as the client reads and no faster; HEAD sends the
 * headers alone. Closes the file.
 * @param sent counted on while it is sent: what was handed to the connection, which the client need not have received
 * @returns false when the client has left before the end
 */
export async function answerWithFile(
  request: Request,
  response: Response,
  { file, handle }: OpenFile,
  sent: Sent,
): Promise<boolean> {
  try {
    const etag = `"${file.sha256}"`;
    response.setHeader('ETag', etag);
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Content-Disposition', `attachment; filename="${file.name}"`);
    response.setHeader('Repr-Digest', `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`);
    // Range is defined for GET alone (RFC 9110 §14.2).
    const wanted = request.method === 'GET' ? request.headers.range : undefined;
    const range = readByteRange({ range: wanted, ifRange: ifRangeOf(request) }, file.sizeBytes, etag);
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${String(file.sizeBytes)}`);
      throw new Refusal('range_not_satisfiable', `The file has ${String(file.sizeBytes)} bytes.`);
    }
    const { first, last } = range === 'all' ? { first: 0, last: file.sizeBytes - 1 } : range;
    if (range !== 'all') {
      response.status(206);
      response.setHeader('Content-Range', `bytes ${String(first)}-${String(last)}/${String(file.sizeBytes)}`);
    }
    response.setHeader('Content-Length', last - first + 1);
    if (request.method === 'HEAD') {
      response.end();
      return true;
    }
    const bytes = handle.createReadStream({ start: first, end: last, highWaterMark: READ_BYTES, autoClose: false });
    await pipeline(bytes, (chunks) => allOf(chunks, last - first + 1, sent), response);
    return true;
  } catch (error) {
    // A client that leaves is no fault of ours; it resumes with Range.
    if (!isClientGone(error)) throw error;
    return false;
  } finally {
    await handle.close();
  }
}

/** A file that shrinks on the way must not end like a whole one: the client of a kept connection would wait for ever. */
async function* allOf(chunks: AsyncIterable<Buffer>, length: number, sent: Sent): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    sent.bytes += chunk.length;
  }
  if (sent.bytes < length) throw new Error(`The file ended after ${String(sent.bytes)} of ${String(length)} bytes.`);
}

function ifRangeOf(request: Request): string | undefined {
  const value = request.headers['if-range'];
  return typeof value === 'string' ? value : undefined;
}

function isClientGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_UNABLE_TO_PIPE'].includes(code);
}
