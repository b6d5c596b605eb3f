import { Component, computed, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import type { Export } from '../api/types';
import { STATUS_WORDS } from '../words/export-words';

/** An export's status as an icon and a word. */
@Component({
  selector: 'app-status-mark',
  imports: [MatIcon],
  template: `<mat-icon [svgIcon]="look().icon" />{{ look().word }}`,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      vertical-align: middle;
      white-space: nowrap;
      color: var(--mat-sys-on-surface);
    }
    mat-icon {
      flex: none;
      width: 20px;
      height: 20px;
      color: var(--mat-sys-on-surface-variant);
    }
    :host([data-tone='good']) mat-icon,
    :host([data-tone='active']) mat-icon {
      color: var(--mat-sys-primary);
    }
    :host([data-tone='bad']) mat-icon {
      color: var(--mat-sys-error);
    }
  `,
  host: { '[attr.data-tone]': 'look().tone' },
})
export class StatusMark {
  readonly status = input.required<Export['status']>();
  protected readonly look = computed(() => STATUS_WORDS[this.status()]);
}
