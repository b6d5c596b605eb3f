import type { OpenAPIObject } from '@nestjs/swagger';
import openapiTS from 'openapi-typescript';
import { RouteInspection } from '../access/route-inspection.js';
import { RunningApi } from '../testing/running-api.js';
import { createDescribedApplication } from './described-application.js';
import { describeApi } from './document.js';

let api: RunningApi;
let document: OpenAPIObject;

beforeAll(async () => {
  api = await RunningApi.start();
  document = (await api.call('get', '//api/openapi.json').expect(200)).body as OpenAPIObject;
});
afterAll(() => api.stop());

interface Operation {
  parameters?: { name: string; in: string }[];
  responses: Record<string, { content?: Record<string, { schema?: { $ref?: string } }> }>;
  security?: object[];
}

function operations(): { name: string; path: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation: operation,
    })),
  );
}

describe('the document', () => {
  it('is OpenAPI 3.1 that a generator of types understands', async () => {
    expect(document.openapi).toBe('3.1.0');
    await expect(openapiTS(document as unknown as string)).resolves.not.toHaveLength(0);
  });

  it('refers to nothing that is not there, and has nothing that nobody refers to', () => {
    const used = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    const referred = new Set(used.map(([, name]) => name ?? ''));

    expect([...referred].sort()).toEqual(Object.keys(document.components?.schemas ?? {}).sort());
  });

  it('has every route of the running application, and no other', () => {
    const routes = api.app
      .get(RouteInspection)
      .routes()
      .map(({ method, path }) => {
        const prefix = path.startsWith('/health/') ? '' : '/api/v1';
        return `${method} ${prefix}${path.replace(/:(\w+)/g, '{$1}')}`;
      });

    expect(
      operations()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('asks for the bearer exactly where the application does', () => {
    const closed = api.app
      .get(RouteInspection)
      .routes()
      .filter(({ right }) => right?.kind !== 'public').length;

    expect(operations().filter(({ operation }) => operation.security !== undefined)).toHaveLength(closed);
  });

  it('names every part of a path', () => {
    for (const { name, path, operation } of operations()) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect([name, ...inPath.map((parameter) => parameter.name)]).toEqual([
        name,
        ...[...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part),
      ]);
    }
  });

  it('tells of errors in the media type in which they travel', () => {
    for (const { name, operation } of operations()) {
      expect([name, operation.responses['default']?.content]).toEqual([
        name,
        { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      ]);
    }
  });

  it('is the same when nothing stands behind the routes: what `npm run generate` writes', async () => {
    const described = await createDescribedApplication();

    expect(JSON.parse(JSON.stringify(describeApi(described)))).toEqual(document);
    await described.close();
  });
});

describe('the page at /api/docs', () => {
  it('needs nothing that the content security policy forbids', async () => {
    const { text, headers } = await api.call('get', '//api/docs').expect(200);

    expect(headers['content-security-policy']).toContain("script-src 'self';");
    // A script is a file of ours: no code in the page, in an attribute or from elsewhere.
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
    expect(text).not.toMatch(/\son\w+=/);
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('finds each file that it asks for', async () => {
    const { text } = await api.call('get', '//api/docs');
    const files = [...text.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => file ?? '');

    expect(files).toEqual(expect.arrayContaining(['docs/swagger-ui.css', 'docs/swagger-ui-bundle.js']));
    for (const file of files) await api.call('get', `//api/${file}`).expect(200);
  });
});

describe('the headers of every answer', () => {
  it.each(['//health/live', '//api/docs', '//api/openapi.json', '/auth/me', '//nothing'])(
    'protect %s',
    async (path) => {
      const { headers } = await api.call('get', path);

      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src[^;]*unsafe|\*/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('SAMEORIGIN');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );
});
