import { booleanAttribute, Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RequestFailure } from '../api/request-failure';
import { problemWords } from '../words/problem-words';

/** A request that failed: why, what to do, and the reference to give to those who read the logs. */
@Component({
  selector: 'app-problem-face',
  imports: [MatButton, MatIcon],
  template: `
    <mat-icon [svgIcon]="failure().status === 403 ? 'lock' : 'error'" />
    <div class="words" role="alert">
      <p class="what">{{ words() }}</p>
      @if (reference(); as id) {
        <p class="reference" i18n="identifier of a failed request@@problem.reference">
          Référence : <code>{{ id }}</code>
        </p>
      }
    </div>
    @if (retryable()) {
      <button matButton type="button" (click)="again.emit()" i18n="@@problem.again">Réessayer</button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: flex-start;
      gap: 12px;
      padding: 12px 16px;
      border-radius: var(--mat-sys-corner-medium);
      border: 1px solid var(--mat-sys-error);
    }
    mat-icon {
      flex: none;
      color: var(--mat-sys-error);
    }
    .words {
      flex: 1 1 200px;
      padding-block: 2px;
    }
    .reference {
      margin-top: 4px;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-small);
      overflow-wrap: anywhere;
    }
    button {
      margin-block: -6px;
    }
  `,
})
export class ProblemFace {
  readonly failure = input.required<RequestFailure>();
  readonly retryable = input(false, { transform: booleanAttribute });
  readonly again = output();
  protected readonly words = computed(() => problemWords(this.failure()));
  /** Nobody looks into the logs for a mistyped password or for patience. */
  protected readonly reference = computed(() => {
    const { status, correlationId } = this.failure();
    return status === 401 || status === 429 ? null : correlationId;
  });
}
