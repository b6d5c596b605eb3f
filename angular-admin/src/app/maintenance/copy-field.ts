import { Clipboard } from '@angular/cdk/clipboard';
import { LiveAnnouncer } from '@angular/cdk/a11y';
import { Component, inject, input, signal } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';

const COPIED_MS = 2_000;

/** Something to take elsewhere, word for word. */
@Component({
  selector: 'app-copy-field',
  imports: [MatIcon, MatIconButton],
  template: `
    <span class="label">{{ label() }}</span>
    <code>{{ text() }}</code>
    <button matIconButton type="button" [attr.aria-label]="buttonLabel()" (click)="copy()">
      <mat-icon [svgIcon]="copied() ? 'check' : 'content_copy'" />
    </button>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      align-items: center;
      column-gap: 8px;
    }
    .label {
      grid-column: 1 / -1;
      font: var(--mat-sys-label-medium);
      color: var(--mat-sys-on-surface-variant);
    }
    code {
      padding: 10px 12px;
      border-radius: var(--mat-sys-corner-small);
      background: var(--mat-sys-surface-container);
      font-size: 13px;
      line-height: 20px;
      overflow-wrap: anywhere;
    }
  `,
})
export class CopyField {
  readonly label = input.required<string>();
  readonly text = input.required<string>();
  /** What the button says to whoever cannot see which text it stands beside. */
  readonly buttonLabel = input.required<string>();

  private readonly clipboard = inject(Clipboard);
  private readonly announcer = inject(LiveAnnouncer);
  protected readonly copied = signal(false);

  protected copy(): void {
    if (!this.clipboard.copy(this.text())) return;
    this.copied.set(true);
    void this.announcer.announce($localize`:after a copy to the clipboard@@copy.done:Copié`);
    setTimeout(() => {
      this.copied.set(false);
    }, COPIED_MS);
  }
}
