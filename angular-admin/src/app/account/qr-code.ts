import { Component, computed, input } from '@angular/core';
import { encode } from 'uqr';

/** Light modules around the code, without which scanners do not find it (ISO/IEC 18004 §5.3.8). */
const BORDER = 4;

/** A QR code, dark on light in both themes: scanners expect that. */
@Component({
  selector: 'app-qr-code',
  template: `
    <svg [attr.viewBox]="'0 0 ' + size() + ' ' + size()" role="img" [attr.aria-label]="label()">
      <path [attr.d]="path()" />
    </svg>
  `,
  styles: `
    :host {
      display: block;
      width: 184px;
      padding: 4px;
      border-radius: var(--mat-sys-corner-small);
      background: white;
    }
    path {
      fill: black;
      shape-rendering: crispedges;
    }
    svg {
      display: block;
    }
  `,
})
export class QrCode {
  readonly text = input.required<string>();
  readonly label = input.required<string>();
  private readonly code = computed(() => encode(this.text(), { border: BORDER }));
  protected readonly size = computed(() => this.code().size);
  protected readonly path = computed(() =>
    this.code()
      .data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${String(x)} ${String(y)}h1v1h-1z` : '')))
      .join(''),
  );
}
