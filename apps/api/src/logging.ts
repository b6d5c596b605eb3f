import { loggedError } from '#lib/domain';
import { LastingLog } from '#lib/log';
import type { DynamicModule } from '@nestjs/common';
import type { Request } from 'express';
import { LoggerModule } from 'nestjs-pino';
import type { ServerResponse } from 'node:http';
import type { DestinationStream, LevelWithSilent } from 'pino';

/** Where clients ask how far an export is, several times a second if they like. */
const STATUS_PATH = /^\/api\/v1\/admin\/db\/export\/[0-9a-f-]{36}$/i;

/** A status that was polled successfully is no line: a day of polling would fill the log. */
function levelOf({ method, originalUrl }: Request, response: ServerResponse, error?: Error): LevelWithSilent {
  const { statusCode, writableFinished } = response;
  if (error !== undefined || statusCode >= 500) return 'error';
  const isPoll = method === 'GET' && STATUS_PATH.test(withoutQuery(originalUrl));
  // A client that left before the answer is worth a line, though the status says 200.
  return isPoll && writableFinished && (statusCode === 200 || statusCode === 304) ? 'silent' : 'info';
}

/** A request as pino prepares it. */
interface LoggedRequest {
  id: string;
  method: string;
  url: string;
  raw: Request;
}

/** A download link is a key in a URL: no query string is logged at all. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

/**
 * One line of JSON a request, with what was asked and answered and nothing that is secret.
 * @param stream where the lines go; default: standard output
 */
export function requestLog(stream: DestinationStream = new LastingLog()): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      stream,
      base: { app: 'api' },
      genReqId: ({ id }) => id,
      autoLogging: { ignore: ({ url }) => url?.startsWith('/health/') === true },
      customLogLevel: (request, response, error) => levelOf(request as Request, response, error),
      serializers: {
        req: ({ id, method, url, raw }: LoggedRequest) => ({
          id,
          method,
          url: withoutQuery(url),
          // The client's own where a trusted proxy names it.
          remoteAddress: raw.ip,
        }),
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
        err: loggedError,
      },
    },
  });
}
