import { Component, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import type { IconName } from '../../theme/icon-paths';
import { COLOR_CHOICES, ColorChoice, ColorScheme } from './color-scheme';

@Component({
  selector: 'app-color-switch',
  imports: [MatIcon, MatIconButton, MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger],
  template: `
    <button
      matIconButton
      type="button"
      [matMenuTriggerFor]="menu"
      aria-label="Apparence"
      i18n-aria-label="light or dark@@colors.label"
    >
      <mat-icon [svgIcon]="looks[scheme.choice()].icon" />
    </button>
    <mat-menu #menu="matMenu">
      <ng-template matMenuContent>
        @for (choice of choices; track choice) {
          <button
            mat-menu-item
            type="button"
            role="menuitemradio"
            [attr.aria-checked]="scheme.choice() === choice"
            (click)="scheme.choose(choice)"
          >
            <mat-icon [svgIcon]="scheme.choice() === choice ? 'check' : looks[choice].icon" />
            {{ looks[choice].word }}
          </button>
        }
      </ng-template>
    </mat-menu>
  `,
})
export class ColorSwitch {
  protected readonly scheme = inject(ColorScheme);
  protected readonly choices = COLOR_CHOICES;
  protected readonly looks: Record<ColorChoice, { readonly word: string; readonly icon: IconName }> = {
    system: { word: $localize`:light or dark@@colors.system:Comme le système`, icon: 'contrast' },
    light: { word: $localize`:light or dark@@colors.light:Clair`, icon: 'light_mode' },
    dark: { word: $localize`:light or dark@@colors.dark:Sombre`, icon: 'dark_mode' },
  };
}
