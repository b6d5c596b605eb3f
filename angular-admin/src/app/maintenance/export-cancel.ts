import { HttpClient } from '@angular/common/http';
import { inject, Service, signal } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import { ANSWER_TIMEOUT_MS, RequestFailure, requestFailure } from '../api/request-failure';
import { cancelUrl } from '../api/routes';
import { CancelDialog } from './cancel-dialog';

/** Cancels an export after asking whether that is meant. */
@Service({ autoProvided: false })
export class ExportCancel {
  private readonly http = inject(HttpClient);
  private readonly dialog = inject(MatDialog);

  /** The export that was told to stop: its end takes up to two seconds. */
  readonly stopping = signal<string | null>(null);
  readonly failure = signal<RequestFailure | null>(null);

  async cancel(id: string): Promise<void> {
    const meant = await firstValueFrom(this.dialog.open<CancelDialog, undefined, boolean>(CancelDialog).afterClosed());
    if (meant !== true || this.stopping() === id) return;
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
