import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putSplashFirst } from './splash-first.ts';

const PAGE = `<link rel="stylesheet" href="styles.css">
<link rel="modulepreload" href="chunk.js"><link href="core.js" rel="modulepreload"><script src="main.js"></script>`;
const SPLASH_FIRST = `<link rel="stylesheet" href="styles.css">
<link fetchpriority="low" rel="modulepreload" href="chunk.js"><link fetchpriority="low" href="core.js" rel="modulepreload"><script fetchpriority="low" src="main.js"></script>`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pg-export-splash-'));
  mkdirSync(join(folder, 'fr'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('lets the scripts of each page, and nothing else, come after its style sheet, once', () => {
  writeFileSync(join(folder, 'fr/index.html'), PAGE);
  writeFileSync(join(folder, 'fr/main.js'), 'write("<script>")');

  putSplashFirst(folder);
  putSplashFirst(folder);

  expect(readFileSync(join(folder, 'fr/index.html'), 'utf8')).toBe(SPLASH_FIRST);
  expect(readFileSync(join(folder, 'fr/main.js'), 'utf8')).toBe('write("<script>")');
});

it('fails on a page whose scripts it does not find, which would be slow without a word', () => {
  writeFileSync(join(folder, 'fr/index.html'), '<SCRIPT src="main.js"></SCRIPT>');
  expect(() => {
    putSplashFirst(folder);
  }).toThrow('fr/index.html has no script');
});
