import { DOCUMENT, effect, inject, Service, signal } from '@angular/core';
import { deviceMemory } from '../browser-memory';

export const COLOR_CHOICES = ['system', 'light', 'dark'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** Light, dark, or as the system wishes: every colour of the theme follows the page's `color-scheme`. */
@Service()
export class ColorScheme {
  readonly choice = signal<ColorChoice>(
    COLOR_CHOICES.find((choice) => choice === deviceMemory.recall('colors')) ?? 'system',
  );

  constructor() {
    const root = inject(DOCUMENT).documentElement;
    effect(() => {
      const choice = this.choice();
      root.style.colorScheme = choice === 'system' ? 'light dark' : choice;
    });
  }

  choose(choice: ColorChoice): void {
    this.choice.set(choice);
    deviceMemory.keep('colors', choice);
  }
}
