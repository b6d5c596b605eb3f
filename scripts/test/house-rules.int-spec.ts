import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runTool } from '../machine/tool.ts';

const root = join(import.meta.dirname, '../..');

/** A tree shaped like ours, with our configuration and only these files: each breaks one rule. */
function plant(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pg-export-rules-'));
  for (const name of ['package.json', 'tsconfig.json', 'eslint.config.js', '.dependency-cruiser.js']) {
    cpSync(join(root, name), join(folder, name));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Both tools write their findings to this file. */
async function findingsOf(folder: string, ...args: string[]): Promise<unknown> {
  const file = join(folder, 'findings.json');
  const { output } = await runTool(process.execPath, [...args, file], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  if (!existsSync(file)) throw new Error(output);
  return JSON.parse(readFileSync(file, 'utf8'));
}

const door = 'export const door = 1;\n';
const importOf = (what: string): string => `import * as it from '${what}';\nexport const seen = it;\n`;

describe('who may import whom', () => {
  const planted: Record<string, [path: string, text: string]> = {
    'domain-is-pure': ['libs/domain/src/clock.ts', importOf('@nestjs/common')],
    'only-database-knows-typeorm': ['apps/api/src/rows.ts', importOf('typeorm')],
    'only-queue-knows-its-backends': ['apps/worker/src/redis.ts', importOf('ioredis')],
    'only-dump-engine-starts-programs': ['libs/config/src/run.ts', importOf('node:child_process')],
    'no-lib-imports-an-app': ['libs/queue/src/up.ts', importOf('../../../apps/api/src/inner.js')],
    'no-app-imports-an-app': ['apps/worker/src/other.ts', importOf('../../api/src/inner.js')],
    'a-lib-has-one-door': ['apps/api/src/window.ts', importOf('../../../libs/config/src/inner.js')],
    'no-cycles': ['apps/api/src/gnir.ts', importOf('./ring.js')],
    'no-unresolvable': ['apps/api/src/lost.ts', importOf('./nowhere.js')],
    'product-needs-no-scripts': ['apps/api/src/script.ts', importOf('../../../scripts/tool.ts')],
    'product-needs-no-dev-packages': ['apps/api/src/dev.ts', importOf('supertest')],
    'panel-imports-nothing-of-the-server': ['angular-admin/src/server.ts', importOf('../../apps/api/src/inner.js')],
    'server-imports-nothing-of-the-panel': ['apps/api/src/panel.ts', importOf('../../../angular-admin/src/view.js')],
  };
  const innocent = {
    'libs/config/src/index.ts': door,
    'libs/config/src/inner.ts': door,
    'libs/dump-engine/src/index.ts': importOf('node:child_process'),
    'libs/database/src/index.ts': importOf('typeorm'),
    'apps/api/src/inner.ts': importOf('#lib/config'),
    'apps/api/src/ring.ts': importOf('./gnir.js'),
    'angular-admin/src/view.ts': door,
    'scripts/tool.ts': importOf('node:child_process'),
  };
  let violations: { rule: { name: string }; from: string }[];

  beforeAll(async () => {
    const folder = plant({ ...innocent, ...Object.fromEntries(Object.values(planted)) });
    const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const folders = ['apps', 'libs', 'scripts', 'angular-admin/src'];
    const found = await findingsOf(
      folder,
      cruise,
      ...folders,
      '--config=.dependency-cruiser.js',
      '--output-type=json',
      '--output-to',
    );
    violations = (found as { summary: { violations: typeof violations } }).summary.violations;
    rmSync(folder, { recursive: true });
  });

  it.each(Object.entries(planted))('%s fires', (rule, [path]) => {
    expect(violations.filter(({ rule: { name } }) => name === rule).map(({ from }) => from)).toContain(path);
  });

  it('leaves the innocent alone', () => {
    const guilty = new Set(violations.map(({ from }) => from));
    guilty.delete('apps/api/src/ring.ts'); // The other end of the ring.
    expect([...guilty].filter((path) => path in innocent)).toEqual([]);
  });
});

describe('how code is written', () => {
  const planted: Record<string, [path: string, text: string]> = {
    'max-lines': ['apps/api/src/long.ts', 'export const line = 1;\n'.replace('line', 'a') + '// more\n'.repeat(400)],
    'no-restricted-properties': ['apps/api/src/env.ts', "export const port = process.env['PORT'];\n"],
    'no-restricted-imports': ['libs/queue/src/run.ts', "export { spawn } from 'node:child_process';\n"],
    '@typescript-eslint/no-floating-promises': ['apps/api/src/float.ts', 'export function f() {\n  fetch("x");\n}\n'],
    '@typescript-eslint/no-explicit-any': ['apps/api/src/any.ts', 'export const x: any = 1;\n'],
    '@angular-eslint/template/alt-text': ['angular-admin/src/app/picture.html', '<img src="a.png" />\n'],
    '@angular-eslint/template/i18n': ['angular-admin/src/app/words.html', '<p>Bonjour</p>\n'],
    'no-console': ['apps/worker/src/talk.ts', "console.log('x');\n"],
  };
  let messages: { path: string; rule: string | null }[];

  beforeAll(async () => {
    const folder = plant({
      'libs/config/src/index.ts': "export const port = process.env['PORT'];\n",
      'libs/dump-engine/src/index.ts': "export { spawn } from 'node:child_process';\n",
      ...Object.fromEntries(Object.values(planted)),
    });
    const eslint = join(root, 'node_modules/eslint/bin/eslint.js');
    const found = (await findingsOf(
      folder,
      eslint,
      'apps',
      'libs',
      'angular-admin',
      '--format=json',
      '--output-file',
    )) as {
      filePath: string;
      messages: { ruleId: string | null }[];
    }[];
    messages = found.flatMap(({ filePath, messages: all }) =>
      all.map(({ ruleId }) => ({ path: filePath.slice(folder.length + 1), rule: ruleId })),
    );
    rmSync(folder, { recursive: true });
  });

  it.each(Object.entries(planted))('%s fires', (rule, [path]) => {
    expect(messages).toContainEqual({ path, rule });
  });

  it('lets the configuration read the environment, and the dump engine start programs', () => {
    expect(messages.filter(({ path }) => /^libs\/(config|dump-engine)\//.test(path))).toEqual([]);
  });
});
