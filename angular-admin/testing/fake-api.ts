/**
 * The panel with an API that plays a part: `node angular-admin/testing/fake-api.ts [port]` after `npm run build`, then
 * sign in with any password (`ops@…` is read-only, the password `wrong` is refused).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import {
  ADMIN,
  catalog,
  database,
  estimate,
  exportOf,
  failed,
  type Fields,
  OPS,
  pastExports,
  ready,
  running,
  tablesAt,
} from './example-data.ts';
import { accounts, noSecondFactor, tokens } from './example-access.ts';
import { type AccessScript, answerAccess } from './fake-access.ts';
import { json, problem } from './fake-answers.ts';
import { servePanel } from './panel-files.ts';

const PANEL = join(import.meta.dirname, '../../dist/panel/browser');

/** What the fake does next; tests set it between two steps. */
export interface Script extends AccessScript {
  /** The password is not enough: a code is asked for too. */
  asksForCode: boolean;
  /** The identity provider to sign in with. */
  provider: Fields | null;
  /** How everybody signs in. */
  signsInWith: 'password' | 'oidc';
  /** Whom the refresh cookie stands for; null: nobody. */
  user: Fields | null;
  databases: Fields[];
  exports: Fields[];
  catalog: Fields[];
  estimate: Fields;
  /** What a new export looks like at each status request; the last state stays. */
  run: Fields[];
  /** Answers given instead of the usual ones, by `METHOD /path/after/api/v1` prefix; `drop` cuts the connection, `hang` never answers. */
  refusals: Record<string, { status: number; code: string; headers?: Record<string, string> } | 'drop' | 'hang'>;
  /** `METHOD /path` of everything that was asked. */
  readonly asked: string[];
}

export const script = (fields: Partial<Script> = {}): Script => ({
  user: null,
  asksForCode: false,
  provider: null,
  signsInWith: 'password',
  accounts: accounts(),
  tokens: tokens(),
  totp: noSecondFactor,
  steppedUp: true,
  databases: [database()],
  exports: pastExports(),
  catalog: catalog(),
  estimate: estimate(),
  run: [{}, ...[4.2, 17.5, 41.7, 63.1, 88.4, 95].map(running), ready()],
  refusals: {},
  asked: [],
  ...fields,
});

async function bodyOf(request: IncomingMessage): Promise<Fields> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Fields);
}

const signedIn = (user: Fields): Fields => ({ accessToken: 'fake', expiresInSeconds: 600, user });

function answerExport(play: Script, request: IncomingMessage, response: ServerResponse, id: string): void {
  const item = play.exports.find((one) => one['id'] === id);
  if (item === undefined) {
    problem(response, 404, 'not_found');
    return;
  }
  if (['queued', 'running'].includes(String(item['status']))) {
    Object.assign(item, play.run.length > 1 ? play.run.shift() : play.run[0]);
  }
  const etag = `"${Buffer.from(JSON.stringify([item['status'], item['progress']])).toString('base64url')}"`;
  if (request.headers['if-none-match'] === etag) json(response, 304, undefined, { ETag: etag });
  else json(response, 200, item, { ETag: etag });
}

const EXPORT = '/admin/db/export';

/** A page as the API cuts it; the cursor is the number of items before it. */
function pageOf(items: readonly Fields[], query: URLSearchParams): Fields {
  const wanted = items.filter((one) =>
    ['status', 'database'].every((name) => query.get(name) === null || one[name] === query.get(name)),
  );
  const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 20)];
  return {
    items: wanted.slice(from, from + limit),
    nextCursor: wanted.length > from + limit ? String(from + limit) : null,
  };
}

