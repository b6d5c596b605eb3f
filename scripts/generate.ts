/**
 * `npm run generate`: writes docs/openapi.json from the built API, and the panel's types from that document.
 * `npm run generate:check` only compares, and names the remedy.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildIfChanged, serverTarget } from './build-target.ts';
import { runToolOrFail } from './machine/tool.ts';
import { PlainError, wordsOf } from './plain-error.ts';

const root = resolve(import.meta.dirname, '..');
const document = { name: 'openapi.json', kept: 'docs/openapi.json' };
const types = { name: 'schema.d.ts', kept: 'angular-admin/src/app/api/schema.d.ts' };

async function generateInto(folder: string): Promise<void> {
  const node = (...args: string[]): Promise<string> =>
    runToolOrFail(`${args[0] ?? 'node'} failed`, process.execPath, args, { cwd: root });
  await node('dist/apps/api/src/openapi/write.js', join(folder, document.name));
  const generator = 'node_modules/openapi-typescript/bin/cli.js';
  await node(generator, join(folder, document.name), '--output', join(folder, types.name));
}

function isSame(a: string, b: string): boolean {
  try {
    return readFileSync(a, 'utf8') === readFileSync(b, 'utf8');
  } catch {
    return false;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'pg-export-generate-'));
try {
  await buildIfChanged(root, serverTarget, (line) => console.log(line));
  await generateInto(folder);
  for (const { name, kept } of [document, types]) {
    if (isSame(join(folder, name), join(root, kept))) continue;
    if (process.argv.includes('--check')) throw new PlainError(`${kept} is out of date. Remedy: npm run generate`);
    copyFileSync(join(folder, name), join(root, kept));
    console.log(`${kept} written`);
  }
} catch (error) {
  console.error(wordsOf(error));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
