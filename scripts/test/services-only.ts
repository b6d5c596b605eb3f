/** `npm run test:services`: a throwaway PostgreSQL and Redis until Ctrl-C, for running single tests by hand. */
import { installMissing } from '../machine/package-manager.ts';
import { redisServer } from '../machine/programs.ts';
import { wordsOf } from '../plain-error.ts';
import { StopSignal } from '../start/stop-signal.ts';
import { ThrowawayServices } from './throwaway-services.ts';

const log = (line: string): void => {
  console.log(line);
};
const stop = new StopSignal().listen();
const services = new ThrowawayServices(log);
try {
  await installMissing([redisServer], log, { signal: stop.wish });
  const urls = await services.start({ postgres: true, redis: true });
  for (const [name, url] of Object.entries(urls)) log(`export ${name}=${url ?? ''}`);
  await stop.wished();
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 1;
} finally {
  await services.stop();
}
process.exit();
