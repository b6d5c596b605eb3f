import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TYPES: Partial<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const COMPRESS = {
  br: (file: Buffer) =>
    promisify(brotliCompress)(file, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: file.length },
    }),
  gzip: (file: Buffer) => promisify(gzip)(file, { level: 9 }),
};
type Encoding = keyof typeof COMPRESS;

/**
 * Serves the text files of a folder compressed, to those who can read it; everything else goes on. Each is compressed
 * once, when it is first asked for: the folder is the panel's, small and never changed while the API runs.
 */
export function compressedFiles(
  folder: string,
  setHeaders: (response: Response, path: string) => void,
): RequestHandler {
  const names = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => TYPES[extname(name)]),
  );
  const kept = new Map<string, Promise<Buffer>>();

  function compressed(name: string, encoding: Encoding): Promise<Buffer> {
    const key = `${encoding} ${name}`;
    const made = kept.get(key) ?? readFile(join(folder, name)).then(COMPRESS[encoding]);
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    return made;
  }

  return async (request: Request, response: Response, next: NextFunction) => {
    const name = request.path.slice(1);
    if (!['GET', 'HEAD'].includes(request.method) || !names.has(name)) {
      next();
      return;
    }
    response.vary('Accept-Encoding');
    const encoding = request.acceptsEncodings('br', 'gzip') as Encoding | false;
    if (encoding === false) {
      next();
      return;
    }
    const body = await compressed(name, encoding);
    setHeaders(response, name);
    response.type(TYPES[extname(name)] ?? '').setHeader('Content-Encoding', encoding);
    response.send(body);
  };
}
