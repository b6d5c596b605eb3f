import { Component, computed, input } from '@angular/core';

const HEIGHT = 32;
const STEP = 10;

/** A row of small bars, the last one strong. The words beside it say the same. */
@Component({
  selector: 'app-spark-bars',
  template: `
    <svg [attr.viewBox]="'0 0 ' + width() + ' ' + height" role="img" [attr.aria-label]="label()">
      @for (bar of bars(); track $index) {
        <rect
          [attr.x]="bar.x"
          [attr.y]="height - bar.height"
          width="7"
          rx="1.5"
          [attr.height]="bar.height"
          [class.last]="$last"
          [class.jump]="$last && jump()"
        />
      }
    </svg>
  `,
  styles: `
    :host {
      display: block;
    }
    svg {
      display: block;
      height: 32px;
      max-width: 100%;
    }
    rect {
      fill: var(--mat-sys-outline-variant);
    }
    .last {
      fill: var(--mat-sys-primary);
    }
    .jump {
      fill: var(--mat-sys-error);
    }
  `,
})
export class SparkBars {
  /** Oldest first, none negative. */
  readonly values = input.required<readonly number[]>();
  readonly label = input.required<string>();
  /** Whether the last one is out of line. */
  readonly jump = input(false);

  protected readonly height = HEIGHT;
  protected readonly width = computed(() => Math.max(this.values().length * STEP - 3, 7));
  protected readonly bars = computed(() => {
    const top = Math.max(...this.values(), 1e-9);
    return this.values().map((value, index) => ({
      x: index * STEP,
      height: Math.max((value / top) * HEIGHT, 2),
    }));
  });
}
