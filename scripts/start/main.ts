import { resolve } from 'node:path';
import { ensureShop } from '../../sample-database/fill-shop.ts';
import { buildIfChanged, panelTarget, serverTarget } from '../build-target.ts';
import { installMissing } from '../machine/package-manager.ts';
import { freePort, tryToListen } from '../machine/ports.ts';
import { zstd } from '../machine/programs.ts';
import { endProcess } from '../machine/processes.ts';
import { PlainError, wordsOf } from '../plain-error.ts';
import { clientRequirement } from '../postgres/binaries.ts';
import { embeddedCluster } from '../postgres/embedded-cluster.ts';
import { KeepAlive } from './keep-alive.ts';
import { StartLock } from './lock.ts';
import { service, setUp, type FirstAdmin } from './product.ts';
import { originOf, probeOriginOf, untilReady } from './readiness.ts';
import { makeDataDir, readSettings, type Settings } from './settings.ts';
import { Started } from './started.ts';
import { StopSignal, StopWished } from './stop-signal.ts';

const root = resolve(import.meta.dirname, '../..');
const readyTimeoutSeconds = 60;
/** What a stop waits for beyond SHUTDOWN_GRACE_SECONDS before it kills. */
const marginMilliseconds = 10_000;
/** A stop that takes longer says what it waits for. */
const patienceMilliseconds = 2_000;
/** How long a stop lets the step of the start that is under way come to its end: a package manager needs the most. */
const stepMilliseconds = 60_000;

const log = (line: string): void => {
  console.log(line);
};

/** `npm start`: from a fresh clone to a supervised product, and back to nothing running. */
class Start {
  private readonly stop = new StopSignal().listen();
  private readonly started = new Started(log);
  private newAdmin: FirstAdmin | null = null;
  private readonly force = new AbortController();

  /** Runs until a stop is wished or the start fails; gives the exit code. */
  async run(): Promise<number> {
    this.stop.forceWith(() => {
      if (!this.force.signal.aborted) log('Stopping by force…');
      this.force.abort();
      this.started.force();
    });
    void this.stop.wished().then(() => log('Stopping…'));
    const code = await this.untilStopped();
    this.tellNewAdmin();
    await this.started.stopAll();
    return this.force.signal.aborted ? 1 : code;
  }

  private async untilStopped(): Promise<number> {
    const starting = this.startAll();
    try {
      await this.orStop(starting);
      await this.stop.wished();
      return 0;
    } catch (error) {
      if (error instanceof StopWished) {
        await this.orForce(starting);
        return 0;
      }
      console.error(wordsOf(error));
      return error instanceof PlainError ? error.exitCode : 1;
    }
  }

  private async startAll(): Promise<void> {
    const { wish } = this.stop;
    await buildIfChanged(root, serverTarget, log, wish);
    await buildIfChanged(root, panelTarget, log, wish);
    const settings = await readSettings(root);
    const { config } = settings;
    makeDataDir(config.dataDir);
    const lock = await this.takeLock(config.dataDir);
    await checkPort(config.host, config.port);
    const pgBinDir = config.pgBinDir ?? undefined;
    await installMissing([clientRequirement(pgBinDir), zstd], log, { signal: wish });
    const environment = await this.completeEnvironment(settings, lock);
    await this.setUp(environment);
    wish.throwIfAborted();
    await this.startServices(settings, environment, lock);
  }

  private async takeLock(dataDir: string): Promise<StartLock> {
    const lock = StartLock.take(dataDir);
    this.started.add(() => lock.release());
    for (const [name, identity] of Object.entries(lock.leftOver)) {
      if (name === 'PostgreSQL') continue; // The cluster recognises its own.
      log(`${name} of an earlier start that was killed is still there (pid ${identity.pid}): it is stopped`);
      await endProcess(identity, { polite: 'SIGTERM', force: 'SIGKILL', graceMilliseconds: marginMilliseconds });
    }
    return lock;
  }

  /** The services' environment: what is set, and an embedded PostgreSQL for what is not. */
  private async completeEnvironment(
    { config, environment, needsSample }: Settings,
    lock: StartLock,
  ): Promise<NodeJS.ProcessEnv> {
    const port = config.port === 0 ? await freePort() : config.port;
    const complete: NodeJS.ProcessEnv = {
      NODE_ENV: 'production',
      ...environment,
      PORT: String(port),
      DATA_DIR: config.dataDir,
    };
    if (config.databaseUrl !== null && !needsSample) return complete;
    const { wish } = this.stop;
    const cluster = await embeddedCluster(config.dataDir, {
      pgBinDir: config.pgBinDir ?? undefined,
      log,
      signal: wish,
    });
    const { created } = await cluster.ensure(wish);
    if (created) log('Made an embedded PostgreSQL');
    await this.started.keep(
      new KeepAlive({
        name: 'PostgreSQL',
        launch: () => cluster.start(wish),
        graceMilliseconds: marginMilliseconds,
        own: { stop: () => cluster.stop(), force: () => cluster.force() },
        log,
        logFile: cluster.logFile,
        onLaunch: (pid) => lock.note('PostgreSQL', pid),
      }),
    );
    if (config.databaseUrl === null) {
      await cluster.ensureDatabase('pg_export');
      complete['DATABASE_URL'] = cluster.url('pg_export');
    }
    if (needsSample) {
      const onStep = onceSaying('Making the sample shop database…');
      await ensureShop(cluster.url(), 'shop', { onStep, signal: wish });
      complete['EXPORT_DATABASE_URL'] = cluster.url('shop');
    }
    return complete;
  }

