import { deviceMemory } from '../browser-memory';
import { rememberedDetour, rememberLanguage } from './languages';

describe('remembered language', () => {
  afterEach(() => {
    localStorage.clear();
  });

  it('leads somebody who named no page to the language chosen earlier', () => {
    rememberLanguage('en');
    expect(rememberedDetour('/fr/')).toBe('/en/');
    expect(rememberedDetour('/en/')).toBeNull();
  });

  it('leaves a link to a page in its own language', () => {
    rememberLanguage('en');
    expect(rememberedDetour('/fr/maintenance')).toBeNull();
  });

  it('trusts nothing but a language it has', () => {
    expect(rememberedDetour('/fr/')).toBeNull();
    deviceMemory.keep('language', '/evil.example');
    expect(rememberedDetour('/fr/')).toBeNull();
  });
});
