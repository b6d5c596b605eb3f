// The specs compile in the page: the compiler comes before the first thing that needs it.
import '@angular/compiler';
import '@angular/localize/init';
import { jest } from '@jest/globals';
import { LOCALE_ID } from '@angular/core';
import { registerLocaleData } from '@angular/common';
import french from '@angular/common/locales/fr';
import { setupZonelessTestEnv } from 'jest-preset-angular/setup-env/zoneless/index.mjs';

// The specs read the panel in its source language.
registerLocaleData(french);
setupZonelessTestEnv({
  errorOnUnknownElements: true,
  errorOnUnknownProperties: true,
  extraProviders: [{ provide: LOCALE_ID, useValue: 'fr' }],
});
// Compiling a screen in the page takes its time on a loaded machine.
jest.setTimeout(30_000);
