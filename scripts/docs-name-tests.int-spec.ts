import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
/** What the page names in backquotes as `folder/test`; other things there are paths of the API, files and words. */
const NAMED =
  /`((?:access|audit|exports|oidc|openapi|panel|problems|second-factor|tokens|users|libs|test)\/[a-z0-9./-]+)`/g;

/** `libs/NAME/test` is below the lib's `src`, `test/…` is whole, and all others are below `apps/api/src`. */
function placesOf(name: string): string[] {
  const path = name.replace(/^libs\/([a-z-]+)\//, 'libs/$1/src/').replace(/^(?!libs\/|test\/)/, 'apps/api/src/');
  return ['.spec.ts', '.int-spec.ts', '.ts'].map((ending) => `${path}${ending}`).filter(isSpec);
}

const isSpec = (path: string) => path.endsWith('spec.ts');

it('every test that docs/security.md names is there', () => {
  const page = readFileSync(resolve(root, 'docs/security.md'), 'utf8');
  const names = new Set(Array.from(page.matchAll(NAMED), ([, name = '']) => name));
  const missing = [...names].filter((name) => !placesOf(name).some((path) => existsSync(resolve(root, path))));

  expect(names.size).toBeGreaterThan(25);
  expect(missing).toEqual([]);
});
