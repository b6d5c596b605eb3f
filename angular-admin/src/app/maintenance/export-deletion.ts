import { HttpClient } from '@angular/common/http';
import { inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { ANSWER_TIMEOUT_MS, RequestFailure, requestFailure } from '../api/request-failure';
import { exportUrl } from '../api/routes';
import { Confirmation } from '../dialogs/confirm-dialog';

/** Deletes the file of an export after asking whether that is meant. */
@Service({ autoProvided: false })
export class ExportDeletion {
  private readonly http = inject(HttpClient);
  private readonly confirmation = inject(Confirmation);

  readonly failure = signal<RequestFailure | null>(null);

  /** Whether it was deleted. */
  async delete(id: string): Promise<boolean> {
    const meant = await this.confirmation.isMeant({
      title: $localize`:@@delete.title:Supprimer le fichier ?`,
      words: $localize`:@@delete.words:Il disparaît du serveur pour tout le monde. L’export reste dans l’historique.`,
      no: $localize`:@@delete.no:Garder le fichier`,
      yes: $localize`:@@delete.yes:Supprimer`,
    });
    if (!meant) return false;
    this.failure.set(null);
    try {
      await firstValueFrom(this.http.delete(exportUrl(id), { timeout: ANSWER_TIMEOUT_MS }));
      return true;
    } catch (error) {
      this.failure.set(requestFailure(error));
      return false;
    }
  }
}
