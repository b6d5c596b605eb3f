/**
 * `npm run audit:verify`, `npm run user`: a command of the API's with the configuration that `npm start` would give it, also
 * where the database is the embedded one, which then has to run.
 */
import { join, resolve } from 'node:path';
import { buildIfChanged, serverTarget } from '../build-target.ts';
import { runTool } from '../machine/tool.ts';
import { PlainError, wordsOf } from '../plain-error.ts';
import { embeddedCluster } from '../postgres/embedded-cluster.ts';
import { readSettings, type Settings } from '../start/settings.ts';

const root = resolve(import.meta.dirname, '../..');
const log = (line: string): void => console.error(line);

async function environmentOf({ config, environment, needsSample }: Settings): Promise<NodeJS.ProcessEnv> {
  const complete: NodeJS.ProcessEnv = { NODE_ENV: 'production', ...environment, DATA_DIR: config.dataDir };
  if (config.databaseUrl === null) {
    const cluster = await embeddedCluster(config.dataDir, { pgBinDir: config.pgBinDir ?? undefined, log });
    if (!(await cluster.find())) throw new PlainError('The embedded PostgreSQL does not run: npm start runs it');
    complete['DATABASE_URL'] = cluster.url('pg_export');
  }
  // No command reads it, but the API's configuration is not whole without it.
  if (needsSample) complete['EXPORT_DATABASE_URL'] = complete['DATABASE_URL'];
  return complete;
}

try {
  const [program = '', ...args] = process.argv.slice(2);
  await buildIfChanged(root, serverTarget, log);
  const env = await environmentOf(await readSettings(root));
  const { code } = await runTool(process.execPath, [join(root, 'dist/apps/api/src', program), ...args], {
    env,
    show: true,
  });
  process.exitCode = code;
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = error instanceof PlainError ? error.exitCode : 1;
}
