import 'reflect-metadata';
import { ConfigError, loadServiceConfig, readEnvironment, requirePlaces } from '#lib/config';
import { createApplication } from './application.js';

/** sysexits.h EX_CONFIG: a supervisor need not try again. */
const EXIT_CONFIG = 78;

try {
  const config = loadServiceConfig(readEnvironment());
  requirePlaces(config, ['store']);
  const app = await createApplication(config);
  await app.listen(config.port, config.host);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  // At once: it may have been found out late, with connections open that would keep the process alive.
  process.exit(EXIT_CONFIG);
}
