import { rewriteFiles } from './rewrite-files.ts';

/**
 * Chromium's hint to compile every function of a file while it is loaded, beside the page, instead of one by one in the
 * page's own time when each is first called (https://v8.dev/blog/explicit-compile-hints). It has to be the first line.
 */
const HINT = '//# allFunctionsCalledOnLoad\n';

/** Gives the hint to all scripts of a folder and of those below it that lack it. */
export function compileEagerly(folder: string): void {
  rewriteFiles(folder, '.js', (script) => (script.startsWith(HINT) ? script : HINT + script));
}
