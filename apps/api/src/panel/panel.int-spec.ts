import type { NestExpressApplication } from '@nestjs/platform-express';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servePanel } from './panel.js';

@Module({})
class NothingElse {}

let app: NestExpressApplication;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pg-export-panel-'));
  await writeFile(join(root, 'outside.txt'), 'outside');
  for (const language of ['en', 'fr']) {
    await mkdir(join(root, language));
    await writeFile(join(root, language, 'index.html'), `<html lang="${language}">`);
    await writeFile(join(root, language, 'main-ABCD1234.js'), 'script');
    await writeFile(join(root, language, 'favicon.ico'), 'icon');
  }
  app = await NestFactory.create<NestExpressApplication>(NothingElse, { logger: false });
  servePanel(app, root);
  await app.listen(0, '127.0.0.1');
});
afterAll(async () => {
  app.getHttpServer().closeAllConnections();
  await app.close();
  await rm(root, { recursive: true });
});

/** Sends the path as it is: a browser or fetch would tidy it up first. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers, method }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    }).on('error', reject);
  });
}

describe('the way in', () => {
  it.each([
    ['fr', '/fr/'],
    ['fr-CH, fr;q=0.9, en;q=0.8', '/fr/'],
    ['en;q=0.3, fr;q=0.8', '/fr/'],
    ['en-GB', '/en/'],
    ['de, fr;q=0.5', '/fr/'],
    ['ja', '/en/'],
    ['*', '/en/'],
    ['', '/en/'],
  ])('leads whoever reads "%s" to %s', async (languages, location) => {
    const { status, headers } = await ask('/', { 'Accept-Language': languages });

    expect([status, headers.location]).toEqual([302, location]);
    expect(headers.vary).toContain('Accept-Language');
  });

  it('keeps the page that was asked for, and its query', async () => {
    expect((await ask('/maintenance?page=2', { 'Accept-Language': 'fr' })).headers.location).toBe(
      '/fr/maintenance?page=2',
    );
  });

  it('is the same for HEAD', async () => {
    expect((await ask('/', {}, 'HEAD')).status).toBe(302);
  });
});

describe('a page of the panel', () => {
  it.each(['/fr/', '/fr/maintenance', '/fr/sign-in?back=%2Fmaintenance'])(
    'is the index of its language: %s',
    async (path) => {
      const { status, text, headers } = await ask(path);

      expect([status, text]).toEqual([200, '<html lang="fr">']);
      expect(headers['cache-control']).toBe('no-cache');
    },
  );

  it.each(['/fr/main-00000000.js', '/fr/assets/missing.svg'])('is not what a missing file gets: %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('is not an answer to POST', async () => {
    expect((await ask('/fr/maintenance', {}, 'POST')).status).toBe(404);
  });
});

it('lets a file with a hash in its name be kept for ever, and no other', async () => {
  expect((await ask('/en/main-ABCD1234.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await ask('/en/favicon.ico')).headers['cache-control']).toBe('no-cache');
});

it.each([
  '/en/../outside.txt',
  '/en/%2e%2e/outside.txt',
  '/en/..%2foutside.txt',
  '/en/%2e%2e%2foutside.txt',
  '/en/..\\outside.txt',
  '/en//../outside.txt',
  '/en/%00/../outside.txt',
  '/../outside.txt',
])('serves nothing from outside its folder: %s', async (path) => {
  expect((await ask(path)).text).not.toBe('outside');
});

describe('the files of the panel', () => {
  const unpacked = async (encoding: string): Promise<{ headers: Headers; text: string }> => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/fr/main-ABCD1234.js`, {
      headers: { 'Accept-Encoding': encoding },
    });
    return { headers: answer.headers, text: await answer.text() };
  };

  it.each(['br', 'gzip'])('travel compressed to whoever reads %s', async (encoding) => {
    const { headers, text } = await unpacked(encoding);

    expect(headers.get('Content-Encoding')).toBe(encoding);
    expect(headers.get('Vary')).toContain('Accept-Encoding');
    expect(headers.get('Content-Type')).toContain('text/javascript');
    expect(headers.get('Cache-Control')).toContain('immutable');
    expect(text).toBe('script');
  });

  it('travel as they are to everybody else', async () => {
    const { headers, text } = await unpacked('identity');

    expect(headers.get('Content-Encoding')).toBeNull();
    expect(headers.get('Vary')).toContain('Accept-Encoding');
    expect(text).toBe('script');
  });
});
