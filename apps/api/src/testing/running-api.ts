import { loadServiceConfig, type ServiceConfig } from '#lib/config';
import {
  ExportEntity,
  ExportLedger,
  migrate,
  type NewExport,
  type Run,
  RunLedger,
  UserDirectory,
  type UserEntity,
} from '#lib/database';
import { ArtifactStore, artifactKey } from '#lib/artifacts';
import { migrateQueue } from '#lib/queue';
import { completeOptions, type ExportOptions, NO_PROGRESS, type Right, type Role } from '#lib/domain';
import { jest } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request, { type Test } from 'supertest';
import { hashPassword } from '../access/passwords.js';
import { createApplication } from '../application.js';
import { hasFailed } from '../../../../libs/database/testing/spec-outcome.js';
import { ThrowawayDatabase } from '../../../../libs/database/testing/throwaway-database.js';

/** Milliseconds: a machine that is busy with other tests is slow, not wrong. */
jest.setTimeout(60_000);

const WORKER = 'worker-1';

export const PASSWORD = 'correct horse battery staple';

/** Somebody who has signed in, or an API token. */
export interface Person {
  id: string;
  email: string;
  sessionId: string;
  /** For the `Authorization` header. */
  bearer: string;
  /** For the `Cookie` header. */
  cookie: string;
}

/** The real application on a free port, with a database and folders of its own. */
export class RunningApi {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    readonly config: ServiceConfig,
    readonly database: ThrowawayDatabase,
    /** What was logged, a line of JSON each. */
    readonly log: string[],
  ) {}

  /** @param environment variables of the configuration beside those that every test needs */
  static async start(environment: Record<string, string> = {}): Promise<RunningApi> {
    const database = await ThrowawayDatabase.make('api');
    await migrate(database.url);
    await migrateQueue(database.url);
    return RunningApi.on(database, await mkdtemp(join(tmpdir(), 'pg-export-api-')), environment);
  }

  /** Another process of the same installation: the same database and folders. */
  beside(environment: Record<string, string> = {}): Promise<RunningApi> {
    return RunningApi.on(this.database, this.config.dataDir, environment);
  }

  private static async on(database: ThrowawayDatabase, dataDir: string, environment: Record<string, string>) {
    const config = loadServiceConfig({
      DATABASE_URL: database.url,
      EXPORT_DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      ...environment,
    });
    const log: string[] = [];
    const app = await createApplication(config, { write: (line) => log.push(line) });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new RunningApi(app, `http://127.0.0.1:${String(port)}`, config, database, log);
  }

  /** Stops the application alone. */
  async leave(): Promise<void> {
    this.app.getHttpServer().closeAllConnections();
    await this.app.close();
  }

  /** Stops the application and removes what it kept, unless a test has failed: then there is something to look at. */
  async stop(): Promise<void> {
    await this.leave();
    if (hasFailed()) return;
    await rm(this.config.dataDir, { recursive: true });
    await this.database.drop();
  }

  /** A request to a path below `/api/v1`, or to any path that begins with `//`. */
  call(method: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete', path: string, by?: Person): Test {
    const sent = request(this.url)[method](path.startsWith('//') ? path.slice(1) : `/api/v1${path}`);
    return by === undefined ? sent : sent.set('Authorization', by.bearer);
  }

  account(role: Role, email = `${randomBytes(4).toString('hex')}@example.com`): Promise<UserEntity> {
    return hashPassword(PASSWORD).then((hash) => this.app.get(UserDirectory).add(email, hash, role));
  }

  /** Makes an account and signs in. */
  async person(role: Role): Promise<Person> {
    return this.signIn((await this.account(role)).email);
  }

  async signIn(email: string): Promise<Person> {
    const { body, headers } = await this.call('post', '/auth/login').send({ email, password: PASSWORD }).expect(200);
    return {
      id: body.user.id,
      email,
      sessionId: sessionOf(String(body.accessToken)),
      bearer: `Bearer ${String(body.accessToken)}`,
      cookie: cookieOf(headers['set-cookie']),
    };
  }

  /** An API token that `by` makes. */
  async token(by: Person, scopes: Right[], limits: { expiresInDays?: number; allowedCidrs?: string[] } = {}) {
    const { body } = await this.call('post', '/admin/tokens', by)
      .send({ name: 'nightly', scopes, ...limits })
      .expect(201);
    const person: Person = { ...by, sessionId: String(body.id), bearer: `Bearer ${String(body.token)}`, cookie: '' };
    return person;
  }

  /** A waiting export, as a POST by `by` would have made it. */
  async queued(by: Person, overrides: Partial<NewExport> = {}): Promise<ExportEntity> {
    const { row } = await this.app.get(ExportLedger).add({
      database: 'main',
      options: completeOptions({}) as ExportOptions,
      caller: {
        userId: by.id,
        email: by.email,
        role: 'SUPER_ADMIN',
        sessionId: by.sessionId,
        via: 'session',
        steppedUpAt: new Date(),
        scopes: null,
        enrolmentDue: false,
      },
      idempotency: null,
      maxQueued: 1_000_000,
      ...overrides,
    });
    return row;
  }

  /** An export that a worker has just begun. */
  async running(by: Person): Promise<ExportEntity> {
    return this.claim((await this.queued(by)).id);
  }

  /** An export whose file is in the store. */
  async ready(by: Person, bytes: Buffer): Promise<ExportEntity> {
    const { id } = await this.running(by);
    return this.finish(id, bytes);
  }

  /** What a worker does that takes a waiting export. */
  async claim(id: string): Promise<ExportEntity> {
    const claim = await this.app.get(RunLedger).claim(id, WORKER, 1_000_000);
    if (!claim.taken) throw new Error('The export was not there to be claimed.');
    return claim.row;
  }

  /** The run that a worker has claimed. */
  async runOf(id: string): Promise<Run> {
    return { exportId: id, workerId: WORKER, attempt: (await this.row(id)).attempts };
  }

  /** What a worker does that has made the file. */
  async finish(id: string, bytes: Buffer): Promise<ExportEntity> {
    const run = await this.runOf(id);
    const work = join(this.config.dataDir, `work-${id}`);
    await writeFile(work, bytes, { mode: 0o600 });
    const key = artifactKey(id, run.attempt);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.app.get(ArtifactStore).take(work, key, sha256, new AbortController().signal);
    const file = {
      name: 'main-2026-11-23T021500Z.dump.zst',
      key,
      sizeBytes: bytes.length,
      sha256,
      restoreCommand: 'pg_restore --dbname=TARGET FILE',
      requires: [],
    };
    await this.app.get(RunLedger).complete(run, file, { ...NO_PROGRESS, percent: 100 }, 24);
    return this.row(id);
  }

  /** An export as it is in the table now. */
  async row(id: string): Promise<ExportEntity> {
    const row = await this.app.get(ExportLedger).find(id);
    if (row === null) throw new Error(`There is no export ${id}.`);
    return row;
  }
}

/** The name and value of the first cookie that an answer sets, as a client sends them back. */
export function cookieOf(setCookie: unknown): string {
  const [first] = Array.isArray(setCookie) ? setCookie.map(String) : [];
  return first?.split(';', 1)[0] ?? '';
}

/** The session that an access token belongs to. */
function sessionOf(accessToken: string): string {
  const [, claims = ''] = accessToken.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string }).sid;
}
