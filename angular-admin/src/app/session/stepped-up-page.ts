import { Location } from '@angular/common';
import { afterNextRender, Component, DestroyRef, DOCUMENT, inject, input, signal } from '@angular/core';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { providerAnswer } from './provider-answer';
import { tellStepUp } from './step-up-window';

/** A page that is there answers at once; one that the browser has put to sleep may do so later. */
const ANSWER_MS = 2_000;

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
          <p>
            @if (failed.code === 'signed_in_as_another') {
              <ng-container i18n="window at the identity provider@@steppedUp.close">
                Vous pouvez fermer cette fenêtre et revenir à la page qui l’a ouverte.
              </ng-container>
            } @else {
              <ng-container i18n="@@steppedUp.again">
                Vous pouvez fermer cette fenêtre et revenir à la page qui l’a ouverte pour réessayer.
              </ng-container>
            }
          </p>
        } @else {
          <p role="status">
            @if (heard()) {
              <ng-container i18n="@@steppedUp.words">
                Vous pouvez fermer cette fenêtre et revenir à la page qui l’a ouverte : l’action y continue d’elle-même.
              </ng-container>
            } @else if (alone()) {
              <ng-container i18n="nobody waits for the window at the identity provider@@steppedUp.alone">
                C’est confirmé, mais la page qui l’a demandé n’attend plus : fermez cette fenêtre, revenez à la page et
                refaites-y l’action.
              </ng-container>
            } @else {
              <ng-container i18n="the identity provider has confirmed@@steppedUp.confirmed"
                >C’est confirmé.</ng-container
              >
            }
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

  /** Whether the page has said that it goes on. */
  protected readonly heard = signal(false);
  /** Whether it had the time to, and has not. */
  protected readonly alone = signal(false);

  constructor() {
    const view = inject(DOCUMENT).defaultView;
    const leaving = inject(DestroyRef);
    afterNextRender(() => {
      const waiting = setTimeout(() => {
        this.alone.set(true);
      }, ANSWER_MS);
      const stop = tellStepUp(this.asked(), this.failure, () => {
        this.heard.set(true);
        view?.close();
      });
      leaving.onDestroy(() => {
        clearTimeout(waiting);
        stop();
      });
    });
  }
}
