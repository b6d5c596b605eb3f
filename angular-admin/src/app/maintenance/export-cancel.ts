import { HttpClient } from '@angular/common/http';
import { inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { ANSWER_TIMEOUT_MS, RequestFailure, requestFailure } from '../api/request-failure';
import { cancelUrl } from '../api/routes';
import { Confirmation } from '../dialogs/confirm-dialog';

/** Cancels an export after asking whether that is meant. */
@Service({ autoProvided: false })
export class ExportCancel {
  private readonly http = inject(HttpClient);
  private readonly confirmation = inject(Confirmation);

  /** The export that was told to stop: its end takes up to two seconds. */
  readonly stopping = signal<string | null>(null);
  readonly failure = signal<RequestFailure | null>(null);

  async cancel(id: string): Promise<void> {
    const meant = await this.confirmation.isMeant({
      title: $localize`:@@cancel.title:Annuler l’export ?`,
      words: $localize`:@@cancel.words:pg_dump sera arrêté et le fichier commencé supprimé. Un nouvel export repartira de zéro.`,
      no: $localize`:@@cancel.no:Laisser continuer`,
      yes: $localize`:@@cancel.yes:Annuler l’export`,
    });
    if (!meant || this.stopping() === id) return;
    this.stopping.set(id);
    this.failure.set(null);
    try {
      await firstValueFrom(this.http.post(cancelUrl(id), null, { timeout: ANSWER_TIMEOUT_MS }));
    } catch (error) {
      this.stopping.set(null);
      this.failure.set(requestFailure(error));
    }
  }
}
