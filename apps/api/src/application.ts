import type { ServiceConfig } from '#lib/config';
import { chooseQueueBackend } from '#lib/queue';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { Logger } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import { onlyFrom } from './access/allowed-addresses.js';
import { type DeclaredRoute, RouteInspection } from './access/route-inspection.js';
import { loadServerKeys } from './access/server-keys.js';
import { AppModule } from './app.module.js';
import { RequestRecord } from './audit/request-record.js';
import { correlate } from './correlation-id.js';
import { DOCUMENTATION_ROUTES, serveDocumentation } from './openapi/documentation.js';
import { servePanel } from './panel/panel.js';
import { CONTENT_SECURITY_POLICY } from './panel/content-security-policy.js';
import { DeclaredInputs } from './problems/declared-inputs.js';
import { answerTheRest } from './problems/end-of-the-line.js';
import { jsonBodiesOnly } from './problems/json-bodies-only.js';
import { KnownPaths } from './problems/known-paths.js';
import { keepAnswersPrivate } from './private-answers.js';
import { refuseMalformed } from './problems/malformed-request.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { answerUnparsedRequests } from './problems/unparsed-request.js';
import { schemaValidation } from './problems/validation.js';

const PREFIX = 'api/v1';
/** Longer than any proxy keeps an idle connection, so that it is never we who close under a request. */
const KEEP_ALIVE_MS = 75_000;
/** Room for some thousand names of tables. */
const MOST_BODY_BYTES = 512 * 1024;
/** So long a client may take to send its headers, and its whole request; answers take as long as they take. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;
/** Node looks for those who are too slow as seldom as every 30 seconds. */
const SLOWNESS_CHECK_MS = 1_000;

/**
 * The whole API, ready to listen; tests use it as it is.
 * @param logStream where the log goes; default: standard output
 */
export async function createApplication(
  config: ServiceConfig,
  logStream?: DestinationStream,
): Promise<NestExpressApplication> {
  chooseQueueBackend(config);
  const keys = await loadServerKeys(config.secretsDir);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config, keys, logStream), {
    bufferLogs: true,
    // By hand: an error of ours comes with its own words, and Nest would put all that it had to say before them.
    autoFlushLogs: false,
    abortOnError: false,
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  app.flushLogs();
  const routes = app.get(RouteInspection).routes();
  const paths = new KnownPaths([...routes.map(withPrefix), ...DOCUMENTATION_ROUTES]);
  configure(app, config, { record: app.get(RequestRecord), paths });
  serveDocumentation(app);
  servePanel(app);
  await app.init();
  answerTheRest(app, paths);
  return app;
}

/** A route with its whole path. */
function withPrefix({ method, path }: DeclaredRoute): { method: string; path: string } {
  return { method, path: path.startsWith('/health/') ? path : `/${PREFIX}${path}` };
}

/**
 * What every route has in common.
 * @param others record: null where nobody writes refusals down
 */
export function configure(
  app: NestExpressApplication,
  config: Pick<ServiceConfig, 'corsOrigins' | 'trustProxy' | 'adminAllowedCidrs'>,
  { record, paths }: { record: RequestRecord | null; paths: KnownPaths },
): void {
  // First of all, so that even a body that can't be parsed is answered with its correlation id.
  app.use(correlate);
  app.use(refuseMalformed);
  app.use('/api', keepAnswersPrivate);
  app.setGlobalPrefix(PREFIX, { exclude: ['health/{*path}'] });
  app.useGlobalFilters(new ProblemFilter(record, paths));
  app.useGlobalInterceptors(new DeclaredInputs());
  app.useGlobalPipes(schemaValidation());
  app.disable('x-powered-by');
  if (config.trustProxy.length > 0) {
    const [hops] = config.trustProxy;
    app.set('trust proxy', config.trustProxy.length === 1 && typeof hops === 'number' ? hops : config.trustProxy);
  }
  if (config.adminAllowedCidrs.length > 0) app.use('/api', onlyFrom(config.adminAllowedCidrs, record));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY } }));
  if (config.corsOrigins.length > 0) {
    app.enableCors({
      origin: config.corsOrigins,
      credentials: true,
      exposedHeaders: [
        'ETag',
        'Location',
        'Retry-After',
        'X-Correlation-Id',
        'Content-Disposition',
        'Repr-Digest',
        'Preference-Applied',
      ],
    });
  }
  app.use(jsonBodiesOnly);
  app.useBodyParser('json', { limit: MOST_BODY_BYTES });
  app.enableShutdownHooks();
  answerUnparsedRequests(app.getHttpServer());
  // Properties that Node reads while it listens; the constructor is Nest's.
  Object.assign(app.getHttpServer(), {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: SLOWNESS_CHECK_MS,
  });
}
