import { deviceMemory } from '../browser-memory';

export const LANGUAGES = [
  { code: 'fr', name: 'Français' },
  { code: 'en', name: 'English' },
] as const;

export type LanguageCode = (typeof LANGUAGES)[number]['code'];

export function rememberLanguage(code: LanguageCode): void {
  deviceMemory.keep('language', code);
}

/**
 * Where a visitor who came without naming a page should go instead: the server guessed the language from the browser,
 * an earlier choice knows better. An address with a page in it is left alone, so that shared links keep their language.
 */
export function rememberedDetour(path: string): string | null {
  const [, current] = /^\/([a-z]{2})\/?$/.exec(path) ?? [];
  const remembered = LANGUAGES.find(({ code }) => code === deviceMemory.recall('language'));
  return current === undefined || remembered === undefined || remembered.code === current
    ? null
    : `/${remembered.code}/`;
}
