import { Component } from '@angular/core';
import { MatIcon } from '@angular/material/icon';

@Component({
  selector: 'app-brand',
  imports: [MatIcon],
  template: `
    <span class="mark"><mat-icon svgIcon="database" /></span>
    <span class="name">{{ name }}</span>
  `,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: 12px;
    }
    .mark {
      display: grid;
      place-items: center;
      width: 32px;
      height: 32px;
      border-radius: var(--mat-sys-corner-small);
      background: var(--mat-sys-primary);
      color: var(--mat-sys-on-primary);
    }
    .mark mat-icon {
      width: 20px;
      height: 20px;
    }
    .name {
      font: var(--mat-sys-title-medium);
      white-space: nowrap;
    }
  `,
})
export class Brand {
  /** The product's name, the same in every language. */
  protected readonly name = 'pg-export';
}
