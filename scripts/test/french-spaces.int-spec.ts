import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const app = join(import.meta.dirname, '../../angular-admin/src/app');

/** Every French text of the panel's sources, by what marks it as translatable, without what is filled in. */
function frenchTexts(source: string): string[] {
  const first = (pattern: RegExp): string[] => Array.from(source.matchAll(pattern), ([, text = '']) => text);
  const attributes = new Set(first(/\bi18n-([\w-]+)=/g));
  return [
    ...first(/\$localize`:[^`:]*?@@[\w.]+:([^`]*)`/g),
    ...first(/\bi18n(?:="[^"]*")?(?=[\s>])[^>]*>([^]*?)<\//g),
    ...Array.from(attributes).flatMap((name) => first(new RegExp(`(?<![\\w-])${name}="([^"]*)"`, 'g'))),
  ].map((text) => text.replace(/\{\{[^]*?\}\}|\$\{[^}]*\}(?::\w+:)?|<[^>]*>/g, '…'));
}

/** A sign that stands alone at the start of a line, or a guillemet alone at its end, is what an ordinary space leads to. */
const wrong = (text: string): boolean => /[ \t\n][;:?!»]|«[ \t\n]/.test(text);

const files = globSync('**/*.{ts,html}', { cwd: app }).filter((file) => !file.endsWith('.spec.ts'));

it('reads the texts out of templates, attributes and scripts', () => {
  const source =
    '<p i18n="a@@b">Un {{ n ? 1 : 2 }} : deux</p><i title="Quoi ?" i18n-title="@@c"></i>$localize`:d@@e:« f » ${g}:h:`';
  expect(frenchTexts(source)).toEqual(['« f » …', 'Un … : deux', 'Quoi ?']);
  expect(frenchTexts(source).every(wrong)).toBe(true);
  expect(files.flatMap((file) => frenchTexts(readFileSync(join(app, file), 'utf8'))).length).toBeGreaterThan(300);
});

it.each(files)('%s breaks no line before a sign: U+202F before ; ! ?, U+00A0 before : and inside « »', (file) => {
  expect(frenchTexts(readFileSync(join(app, file), 'utf8')).filter(wrong)).toEqual([]);
});
