import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { NODE_FLAGS } from '../start/node-flags.ts';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

interface Service {
  image: string;
  build?: { target: string };
  command?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string | null>;
  env_file?: { path: string; required: boolean }[];
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
}
const { services, volumes } = load(text, { schema: CORE_SCHEMA.withTags(mergeTag) }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};

describe('docker-compose.yml', () => {
  it('has the api, a worker, PostgreSQL, Redis and a one-shot setup', () => {
    expect(Object.keys(services).sort()).toEqual(['api', 'postgres', 'redis', 'setup', 'worker']);
  });

  it('builds only targets that the Dockerfile has', () => {
    const targets = Object.values(services).flatMap(({ build }) => build?.target ?? []);
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(dockerfile).toContain(`AS ${target}\n`);
  });

  it.each(Object.entries(NODE_FLAGS))('starts the %s with the flags that npm start gives it', (name, flags) => {
    const [, target = ''] = new RegExp(`AS ${name}\\n([^]*?)(?=\\nFROM |$)`).exec(dockerfile) ?? [];
    const command = /^CMD (.*)$/m.exec(target)?.[1] ?? '[]';
    expect(JSON.parse(command)).toEqual(['node', ...flags, `dist/apps/${name}/src/main.js`]);
  });

  it('publishes one port, of the api, and only on this machine unless asked otherwise', () => {
    const ports = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(ports).toEqual(['api ${PUBLISH_ADDRESS:-127.0.0.1}:${PORT:-3000}:3000']);
  });

  it('shares one named volume for files among api, worker and setup', () => {
    for (const name of ['api', 'worker', 'setup']) expect(services[name]?.volumes).toEqual(['files:/data']);
    expect(volumes).toHaveProperty('files');
  });

  it('starts the services after the setup has succeeded', () => {
    for (const name of ['api', 'worker']) {
      expect(services[name]?.depends_on).toEqual({ setup: { condition: 'service_completed_successfully' } });
    }
  });

  it('has no default for a secret', () => {
    const secrets = text.match(/\$\{\w*(PASSWORD|SECRET|EXPORT_DATABASE_URL)\w*[^}]*\}/g) ?? [];
    expect(secrets.length).toBeGreaterThan(2);
    for (const secret of secrets) expect(secret).toMatch(/:\?/);
  });

  it('sets only variables that the configuration knows', () => {
    const known = ['config.ts', 'oidc.ts']
      .map((name) => readFileSync(join(root, 'libs/config/src', name), 'utf8'))
      .join();
    for (const name of Object.keys(services['setup']?.environment ?? {})) expect(known).toContain(`${name}: `);
  });

  it('drops no variable of .env.example on the way to the services', () => {
    const example = readFileSync(join(root, '.env.example'), 'utf8');
    const names = [...example.matchAll(/^#([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(30);
    for (const service of ['setup', 'api', 'worker']) {
      const { environment = {}, env_file } = services[service] ?? {};
      // Nobody can list the names of further databases, and only the api listens.
      const elsewhere = (name: string): boolean =>
        name.startsWith('EXPORT_DATABASE_URL_') || (service !== 'api' && ['HOST', 'PORT'].includes(name));
      expect(names.filter((name) => !(name in environment) && !elsewhere(name))).toEqual([]);
      expect(env_file).toEqual([{ path: '.env', required: false }]);
    }
  });

  it("tells the first account's password to the setup alone", () => {
    for (const name of ['api', 'worker']) expect(services[name]?.environment?.['SUPER_ADMIN_PASSWORD']).toBe('');
  });

  it('gives the worker longer to stop than a running export may take to finish', () => {
    expect(services['worker']?.stop_grace_period).toBe('${SHUTDOWN_GRACE_SECONDS:-30}s15s');
  });
});

describe('Dockerfile', () => {
  it('runs what the build makes and what the repository has', () => {
    const commands = dockerfile.match(/\["node".*\]/g)?.map((command) => JSON.parse(command) as string[]) ?? [];
    const files = commands.map((command) => command.at(-1));
    expect(files).toEqual([
      'scripts/container/api-health.mjs',
      'dist/apps/api/src/main.js',
      'scripts/container/worker-health.mjs',
      'dist/apps/worker/src/main.js',
    ]);
  });

  it('does not run as root', () => {
    expect(dockerfile.indexOf('USER node')).toBeLessThan(dockerfile.indexOf('AS api'));
    expect(dockerfile.match(/^USER \w+$/gm)?.at(-1)).toBe('USER node');
  });

  it('gives the worker a server to restore into, of the majors of its clients, and no cluster', () => {
    const worker = dockerfile.slice(dockerfile.indexOf('AS worker'));
    const [switchedOff, installed] = [
      worker.indexOf('create_main_cluster = false'),
      worker.indexOf("$(ls /usr/lib/postgresql | sed 's/^/postgresql-/')"),
    ];
    expect(switchedOff).toBeGreaterThan(0);
    expect(installed).toBeGreaterThan(switchedOff);
    expect(dockerfile.slice(0, dockerfile.indexOf('AS worker'))).toContain(' postgresql-client ');
  });
});
