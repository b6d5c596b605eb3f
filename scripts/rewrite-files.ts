import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives the files of a folder, and of those below it, another text.
 * @param ending how their names end, with the dot
 */
export function rewriteFiles(folder: string, ending: string, rewrite: (text: string, path: string) => string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith(ending)) continue;
    const path = join(folder, name);
    writeFileSync(path, rewrite(readFileSync(path, 'utf8'), path));
  }
}
