import { Location } from '@angular/common';
import { afterNextRender, Component, DestroyRef, DOCUMENT, inject, input } from '@angular/core';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { providerAnswer } from './provider-answer';
import { tellStepUp } from './step-up-window';

/** Where the window of a step-up comes back to: it tells the page that waits, and closes itself where it may. */
@Component({
  selector: 'app-stepped-up-page',
  imports: [EmptyFace, ProblemFace],
  template: `
    <main>
      <app-empty-face [icon]="failure === null ? 'check_circle' : 'error'">
        <h1 i18n="window at the identity provider@@steppedUp.title">Retour du fournisseur d’identité</h1>
        @if (failure; as failed) {
          <app-problem-face [failure]="failed" />
          <p i18n="@@steppedUp.again">
            Vous pouvez fermer cette fenêtre et revenir à la page qui l’a ouverte pour réessayer.
          </p>
        } @else {
          <p role="status" i18n="@@steppedUp.words">
            Vous pouvez fermer cette fenêtre et revenir à la page qui l’a ouverte : l’action y continue d’elle-même.
          </p>
        }
      </app-empty-face>
    </main>
  `,
})
export class SteppedUpPage {
  /** Names the page that waits. */
  readonly asked = input.required<string>();
  protected readonly failure = providerAnswer(inject(Location).path()).failure;

  constructor() {
    const view = inject(DOCUMENT).defaultView;
    const leaving = inject(DestroyRef);
    afterNextRender(() => {
      leaving.onDestroy(tellStepUp(this.asked(), this.failure, () => view?.close()));
    });
  }
}
