import { Component, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import type { IconName } from '../../theme/icon-paths';

/** Nothing to show, said in words by whoever uses it. */
@Component({
  selector: 'app-empty-face',
  imports: [MatIcon],
  template: `
    <mat-icon [svgIcon]="icon()" />
    <ng-content />
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 12px;
      padding: 48px 16px;
      text-align: center;
      color: var(--mat-sys-on-surface-variant);
    }
    mat-icon {
      width: 40px;
      height: 40px;
    }
  `,
})
export class EmptyFace {
  readonly icon = input.required<IconName>();
}
