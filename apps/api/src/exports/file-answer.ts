import { Refusal } from '#lib/domain';
import type { Request, Response } from 'express';
import { readByteRange } from './byte-range.js';
import type { OpenFile } from './file-desk.js';
import { ClientGone, sendBytes, type Sent } from './file-sender.js';

/**
 * Sends a file, or the part of it that was asked for; HEAD sends the headers alone. Closes the file.
 * @param sent counted on while it is sent
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
    await sendBytes(response, handle, { first, last }, sent);
    return true;
  } catch (error) {
    // A client that leaves is no fault of ours; it resumes with Range.
    if (error instanceof ClientGone) return false;
    throw error;
  } finally {
    await handle.close();
  }
}

function ifRangeOf(request: Request): string | undefined {
  const value = request.headers['if-range'];
  return typeof value === 'string' ? value : undefined;
}