async function answer(play: Script, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const route = `${request.method ?? ''} ${path}`;
  const [, id = '', act = ''] = /^\/admin\/db\/export\/([^/]+)\/?(.*)$/.exec(path) ?? [];
  switch (true) {
    case route === 'POST /auth/login': {
      const { email, password, totp } = await bodyOf(request);
      if (password === 'wrong' || (play.asksForCode && totp === undefined)) {
        problem(response, 401, password === 'wrong' ? 'invalid_credentials' : 'totp_required');
        return;
      }
      play.user = String(email).startsWith('ops') ? OPS : ADMIN;
      json(response, 200, signedIn(play.user));
      return;
    }
    case route === 'POST /auth/refresh':
      if (play.user === null) problem(response, 401, 'unauthorized');
      else json(response, 200, signedIn(play.user));
      return;
    case route === 'GET /auth/methods':
      json(response, 200, { password: true, oidc: play.provider });
      return;
    case route === 'POST /auth/logout':
      play.user = null;
      json(response, 204, undefined);
      return;
    case request.headers.authorization !== 'Bearer fake':
      problem(response, 401, 'unauthorized');
      return;
    case /^\/(admin\/(audit|tokens|users)|auth\/(password|sessions|totp|step-up))/.test(path):
      if (!answerAccess(play, response, route, await bodyOf(request))) problem(response, 404, 'not_found');
      return;
    case route === 'GET /auth/me':
      json(response, 200, { ...play.user, signsInWith: play.signsInWith });
      return;
    case route === 'GET /admin/db/databases':
      json(response, 200, play.databases);
      return;
    case /^GET .+\/databases\/[^/]+\/tables$/.test(route):
      json(response, 200, play.catalog);
      return;
    case route === `POST ${EXPORT}/estimate`:
      json(response, 200, play.estimate);
      return;
    case route === `GET ${EXPORT}`:
      json(response, 200, pageOf(play.exports, new URL(request.url ?? '', 'http://localhost').searchParams));
      return;
    case route === `POST ${EXPORT}`: {
      const key = String(request.headers['idempotency-key']);
      const known = play.exports.find((one) => one['key'] === key);
      const made =
        known ?? exportOf(`0199b7c2-2222-7000-8000-${String(play.exports.length).padStart(12, '0')}`, { key });
      if (known === undefined) play.exports.unshift(made);
      json(response, 202, made);
      return;
    }
    case act === 'tables': {
      const progress = play.exports.find((one) => one['id'] === id)?.['progress'] as Fields | undefined;
      json(response, 200, tablesAt(Number(progress?.['percent'] ?? 0) * 1.1, play.catalog));
      return;
    }
    case act === 'cancel':
      Object.assign(play.exports.find((one) => one['id'] === id) ?? {}, { status: 'cancelled' });
      json(response, 202, {});
      return;
    case act === 'download-link':
      json(response, 201, { url: `/api/v1${EXPORT}/${id}/file?signature=fake`, expiresAt: new Date().toISOString() });
      return;
    case id !== '':
      answerExport(play, request, response, id);
      return;
    default:
      problem(response, 404, 'not_found');
  }
}

/** Serves the panel and plays `play` behind it. */
export function fakeApi(play: Script): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (!pathname.startsWith('/api/v1')) {
      servePanel(PANEL, pathname, response);
      return;
    }
    const path = pathname.slice('/api/v1'.length);
    const route = `${request.method ?? ''} ${path}`;
    play.asked.push(route);
    const refusal = Object.entries(play.refusals).find(([prefix]) => route.startsWith(prefix))?.[1];
    if (refusal === 'drop') {
      request.socket.destroy();
    } else if (refusal === 'hang') {
      request.resume();
    } else if (refusal !== undefined) {
      problem(response, refusal.status, refusal.code, refusal.headers);
    } else if (path.endsWith('/file')) {
      response.writeHead(200, { 'Content-Disposition': 'attachment; filename="main.dump.zst"' }).end('PGDMP');
    } else {
      answer(play, request, response, path).catch(() => {
        problem(response, 500, 'internal');
      });
    }
  });
}

export { catalog, database, estimate, exportOf, failed, OPS, ADMIN, pastExports, ready, running };

if (import.meta.main) {
  const port = Number(process.argv[2] ?? 4300);
  fakeApi(script()).listen(port, '127.0.0.1', () => {
    console.log(`panel with a fake API on http://127.0.0.1:${String(port)}`);
  });
}
