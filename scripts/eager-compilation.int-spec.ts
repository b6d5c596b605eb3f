import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileEagerly } from './eager-compilation.ts';

it('puts the hint first in every script, once, and leaves everything else alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pg-export-hint-'));
  try {
    mkdirSync(join(folder, 'fr'));
    writeFileSync(join(folder, 'fr/main.js'), 'run()');
    writeFileSync(join(folder, 'fr/styles.css'), 'p{}');

    compileEagerly(folder);
    compileEagerly(folder);

    expect(readFileSync(join(folder, 'fr/main.js'), 'utf8')).toBe('//# allFunctionsCalledOnLoad\nrun()');
    expect(readFileSync(join(folder, 'fr/styles.css'), 'utf8')).toBe('p{}');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
