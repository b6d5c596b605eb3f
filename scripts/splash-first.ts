import { rewriteFiles } from './rewrite-files.ts';

const LOW = ' fetchpriority="low"';
/** The start of a script, or of a link that preloads one, that does not say yet how urgent it is. */
const SCRIPT = /<(script\b|link\b(?=[^>]*\brel="modulepreload"))(?![^>]* fetchpriority=)/g;

/**
 * Lets the pages of a folder and of those below it show the splash before their scripts are there: a browser draws
 * nothing until it has the style sheet, and on a slow line the scripts take most of the line from it unless their
 * priority is low (https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/script#fetchpriority).
 * @throws when a page has no script that this knows
 */
export function putSplashFirst(folder: string): void {
  rewriteFiles(folder, '.html', (text, path) => {
    const page = text.replace(SCRIPT, `<$1${LOW}`);
    if (!page.includes(LOW)) throw new Error(`${path} has no script to give a low priority to.`);
    return page;
  });
}
