import { Location } from '@angular/common';
import { httpResource } from '@angular/common/http';
import { Component, computed, DestroyRef, effect, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { DATABASES_URL } from '../api/routes';
import type { Database, Export } from '../api/types';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { ExportCancel } from '../maintenance/export-cancel';
import { ExportDeletion } from '../maintenance/export-deletion';
import { ExportOrder } from '../maintenance/export-order';
import { FileDownload } from '../maintenance/file-download';
import { HistoryTable } from '../maintenance/history-table';
import { wishAgain } from '../maintenance/options/again';
import { Session } from '../session/session';
import { FocusKeeper } from '../shell/focus-keeper';
import { STATUS_WORDS } from '../words/export-words';
import { HistoryPages } from './history-pages';

const isStatus = (text: string | undefined): text is Export['status'] =>
  text !== undefined && Object.hasOwn(STATUS_WORDS, text);

/** Every export there was, page by page; the address says which ones. */
@Component({
  selector: 'app-history-page',
  hostDirectives: [FocusKeeper],
  imports: [EmptyFace, HistoryTable, MatButton, MatFormFieldModule, MatIcon, MatInput, ProblemFace],
  providers: [ExportCancel, ExportDeletion, ExportOrder, HistoryPages],
  templateUrl: './history-page.html',
  styleUrl: './history-page.scss',
})
export class HistoryPage {
  /** The address's query. */
  readonly status = input<string>();
  readonly database = input<string>();
  readonly cursor = input<string>();

  private readonly router = inject(Router);
  private readonly location = inject(Location);
  private readonly order = inject(ExportOrder);
  private readonly cancelling = inject(ExportCancel);
  private readonly deletion = inject(ExportDeletion);
  protected readonly session = inject(Session);
  protected readonly downloads = inject(FileDownload);
  protected readonly pages = inject(HistoryPages);

  protected readonly statuses = Object.entries(STATUS_WORDS).map(([value, { word }]) => ({ value, word }));
  private readonly databaseList = httpResource<Database[]>(() => DATABASES_URL);
  protected readonly databases = computed(() =>
    this.databaseList.hasValue() ? this.databaseList.value().map(({ name }) => name) : [],
  );

  protected readonly filtered = computed(() => this.status() !== undefined || this.database() !== undefined);
  protected readonly items = computed(() => this.pages.page()?.items ?? null);
  protected readonly older = computed(() => this.pages.page()?.nextCursor ?? null);
  protected readonly failure = computed(
    () =>
      this.order.failure() ?? this.cancelling.failure() ?? this.deletion.failure() ?? this.downloads.failure()?.failure,
  );

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.downloads.dismiss();
    });
    effect(() => {
      const [status, database, cursor] = [this.status(), this.database(), this.cursor()];
      this.pages.query.set({
        ...(isStatus(status) && { status }),
        ...(database !== undefined && { database }),
        ...(cursor !== undefined && { cursor }),
      });
    });
  }

  protected filter(query: { status?: string; database?: string }): void {
    const given = Object.entries(query).map(([name, value]) => [name, value === '' ? null : value] as const);
    this.go({ ...Object.fromEntries(given), cursor: null });
  }

  protected clear(): void {
    this.filter({ status: '', database: '' });
  }

  protected goOlder(): void {
    this.go({ cursor: this.older() }, [...this.trail(), this.cursor() ?? null]);
  }

  /** To the page before, or to the newest when the address was opened in the middle. */
  protected goNewer(): void {
    const trail = this.trail();
    this.go({ cursor: trail.at(-1) ?? null }, trail.slice(0, -1));
  }

  protected async cancel(id: string): Promise<void> {
    await this.cancelling.cancel(id);
    this.pages.reload();
  }

  protected async delete(id: string): Promise<void> {
    if (await this.deletion.delete(id)) this.pages.reload();
  }

  /** The maintenance page follows what was ordered here. */
  protected async again(item: Export): Promise<void> {
    if ((await this.order.place(wishAgain(item))) !== null) await this.router.navigateByUrl('/maintenance');
  }

  /** Cursors of the newer pages that were passed on the way here: the browser keeps them with each entry of its history. */
  private trail(): readonly (string | null)[] {
    const state = this.location.getState() as { trail?: (string | null)[] } | null;
    return state?.trail ?? [];
  }

  private go(queryParams: Record<string, string | null>, trail: readonly (string | null)[] = []): void {
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', state: { trail } });
  }
}