  /** A stop waits for it, so that no account is made whose password nobody was told; a hung one is ended after a while. */
  private async setUp(environment: NodeJS.ProcessEnv): Promise<void> {
    const { wish } = this.stop;
    const late = new AbortController();
    const onFirstAdmin = (admin: FirstAdmin): void => {
      this.newAdmin = admin;
      if (wish.aborted) this.tellNewAdmin();
    };
    const force = AbortSignal.any([this.force.signal, late.signal]);
    void this.stop.wished().then(() => setTimeout(() => late.abort(), marginMilliseconds).unref());
    await setUp({ root, environment, force, onFirstAdmin });
  }

  private async startServices({ config }: Settings, environment: NodeJS.ProcessEnv, lock: StartLock): Promise<void> {
    const { dataDir, host, shutdownGraceSeconds } = config;
    const port = Number(environment['PORT']);
    const common = { root, dataDir, environment, log };
    const api = service('api', {
      ...common,
      graceMilliseconds: marginMilliseconds,
      onLaunch: (pid) => lock.note('The API', pid),
    });
    const worker = service('worker', {
      ...common,
      graceMilliseconds: shutdownGraceSeconds * 1_000 + marginMilliseconds,
      onLaunch: (pid) => lock.note('The worker', pid),
    });
    const probe = { timeoutSeconds: readyTimeoutSeconds, signal: this.stop.wish };
    const origin = probeOriginOf(host, port);
    void this.stop
      .wished()
      .then(() => setTimeout(() => log(whileStopping(shutdownGraceSeconds)), patienceMilliseconds));
    const [apiProcess, workerProcess] = [await this.started.keep(api), await this.started.keep(worker)];
    await untilReady({
      ...probe,
      name: api.name,
      logFile: api.logFile,
      running: apiProcess,
      url: `${origin}/health/live`,
    });
    await untilReady({
      ...probe,
      name: 'pg-export',
      logFile: worker.logFile,
      running: workerProcess,
      url: `${origin}/health/ready`,
    });
    this.started.guardAll();
    this.started.watchLogs();
    log(`pg-export ready on ${originOf(host, port)}`);
    this.tellNewAdmin();
  }

  /** Shown once, also when the start fails after the account was made: the password is nowhere else. */
  private tellNewAdmin(): void {
    if (this.newAdmin?.password) {
      log(`Sign in as ${this.newAdmin.email} with the password ${this.newAdmin.password} (shown only this once)`);
    }
    this.newAdmin = null;
  }

  /** The step, or the wish to stop, whichever comes first. */
  private orStop(step: Promise<void>): Promise<void> {
    const { wish } = this.stop;
    return Promise.race([step, this.stop.wished().then(() => wish.throwIfAborted())]);
  }

  /** Until the start has ended, which the wish makes it do, so that its steps tidy up after themselves; not for ever, nor when forced. */
  private async orForce(starting: Promise<void>): Promise<void> {
    const limit = AbortSignal.any([this.force.signal, AbortSignal.timeout(stepMilliseconds)]);
    const over = new Promise<void>((settle) => limit.addEventListener('abort', () => settle(), { once: true }));
    await Promise.race([starting.catch(() => undefined), over]);
  }
}

async function checkPort(host: string, port: number): Promise<void> {
  const state = port === 0 ? 'free' : await tryToListen(host, port);
  if (state === 'in use') {
    throw new PlainError(
      `Port ${port} of ${host} is in use by another program. Stop that, or choose another one: PORT=${port + 1} npm start`,
    );
  }
  if (state === 'not allowed')
    throw new PlainError(`Port ${port} is not allowed to this user. Choose one above 1023: PORT=3000 npm start`);
  if (state === 'no such address') throw new PlainError(`HOST is ${host}, which is not an address of this machine`);
}

function whileStopping(graceSeconds: number): string {
  return `An export that runs may finish for ${graceSeconds} s, or is put back for the next start. Ctrl-C again ends everything at once`;
}

function onceSaying(line: string): () => void {
  let said = false;
  return () => {
    if (!said) log(line);
    said = true;
  };
}

// A closed terminal or a pipe nobody reads any more is no reason to die half-way.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('uncaughtException', (error) => console.error(wordsOf(error)));
process.exitCode = await new Start().run();
process.exit();
