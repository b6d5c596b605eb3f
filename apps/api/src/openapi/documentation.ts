import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './document.js';

const PAGE = 'api/docs';
const DOCUMENT = 'api/openapi.json';

export const DOCUMENTATION_ROUTES = [PAGE, DOCUMENT].map((path) => ({ method: 'GET', path: `/${path}` }));

/** The description at /api/openapi.json, and a page to read and try it at /api/docs. */
export function serveDocumentation(app: NestExpressApplication): void {
  SwaggerModule.setup(PAGE, app, () => describeApi(app), {
    jsonDocumentUrl: DOCUMENT,
    raw: ['json'],
    customSiteTitle: 'pg-export API',
  });
}
