import { delimiter, join } from 'node:path';

/** What tests may see of the caller's environment: nothing of the product's, so that no test meets a real database. */
const kept =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|TERM|CI|NO_COLOR|FORCE_COLOR|npm_config_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_.*|(https?|no)_proxy)$/i;

/** The environment of the test phases; `node` in it is the Node of the npm packages. */
export function testEnvironment(caller: NodeJS.ProcessEnv, root: string): NodeJS.ProcessEnv {
  const environment = Object.fromEntries(Object.entries(caller).filter(([name]) => kept.test(name)));
  const path = [join(root, 'node_modules/.bin'), environment['PATH'] ?? ''].join(delimiter);
  return { ...environment, PATH: path, NG_CLI_ANALYTICS: 'false' };
}
