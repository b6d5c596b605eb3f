/** `npm run build`: the server and the panel into dist/, each only when its sources changed. */
import { resolve } from 'node:path';
import { buildIfChanged, panelTarget, serverTarget } from './build-target.ts';
import { wordsOf } from './plain-error.ts';

const root = resolve(import.meta.dirname, '..');
try {
  for (const target of [serverTarget, panelTarget]) await buildIfChanged(root, target, (line) => console.log(line));
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 1;
}
